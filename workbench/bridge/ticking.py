"""What an answer that takes long reports through: its progress, and an end where nobody waits any more. No Qt."""

from __future__ import annotations

from engine.execute.progress import ProgressCallback, Wanted, cancellable, part_of

Tell = ProgressCallback


def ticking(progress: Tell, wanted: Wanted, begin: float = 0.0, end: float = 1.0) -> ProgressCallback:
    """Progress of a part, from `begin` to `end` of the whole. Raises Cancelled where the answer is not `wanted` any more."""
    return cancellable(part_of(progress, begin, end), wanted)
