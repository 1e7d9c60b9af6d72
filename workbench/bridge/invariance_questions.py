"""Questions about the factors of variation that a run's encoder preserves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.runs.invariance_file import Invariance, is_stale, read_invariance
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class StoredInvariance:
    """`result`: None where nothing was measured. `stale`: whether the run has a newer checkpoint. `kept`: the number of checkpoints
    beside the newest one. `ready`: whether there is a checkpoint to measure."""

    folder: str
    result: Invariance | None
    stale: bool
    kept: int
    ready: bool


def stored(folder: Path) -> StoredInvariance:
    """The stored result in the run's folder."""
    result = read_invariance(folder)
    stale = result is not None and is_stale(folder, result)
    return StoredInvariance(str(folder), result, stale, len(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


@dataclass(frozen=True)
class ReadInvariance(Question[StoredInvariance]):
    """A run's stored result: answered by StoredInvariance."""

    lane: ClassVar = Lane.QUICK
    folder: str

    @property
    def topic(self) -> str:
        """Questions about different runs do not replace each other."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> StoredInvariance:
        """Reads files only."""
        return stored(Path(self.folder))


@dataclass(frozen=True)
class MeasureInvariance(Question[StoredInvariance]):
    """Probes on a run's newest checkpoint, or on `every` kept one, about half a minute each: answered by StoredInvariance. `again`:
    measure even if a result is stored."""

    lane: ClassVar = Lane.LONG
    folder: str
    every: bool = False
    again: bool = False

    def answer(self, context: Context) -> StoredInvariance:
        """Measures, stores and reads the result. Stops between two steps if it is no longer wanted; finished parts stay stored."""
        from engine.study.invariance import invariance

        folder = Path(self.folder)
        invariance(folder, "all" if self.every else "last", again=self.again, progress=context.part())
        return stored(folder)
