"""What cannot be shown of a run, by the kind of its feed, and why, in words. Imports nothing heavy."""

from __future__ import annotations

from typing import Literal

from engine.catalogue import FeedKind, methods
from engine.config.errors import ConfigError, Problem

What = Literal["pairs", "views of a step", "losses of images"]

NOT_SHOWN: dict[FeedKind, dict[What, str]] = {
    "images": {},
    "clips": {},
    "domains": {},
    "world": {
        "pairs": "A run in a world has no pairs of views: it learns from what its agent met, not from views of the images.",
        "views of a step": "The views of a step of a run in a world cannot be drawn again: what the agent met depends on its "
        "weights at that step.",
        "losses of images": "A run in a world has no losses of single images: its loss is that of what the agent did.",
    },
}


def why_not_shown(method: str, what: What) -> str:
    """Why `what` cannot be shown of a run of the method with this id; "" where it can, and for an unknown method."""
    kind: FeedKind = next((row.feed for row in methods() if row.id == method), "images")
    return NOT_SHOWN[kind].get(what, "")


def check_shown(method: str, what: What) -> None:
    """ConfigError with the reason where `what` cannot be shown of a run of the method with this id."""
    if reason := why_not_shown(method, what):
        raise ConfigError([Problem("run", reason)])
