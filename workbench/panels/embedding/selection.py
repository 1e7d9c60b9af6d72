"""The selected samples, stored by their indices in the data set: the selection is kept for another epoch, another part of the map
and another run on the same data. Changes can be undone. No widgets."""

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
        self._selection._set_ids(self._after)

    def undo(self) -> None:
        self._selection._set_ids(self._before)


class Selection(QObject):
    """The selected samples of a plot whose rows are samples of a data set.

    `ids`: their indices in the data set, ascending; some may not be on the shown map. `history`: the undo stack of the changes."""

    changed = Signal()

    def __init__(self, plot: ScatterPlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._index: Ids = np.empty(0, np.int64)
        self._ids: Ids = np.empty(0, np.int64)
        self._updating = False
        self.history = QUndoStack(self)
        self.history.setUndoLimit(HISTORY)
        plot.selectionChanged.connect(self._plot_changed)

    @property
    def ids(self) -> Ids:
        """The selected samples' indices in the data set, ascending."""
        return self._ids

    @property
    def index(self) -> Ids:
        """(n,) the index in the data set of each row of the map."""
        return self._index

    @property
    def rows(self) -> NDArray[np.intp]:
        """The selected rows of the map, ascending."""
        return self.rows_of(self._ids)

    def rows_of(self, ids: NDArray[np.integer] | Sequence[int]) -> NDArray[np.intp]:
        """The rows of the map of these samples, ascending; samples that are not on the map are left out."""
        return np.flatnonzero(np.isin(self._index, np.asarray(ids, np.int64)))

    # Changes

    def set_index(self, index: NDArray[np.integer]) -> None:
        """Set the samples of the rows of a new map, and select those of them that are selected."""
        self._index = np.asarray(index, np.int64)
        self._update_plot()

    def forget(self) -> None:
        """Clear the selection and its history for another data set, where the indices are other samples."""
        self._ids = np.empty(0, np.int64)
        self.history.clear()
        self._update_plot()
        self.changed.emit()

    def select(self, ids: NDArray[np.integer] | Sequence[int], words: str = "") -> None:
        """Select exactly these samples of the data set. `words`: the name of the step in the history."""
        after = np.unique(np.asarray(ids, np.int64))
        if not np.array_equal(after, self._ids):
            self.history.push(_Choice(self, after, words or self.tr("selection")))

    def select_rows(self, rows: NDArray[np.integer] | Sequence[int], words: str = "") -> None:
        """Select exactly these rows of the map."""
        self.select(self._index[np.asarray(rows, np.intp)], words)

    def all(self) -> None:
        """Select every visible point."""
        self.select_rows(np.flatnonzero(self._plot.alive), self.tr("all"))

    def none(self) -> None:
        """Clear the selection, including samples that are not on the map."""
        self.select((), self.tr("none"))

    def invert(self) -> None:
        """Select the visible points that were not selected."""
        chosen = np.isin(self._index, self._ids)
        self.select_rows(np.flatnonzero(self._plot.alive & ~chosen), self.tr("inverted"))

    # Plot

    def _plot_changed(self, rows: NDArray[np.intp]) -> None:
        if not self._updating and len(self._index) == len(self._plot.xy):
            self.select_rows(rows)

    def _set_ids(self, ids: Ids) -> None:
        self._ids = ids
        self._update_plot()
        self.changed.emit()

    def _update_plot(self) -> None:
        if len(self._index) != len(self._plot.xy):
            return
        self._updating = True
        try:
            self._plot.set_selected(self.rows)
        finally:
            self._updating = False
