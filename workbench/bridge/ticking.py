"""What an answer that takes long reports through: its progress, and an end where nobody waits any more. No Qt."""

from __future__ import annotations

from engine.execute.progress import ProgressCallback, Wanted, cancellable

__all__ = ["Tell", "Wanted", "ticking"]

Tell = ProgressCallback


def ticking(progress: Tell, wanted: Wanted = lambda: True, begin: float = 0.0, end: float = 1.0) -> ProgressCallback:
    """Progress of a part, from `begin` to `end` of the whole, by its share alone: the window shows no text of it. Raises Cancelled
    where the answer is not `wanted` any more."""

    def report(share: float, text: str = "", /) -> None:
        progress(begin + (end - begin) * share)

    return cancellable(report, wanted)
