"""What one of the two maps can show: the runs, their epochs, and at which epochs the projector is stored. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.runs.reader import checkpoint_epochs, checkpoint_path, snapshots
from workbench.bridge.run_data import run_data

FEATURES, EMBEDDING = "features", "embedding"
# In place of an epoch: a run's first, its last, and the last one whose projector is stored. They keep their meaning when the run
# writes more epochs and when another run is shown.
FIRST, LAST, LAST_KNOWN = -2, -1, -3


@dataclass(frozen=True)
class RunChoice:
    """A run that can be chosen: its folder, its title and its colour."""

    folder: str
    title: str
    colour: str


@dataclass(frozen=True)
class SpaceChoice:
    """A run, an epoch, a space and a kind of map. In a request, `epoch` may also be FIRST, LAST or LAST_KNOWN; in what a side
    shows, it is the epoch of a snapshot, or -1 if there is none."""

    folder: str = ""
    epoch: int = -1
    space: str = FEATURES
    kind: str = "umap"


@dataclass(frozen=True)
class RunSpaces:
    """What a run has stored. `epochs`: the epochs of its snapshots, ascending; `projector`: those of them with a checkpoint of the
    projector; `data`: the run's data (see workbench.bridge.run_data), None if its config cannot be read."""

    epochs: tuple[int, ...] = ()
    projector: tuple[int, ...] = ()
    data: Mapping[str, Any] | None = None

    def available(self, space: str) -> tuple[int, ...]:
        """The epochs at which a space, FEATURES or EMBEDDING, can be shown."""
        return self.projector if space == EMBEDDING else self.epochs


def read_run_spaces(folder: str) -> RunSpaces:
    """Read which spaces a run's folder has. The projector is available at the snapshots nearest to these epochs: 0, where it
    follows from the seed, those of the kept checkpoints, and that of the newest checkpoint."""
    if not folder:
        return RunSpaces()
    epochs = tuple(snapshots(Path(folder)))
    known = set[int]()
    if epochs:
        newest = [epochs[-1]] if checkpoint_path(Path(folder)).is_file() else []
        marks = [*([0] if epochs[0] == 0 else []), *checkpoint_epochs(Path(folder)), *newest]
        known = {min(epochs, key=lambda epoch: abs(epoch - mark)) for mark in marks}
    return RunSpaces(epochs, tuple(sorted(known)), run_data(folder))


def nearest_choice(requested: SpaceChoice, spaces: RunSpaces) -> SpaceChoice:
    """The requested choice with an epoch that the run has: the nearest one if the requested one is missing, -1 if none exists."""
    available = spaces.available(requested.space)
    if not available:
        return replace(requested, epoch=-1)
    if requested.epoch == FIRST:
        return replace(requested, epoch=available[0])
    if requested.epoch == LAST_KNOWN and spaces.projector:
        return replace(requested, epoch=spaces.projector[-1])
    if requested.epoch < 0:
        return replace(requested, epoch=available[-1])
    return replace(requested, epoch=min(available, key=lambda epoch: abs(epoch - requested.epoch)))
