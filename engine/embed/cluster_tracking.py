"""Clusters that keep their names from epoch to epoch, kept with the run.

Whoever clusters two epochs gets two numberings that have nothing to do with each other. Here a cluster is called as the one was,
an epoch nearby, with which it shares its samples: where the samples stay together the name stays, and with it the colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.small_files import FileError
from engine.embed.map_store import EpochFiles
from engine.runs import formats
from engine.runs.arrays import codes_of, number_of, places_of

# Epochs that are clustered, at most, between one that has names and one that wants them: few samples change sides in a short step.
MOST_BETWEEN = 6


@dataclass(frozen=True, eq=False)
class Named:
    """`label`: (n,) int64 names of the clusters, -1 in none; `index`: (n,) int64 places in the data set. `after`: the epoch whose
    names these are, None where they are the first of the run, by size; `same`: share of the clustered samples of both epochs whose
    cluster has the same name at both, nan without `after`."""

    label: np.ndarray
    index: np.ndarray
    after: int | None = None
    same: float = float("nan")


def named(label: np.ndarray, index: np.ndarray, before: Named, epoch: int) -> Named:
    """Clusters `label` (n,), -1 in none, of samples `index` (n,), called as those of `before`, which are of `epoch`.

    One to one, so that as many samples as possible keep the name of their cluster (the assignment problem on the contingency
    table, Kuhn 1955). A cluster that shares no sample with the one left over for it, or for which none is left, is new: it takes
    the lowest number that is not a name at either epoch."""
    from scipy.optimize import linear_sum_assignment

    label = np.asarray(label, np.int64)
    _, here, there = np.intersect1d(index, before.index, return_indices=True)
    both = (label[here] >= 0) & (before.label[there] >= 0)
    own, old = np.unique(label[label >= 0]), np.unique(before.label[before.label >= 0])
    table = np.zeros((len(own), len(old)), np.int64)
    np.add.at(table, (np.searchsorted(own, label[here][both]), np.searchsorted(old, before.label[there][both])), 1)
    pairs = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    names = {int(own[row]): int(old[column]) for row, column in pairs if table[row, column]}
    taken = {*names.values(), *old.tolist()}
    free = (name for name in count() if name not in taken)
    for one in own.tolist():
        names.setdefault(one, -1)
        if names[one] < 0:
            names[one] = next(free)
    made = np.array([names.get(int(one), -1) for one in label], np.int64)
    kept = made[here][both] == before.label[there][both]
    return Named(made, np.asarray(index, np.int64), epoch, float(kept.mean()) if len(kept) else float("nan"))


def steps(epoch: int, known: Sequence[int], snapshots: Sequence[int]) -> tuple[int | None, list[int]]:
    """The epoch from which names come to `epoch`, the nearest of the `known` ones (None where there is none), and those of the
    `snapshots` through which they come, in order, `epoch` the last of them."""
    if not known:
        return None, [epoch]
    start = min(known, key=lambda one: (abs(one - epoch), -one))
    between = [one for one in snapshots if min(start, epoch) < one < max(start, epoch)]
    if start > epoch:
        between.reverse()
    if len(between) > MOST_BETWEEN:
        between = [between[place] for place in np.linspace(0, len(between) - 1, MOST_BETWEEN).round().astype(int)]
    return start, [*between, epoch]


class ClusterStore:
    """The clusters of one run by the same settings, one file an epoch."""

    def __init__(self, folder: Path, kind: str, settings: Mapping[str, Any]) -> None:
        self._files = EpochFiles(folder, "clusters", kind, {"format": formats.CLUSTERS, **settings})

    def epochs(self) -> list[int]:
        """The epochs that have names, in order."""
        return self._files.epochs()

    def read(self, epoch: int, of: int | None = None) -> Named | None:
        """The clusters of an epoch; None where there are none that can be read, or they are not `of` features with this stamp."""
        found = self._files.read(epoch, of, ("label", "index", "after", "same"))
        if found is None:
            return None
        label, index, after, same = found
        try:
            places, codes, follows = places_of(index), codes_of(label), number_of(after)
            if len(places) != len(codes) or not follows.is_integer():
                return None
            return Named(codes, places, int(follows) if follows >= 0 else None, number_of(same))
        except FileError:
            return None

    def write(self, epoch: int, of: int, made: Named) -> None:
        """Keep clusters. A folder that cannot be written to keeps none."""
        self._files.write(epoch, of, **{**vars(made), "after": -1 if made.after is None else made.after})
