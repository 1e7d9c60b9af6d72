"""How long work reports its progress, and how it is cancelled. Torch-free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

# Whether anybody still waits for the result.
Wanted = Callable[[], bool]


class Cancelled(Exception):
    """Nobody waits for the result any more. A progress callback raises it inside the work; it passes through to the caller that
    began the work, and no half-written file is left."""


class ProgressCallback(Protocol):
    """Hears the share of the work that is done, from 0 to 1, and what is being done, where there is something to say of it. It may
    raise Cancelled."""

    def __call__(self, share: float, text: str = "", /) -> None: ...


def no_progress(share: float, text: str = "", /) -> None:
    """A callback for work whose progress nobody follows."""


def part_of(progress: ProgressCallback, begin: float, end: float, text: str = "") -> ProgressCallback:
    """Progress of a part of the work, which goes from the shares `begin` to `end` of the whole. `text`: what the part is called;
    "" passes its own texts on."""

    def report(share: float, own: str = "", /) -> None:
        _report(progress, begin + (end - begin) * share, text or own)

    return report


def cancellable(progress: ProgressCallback, wanted: Wanted) -> ProgressCallback:
    """Progress that raises Cancelled where the result is not `wanted` any more."""

    def report(share: float, text: str = "", /) -> None:
        if not wanted():
            raise Cancelled
        _report(progress, share, text)

    return report


def _report(progress: ProgressCallback, share: float, text: str) -> None:
    # A script may pass a function of the share alone, such as a list's append, to work that has no texts.
    if text:
        progress(share, text)
    else:
        progress(share)
