"""What one side can show: the runs, their epochs, and at which of them a projector is known. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.runs.reader import checkpoint_epochs, checkpoint_path, snapshots
from workbench.bridge.run_data import run_data

FEATURES, EMBEDDING = "features", "embedding"
# Epochs that a side may be asked for by what they are: a run's first, its last, and the last at which its projector is known. They
# stay so while the run goes on and when another run is shown.
FIRST, LAST, LAST_KNOWN = -2, -1, -3


@dataclass(frozen=True)
class RunChoice:
    """One run that can be chosen: its folder, its title and its colour."""

    folder: str
    title: str
    colour: str


@dataclass(frozen=True)
class Chosen:
    """A run, an epoch, a space and a kind of map. Of what a side shows, `epoch` is that of a snapshot, -1 while there is none; of
    what it was asked for, it may be FIRST, LAST or LAST_KNOWN."""

    folder: str = ""
    epoch: int = -1
    space: str = FEATURES
    kind: str = "umap"


@dataclass(frozen=True)
class RunSpaces:
    """`epochs`: those of a run's snapshots, rising; `projector`: those of them at which a checkpoint knows the projector; `data`:
    what the run's data are (see workbench.bridge.run_data), None where its config cannot be read."""

    epochs: tuple[int, ...] = ()
    projector: tuple[int, ...] = ()
    data: Mapping[str, Any] | None = None

    def offered(self, space: str) -> tuple[int, ...]:
        """The epochs at which a space can be shown."""
        return self.projector if space == EMBEDDING else self.epochs


def spaces_of(folder: str) -> RunSpaces:
    """What lies in a run's folder. A projector is known before the first step (from the seed), at the checkpoints that were kept
    and at the newest: at the snapshots nearest to these."""
    if not folder:
        return RunSpaces()
    epochs = tuple(snapshots(Path(folder)))
    known = set[int]()
    if epochs:
        newest = [epochs[-1]] if checkpoint_path(Path(folder)).is_file() else []
        marks = [*([0] if epochs[0] == 0 else []), *checkpoint_epochs(Path(folder)), *newest]
        known = {min(epochs, key=lambda epoch: abs(epoch - mark)) for mark in marks}
    return RunSpaces(epochs, tuple(sorted(known)), run_data(folder))


def fitted(wanted: Chosen, now: RunSpaces) -> Chosen:
    """What a run has of what is wanted: the nearest epoch where it has not that one."""
    offered = now.offered(wanted.space)
    if not offered:
        return replace(wanted, epoch=-1)
    if wanted.epoch == FIRST:
        return replace(wanted, epoch=offered[0])
    if wanted.epoch == LAST_KNOWN and now.projector:
        return replace(wanted, epoch=now.projector[-1])
    if wanted.epoch < 0:
        return replace(wanted, epoch=offered[-1])
    return replace(wanted, epoch=min(offered, key=lambda epoch: abs(epoch - wanted.epoch)))
