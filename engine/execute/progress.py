"""Progress callbacks of long work, and its cancellation. Does not import torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

# Whether the result is still needed.
Wanted = Callable[[], bool]


class Cancelled(Exception):
    """The work was cancelled. A progress callback raises it inside the work; it is passed on to the caller that started the work,
    and no incomplete file is left."""


class ProgressCallback(Protocol):
    """Called with the fraction of the work that is done, from 0 to 1, and a text, which may be empty. May raise Cancelled."""

    def __call__(self, share: float, text: str = "", /) -> None: ...


def no_progress(share: float, text: str = "", /) -> None:
    """A callback that does nothing."""


def part_of(progress: ProgressCallback, begin: float, end: float, text: str = "") -> ProgressCallback:
    """A callback for a part of the work, from the fractions `begin` to `end` of the whole. `text`: the part's name; "" passes the
    part's own texts on."""

    def report(share: float, own: str = "", /) -> None:
        _report(progress, begin + (end - begin) * share, text or own)

    return report


def cancellable(progress: ProgressCallback, wanted: Wanted) -> ProgressCallback:
    """A callback that raises Cancelled where `wanted` returns False."""

    def report(share: float, text: str = "", /) -> None:
        if not wanted():
            raise Cancelled
        _report(progress, share, text)

    return report


def _report(progress: ProgressCallback, share: float, text: str) -> None:
    # A script may pass a function of the fraction alone, such as a list's append, to work without texts.
    if text:
        progress(share, text)
    else:
        progress(share)
