"""Which worlds show in their pictures where the agent should go. Imports nothing heavy."""

from __future__ import annotations

HIDDEN = ("visit",)


def shows_goal(world: str | None) -> bool:
    """Whether the pictures of a world, by its id, show the goal; False for data that are not of a world."""
    return world is not None and world not in HIDDEN
