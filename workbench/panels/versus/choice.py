"""What one side can show: the runs, their epochs, and at which of them a projector is known. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.runs.reader import checkpoint_epochs, checkpoint_path, snapshots
from workbench.bridge.run_data import run_data

FEATURES, EMBEDDING = "features", "embedding"


@dataclass(frozen=True)
class RunChoice:
    """One run that can be chosen: its folder, its title and its colour."""

    folder: str
    title: str
    colour: str


@dataclass(frozen=True)
class Chosen:
    """What a side shows: a run, the epoch of one of its snapshots, a space and a kind of map. `epoch` -1 while there is none."""

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


def fitted(wanted: Chosen, now: RunSpaces, before: Sequence[int] = ()) -> Chosen:
    """The choice nearest to a wanted one that a run has. `before`: the epochs that were offered when it was made: the first of
    them stands for the first, the last for the last."""
    offered = now.offered(wanted.space)
    if not offered:
        return replace(wanted, epoch=-1)
    if wanted.epoch in offered:
        return wanted
    if wanted.epoch < 0 or (before and wanted.epoch == before[-1]):
        return replace(wanted, epoch=offered[-1])
    if before and wanted.epoch == before[0]:
        return replace(wanted, epoch=offered[0])
    return replace(wanted, epoch=min(offered, key=lambda epoch: abs(epoch - wanted.epoch)))
