"""Questions about the factors that a run's encoder kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.runs.invariance_file import Invariance, is_stale, read_invariance
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class StoredInvariance:
    """`found`: None where nothing was measured. `stale`: the run has a newer checkpoint. `kept`: checkpoints beside the newest one.
    `ready`: whether there is any checkpoint to measure."""

    folder: str
    found: Invariance | None
    stale: bool
    kept: int
    ready: bool


def stored(folder: Path) -> StoredInvariance:
    """What lies in the run's folder."""
    found = read_invariance(folder)
    stale = found is not None and is_stale(folder, found)
    return StoredInvariance(str(folder), found, stale, len(checkpoint_epochs(folder)), checkpoint_path(folder).is_file())


@dataclass(frozen=True)
class ReadInvariance(Question[StoredInvariance]):
    """What was measured of a run and stored with it: answered at once by StoredInvariance."""

    lane: ClassVar = Lane.QUICK
    folder: str

    @property
    def topic(self) -> str:
        """Runs do not displace each other."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> StoredInvariance:
        """Without computing anything."""
        return stored(Path(self.folder))


@dataclass(frozen=True)
class MeasureInvariance(Question[StoredInvariance]):
    """Probes on a run's newest checkpoint, or on `every` one that was kept: takes half a minute each. Answered by
    StoredInvariance. `again`: anew, also where it is stored."""

    lane: ClassVar = Lane.LONG
    folder: str
    every: bool = False
    again: bool = False

    def answer(self, context: Context) -> StoredInvariance:
        """Measured, stored, and read back. Ends between two steps where it is no longer wanted; what is done stays stored."""
        from engine.study.invariance import invariance

        folder = Path(self.folder)
        invariance(folder, "all" if self.every else "last", again=self.again, progress=context.part())
        return stored(folder)
