"""Cluster numbers that stay the same from epoch to epoch, stored with the run.

Clusterings of two epochs have unrelated numbers. Here a cluster gets the number of the cluster of a nearby epoch with which it
shares most samples, so that clusters that stay together keep their number and colour."""

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
from engine.runs.arrays import codes_of, indices_of, number_of

# Most epochs that are clustered between a numbered one and a new one: few samples change cluster in a short step.
MOST_BETWEEN = 6


@dataclass(frozen=True, eq=False)
class TrackedClusters:
    """`label`: (n,) int64 numbers of the clusters, -1 in none; `index`: (n,) int64 indices into the data set. `after`: the epoch
    whose numbers were continued, None where they are the first of the run, by size; `same`: share of the samples that are in a
    cluster at both epochs whose cluster has the same number at both, nan without `after`."""

    label: np.ndarray
    index: np.ndarray
    after: int | None = None
    same: float = float("nan")


def keep_names(label: np.ndarray, index: np.ndarray, before: TrackedClusters, epoch: int) -> TrackedClusters:
    """Renumber clusters `label` (n,), -1 in none, of samples `index` (n,), after those of `before`, which are of `epoch`.

    The matching is one to one and maximises the samples that keep their number (the assignment problem on the contingency table,
    Kuhn 1955). A cluster that is not matched, or shares no sample with its match, gets the lowest number that is not used at either
    epoch."""
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
    return TrackedClusters(made, np.asarray(index, np.int64), epoch, float(kept.mean()) if len(kept) else float("nan"))


def steps(epoch: int, known: Sequence[int], snapshots: Sequence[int]) -> tuple[int | None, list[int]]:
    """The nearest of the `known` epochs, whose numbers `epoch` continues (None where there is none), and the epochs of `snapshots`
    to be clustered on the way, in order, `epoch` the last of them."""
    if not known:
        return None, [epoch]
    start = min(known, key=lambda one: (abs(one - epoch), -one))
    between = [one for one in snapshots if min(start, epoch) < one < max(start, epoch)]
    if start > epoch:
        between.reverse()
    if len(between) > MOST_BETWEEN:
        between = [between[index] for index in np.linspace(0, len(between) - 1, MOST_BETWEEN).round().astype(int)]
    return start, [*between, epoch]


class ClusterStore:
    """The clusters of one run by the same settings, one file an epoch."""

    def __init__(self, folder: Path, kind: str, settings: Mapping[str, Any]) -> None:
        self._files = EpochFiles(folder, "clusters", kind, {"format": formats.CLUSTERS, **settings})

    def epochs(self) -> list[int]:
        """The epochs that are stored, in order."""
        return self._files.epochs()

    def read(self, epoch: int, of: int | None = None) -> TrackedClusters | None:
        """The clusters of an epoch; None where none can be read, or where the stamp of their features is not `of`."""
        arrays = self._files.read(epoch, of, ("label", "index", "after", "same"))
        if arrays is None:
            return None
        label, index, after, same = arrays
        try:
            indices, codes, follows = indices_of(index), codes_of(label), number_of(after)
            if len(indices) != len(codes) or not follows.is_integer():
                return None
            return TrackedClusters(codes, indices, int(follows) if follows >= 0 else None, number_of(same))
        except FileError:
            return None

    def write(self, epoch: int, of: int, made: TrackedClusters) -> None:
        """Store clusters. Does nothing where the folder cannot be written to."""
        self._files.write(epoch, of, **{**vars(made), "after": -1 if made.after is None else made.after})
