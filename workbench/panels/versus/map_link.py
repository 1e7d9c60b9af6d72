"""What two maps have in common: which rows are the same sample, and labels that give both maps the same colours. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.bridge.data_questions import Labels

Rows = NDArray[np.intp]
LEFT, RIGHT = 0, 1
# The least number of shared samples by which a rotation in the plane can be found.
FEWEST = 3


@dataclass(frozen=True, eq=False)
class Link:
    """The m samples that are on both maps: their indices in the data set `index` (m,), ascending, and their `rows` (m,) in each
    map."""

    index: NDArray[np.int64]
    rows: tuple[Rows, Rows]

    def across(self, rows: Rows, side: int) -> Rows:
        """The rows on the other map of the samples at `rows` of a side; samples that only one map has are left out."""
        shared = np.isin(self.rows[side], rows)
        return np.asarray(self.rows[1 - side][shared], np.intp)


def link(left: NDArray[np.int64], right: NDArray[np.int64], same: bool) -> Link:
    """The link of two maps, by the indices in the data set of their rows, (n,) and (m,). `same`: whether both maps are of the
    same data set; if not, the link is empty."""
    index, left_rows, right_rows = np.intersect1d(left if same else left[:0], right, return_indices=True)
    return Link(index, (left_rows.astype(np.intp), right_rows.astype(np.intp)))


@dataclass(frozen=True, eq=False)
class Pool:
    """Labels of all samples of both maps, each sample once, and for each map the rows of these labels."""

    labels: Labels
    rows: tuple[Rows, Rows]


def of_one_set(index: NDArray[np.int64], labels: Labels, maps: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Pool:
    """The pool of two maps of one data set. `labels` are of the samples `index`, ascending, which contains those of both maps."""
    left, right = (np.searchsorted(index, index_of_map).astype(np.intp) for index_of_map in maps)
    return Pool(labels, (left, right))


def of_two_sets(left: Labels, right: Labels) -> Pool:
    """The pool of two maps of different data sets: the columns that both have; classes of the same name become one class."""
    columns: dict[str, np.ndarray] = {}
    names: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, str] = {}
    for name in left.columns:
        kind = left.kinds.get(name, "category")
        if name not in right.columns or right.kinds.get(name, "category") != kind:
            continue
        left_values, right_values = np.asarray(left.columns[name]), np.asarray(right.columns[name])
        if kind == "category":
            left_names, right_names = left.names.get(name, ()), right.names.get(name, ())
            if bool(left_names) != bool(right_names):
                continue
            names[name] = tuple(dict.fromkeys((*left_names, *right_names)))
            if right_names:
                # The last entry is reached by the code -1: unknown stays unknown.
                lookup = np.array([*(names[name].index(class_name) for class_name in right_names), -1], np.int64)
                right_values = lookup[right_values]
        columns[name], kinds[name] = np.concatenate([left_values, right_values]), kind
    count = len(next(iter(left.columns.values()), ()))
    total = count + len(next(iter(right.columns.values()), ()))
    return Pool(Labels(columns, names, kinds), (np.arange(count), np.arange(count, total)))
