"""What the engine answers about the factors that an encoder kept. Torch is imported inside, in a background thread."""

from __future__ import annotations

from pathlib import Path

from engine.runs.invariance_file import is_stale, read_invariance
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance, StoredInvariance
from workbench.bridge.ticking import Tell, Wanted, ticking


def read(asked: ReadInvariance, progress: Tell, wanted: Wanted) -> StoredInvariance:
    """What lies in the run's folder."""
    folder = Path(asked.folder)
    found = read_invariance(folder)
    stale = found is not None and is_stale(folder, found)
    return StoredInvariance(asked.folder, found, stale, len(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


def measure(asked: MeasureInvariance, progress: Tell, wanted: Wanted) -> StoredInvariance:
    """Measure, store, and read it back. Ends between two steps where nobody waits any more; what is done stays stored."""
    from engine.study.invariance import invariance

    invariance(Path(asked.folder), "all" if asked.every else "last", again=asked.again, progress=ticking(progress, wanted))
    return read(ReadInvariance(asked.folder), progress, wanted)
