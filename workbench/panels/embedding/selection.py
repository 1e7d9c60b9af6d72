"""Which samples are selected, kept by their places in the data set: it survives another epoch, another part of the map, another run
on the same data. What was selected before can be had back. No widgets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from workbench.plots.scatter import ScatterPlot

Ids = NDArray[np.int64]
HISTORY = 100


class _Choice(QUndoCommand):
    def __init__(self, selection: Selection, after: Ids, words: str) -> None:
        super().__init__(words)
        self._selection, self._before, self._after = selection, selection.ids, after

    def redo(self) -> None:
        self._selection._put(self._after)

    def undo(self) -> None:
        self._selection._put(self._before)


class Selection(QObject):
    """The selected samples of a plot whose rows are samples of a data set.

    `ids`: their places in the data set, rising; some may not be on the map that is shown. `history` takes every change back."""

    changed = Signal()

    def __init__(self, plot: ScatterPlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._index: Ids = np.empty(0, np.int64)
        self._ids: Ids = np.empty(0, np.int64)
        self._placing = False
        self.history = QUndoStack(self)
        self.history.setUndoLimit(HISTORY)
        plot.selectionChanged.connect(self._picked)

    @property
    def ids(self) -> Ids:
        """Places in the data set, rising."""
        return self._ids

    @property
    def index(self) -> Ids:
        """(n,) the place in the data set of each row of the map."""
        return self._index

    @property
    def rows(self) -> NDArray[np.intp]:
        """Rows of the map that are selected."""
        return self.rows_of(self._ids)

    def rows_of(self, ids: NDArray[np.integer] | Sequence[int]) -> NDArray[np.intp]:
        """The rows of the map where these samples lie, rising; those that are not on it are left out."""
        return np.flatnonzero(np.isin(self._index, np.asarray(ids, np.int64)))

    # In

    def set_index(self, index: NDArray[np.integer]) -> None:
        """Another map lies in the plot, its rows are these samples: those selected are found again on it."""
        self._index = np.asarray(index, np.int64)
        self._place()

    def forget(self) -> None:
        """Another data set: the numbers mean other samples, and so would what can be had back."""
        self._ids = np.empty(0, np.int64)
        self.history.clear()
        self._place()
        self.changed.emit()

    def select(self, ids: NDArray[np.integer] | Sequence[int], words: str = "") -> None:
        """Select these samples of the data set and no others."""
        after = np.unique(np.asarray(ids, np.int64))
        if not np.array_equal(after, self._ids):
            self.history.push(_Choice(self, after, words or self.tr("selection")))

    def select_rows(self, rows: NDArray[np.integer] | Sequence[int], words: str = "") -> None:
        """Select these rows of the map and no others."""
        self.select(self._index[np.asarray(rows, np.intp)], words)

    def all(self) -> None:
        """Every point that is shown."""
        self.select_rows(np.flatnonzero(self._plot.alive), self.tr("all"))

    def none(self) -> None:
        """No sample, neither here nor on another map."""
        self.select((), self.tr("none"))

    def invert(self) -> None:
        """The points that are shown and were not selected."""
        chosen = np.isin(self._index, self._ids)
        self.select_rows(np.flatnonzero(self._plot.alive & ~chosen), self.tr("inverted"))

    # Out

    def _picked(self, rows: NDArray[np.intp]) -> None:
        if not self._placing and len(self._index) == len(self._plot.xy):
            self.select_rows(rows)

    def _put(self, ids: Ids) -> None:
        self._ids = ids
        self._place()
        self.changed.emit()

    def _place(self) -> None:
        if len(self._index) != len(self._plot.xy):
            return
        self._placing = True
        try:
            self._plot.set_selected(self.rows)
        finally:
            self._placing = False
