"""What two maps share: which rows are one sample, and labels under which both wear the same colours. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.bridge.data_questions import Labels

Rows = NDArray[np.intp]
LEFT, RIGHT = 0, 1


@dataclass(frozen=True, eq=False)
class Link:
    """The m samples that two maps share: their places in the data set `index` (m,), rising, and their `rows` (m,) in each map."""

    index: NDArray[np.int64]
    rows: tuple[Rows, Rows]

    def across(self, rows: Rows, side: int) -> Rows:
        """Rows of a side as rows of the other; those that the other has not are left out."""
        shared = np.isin(self.rows[side], rows)
        return np.asarray(self.rows[1 - side][shared], np.intp)


def link(left: NDArray[np.int64], right: NDArray[np.int64], same: bool) -> Link:
    """Maps of samples at these places of a data set; `same`: whether it is the same data set."""
    index, one, other = np.intersect1d(left if same else left[:0], right, return_indices=True)
    return Link(index, (one.astype(np.intp), other.astype(np.intp)))


@dataclass(frozen=True, eq=False)
class Pool:
    """Labels of all samples of both maps, each sample once, and which of its rows are those of each map."""

    labels: Labels
    rows: tuple[Rows, Rows]


def of_one_set(index: NDArray[np.int64], labels: Labels, maps: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Pool:
    """Both maps are of one data set; `labels` are of `index`, rising, which has the places of both."""
    left, right = (np.searchsorted(index, one).astype(np.intp) for one in maps)
    return Pool(labels, (left, right))


def of_two_sets(left: Labels, right: Labels) -> Pool:
    """The maps are of other data sets: the columns that both have, classes of one name as one class."""
    columns: dict[str, np.ndarray] = {}
    names: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, str] = {}
    for name in left.columns:
        kind = left.kinds.get(name, "category")
        if name not in right.columns or right.kinds.get(name, "category") != kind:
            continue
        one, other = np.asarray(left.columns[name]), np.asarray(right.columns[name])
        if kind == "category":
            mine, theirs = left.names.get(name, ()), right.names.get(name, ())
            if bool(mine) != bool(theirs):
                continue
            names[name] = tuple(dict.fromkeys((*mine, *theirs)))
            if theirs:
                # One more place at the end, which -1 names: unknown stays unknown.
                place = np.array([*(names[name].index(word) for word in theirs), -1], np.int64)
                other = place[other]
        columns[name], kinds[name] = np.concatenate([one, other]), kind
    count = len(next(iter(left.columns.values()), ()))
    total = count + len(next(iter(right.columns.values()), ()))
    return Pool(Labels(columns, names, kinds), (np.arange(count), np.arange(count, total)))
