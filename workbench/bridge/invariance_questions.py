"""What may be asked of the factors that a run's encoder kept, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.runs.invariance_file import Invariance
from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class StoredInvariance:
    """`found`: None where nothing was measured. `stale`: the run has a newer checkpoint. `kept`: checkpoints beside the newest one.
    `ready`: whether there is any checkpoint to measure."""

    folder: str
    found: Invariance | None
    stale: bool
    kept: int
    ready: bool


@dataclass(frozen=True)
class ReadInvariance(Question[StoredInvariance]):
    """What was measured of a run and stored with it: answered at once by StoredInvariance."""

    lane: ClassVar = Lane.QUICK
    folder: str

    @property
    def topic(self) -> str:
        """Runs do not displace each other."""
        return f"{type(self).__name__}.{self.folder}"


@dataclass(frozen=True)
class MeasureInvariance(Question[StoredInvariance]):
    """Probes on a run's newest checkpoint, or on `every` one that was kept: takes half a minute each. Answered by
    StoredInvariance. `again`: anew, also where it is stored."""

    lane: ClassVar = Lane.LONG
    folder: str
    every: bool = False
    again: bool = False
