"""The nearest neighbours of one sample in the space that the map is of: by which measure, how many, and of which classes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import FindNeighbours, Map, Neighbours
from workbench.forms.editors import Combo
from workbench.plots.thumbnails import Thumbnails
from workbench.theme.palette import GAP
from workbench.widgets.room import keep_lines, keep_room

COUNTS = (5, 12, 20, 50, 100)
FIRST = 12


class NeighboursPage(QWidget):
    """The sample that was asked about, first, and its neighbours, nearest first. `hovered` and `opened` carry a place in the data
    set, -1 for none; `chosen` the places of all that are shown. `words_of` says a sample by its row of the map."""

    hovered = Signal(int)
    opened = Signal(int)
    chosen = Signal(object)

    def __init__(self, ask: Ask, words_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask, self._words_of = ask, words_of
        self._map: Map | None = None
        self._label: NDArray[np.integer] | None = None
        self._row = -1
        self._found: Neighbours | None = None
        self.measure, self.count = Combo(), Combo()
        self.measure.setAccessibleName(self.tr("By which measure samples are near"))
        self.measure.setToolTip(self.tr("Cosine: by direction alone. Euclidean: by length as well"))
        for key, words in (("cosine", self.tr("cosine")), ("euclidean", self.tr("euclidean"))):
            self.measure.addItem(words, key)
        self.count.setAccessibleName(self.tr("How many neighbours"))
        self.count.setFixedWidth(62)
        for count in COUNTS:
            self.count.addItem(str(count), count)
        self.count.setCurrentIndex(COUNTS.index(FIRST))
        self.select = QPushButton(self.tr("Select"))
        self.select.setObjectName("flat")
        self.select.setToolTip(self.tr("Select the sample and its neighbours on the map"))
        self.select.clicked.connect(self._choose)
        self.measure.activated.connect(self._again)
        self.count.activated.connect(self._again)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        keep_room(self.words)
        keep_lines(self.words, 2)
        self.images = Thumbnails()
        self.images.setAccessibleName(self.tr("Nearest neighbours in the original space"))
        self.images.hovered.connect(lambda place: self.hovered.emit(self._id_at(place)))
        self.images.activated.connect(lambda place: self.opened.emit(self._id_at(place)))
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        row.addWidget(self.measure, 1)
        row.addWidget(self.count)
        row.addWidget(self.select)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.images, 1)
        self.clear()

    @property
    def focus_id(self) -> int:
        """The place in the data set of the sample that was asked about; -1 for none."""
        return int(self._map.index[self._row]) if self._map is not None and self._row >= 0 else -1

    def set_map(self, found: Map | None) -> None:
        """Another map: the sample that was asked about is asked about again, in the space of the new one."""
        before = self.focus_id
        self._map, self._row = found, -1
        rows = np.flatnonzero(found.index == before) if found is not None and before >= 0 else np.empty(0, np.intp)
        if len(rows):
            self._row = int(rows[0])
            self._again()
        else:
            self.clear()

    def set_label(self, label: NDArray[np.integer] | None) -> None:
        """(n,) the class of each row of the map, -1 where unknown; None where nothing is known."""
        self._label = label
        self._show()

    def clear(self) -> None:
        """About no sample."""
        self._row, self._found = -1, None
        self.images.set_empty(self.tr("Click a point to see its nearest images."))
        self._show()

    def look(self, row: int) -> None:
        """Show the neighbours of a row of the map."""
        self._row = row
        self._again()

    # Asking

    def _again(self) -> None:
        shown = self._map
        if shown is None or self._row < 0:
            return
        # Of a part of the snapshot only the part is known here.
        part = tuple(int(row) for row in shown.rows) if len(shown.rows) < shown.total else ()
        question = FindNeighbours(
            shown.folder,
            shown.epoch,
            int(shown.rows[self._row]),
            int(self.count.currentData()),
            str(self.measure.currentData()),
            shown.space,
            part,
        )

        def came(found: Neighbours) -> None:
            if self._map is shown and self._row >= 0 and found.row == int(shown.rows[self._row]):
                self._found = found
                self._show()

        def failed(message: str) -> None:
            if self._map is shown:
                self._found = None
                self.images.set_empty(message)
                self._show()

        self._ask(question, came, failed)

    # Showing

    def _choose(self) -> None:
        self.chosen.emit(self.images.ids)

    def _id_at(self, place: int) -> int:
        return int(self.images.ids[place]) if 0 <= place < len(self.images.ids) else -1

    def _show(self) -> None:
        shown, found = self._map, self._found
        self.select.setEnabled(found is not None)
        if shown is None or found is None:
            self.words.setVisible(False)
            self.images.set_items(())
            return
        rows = np.concatenate([[self._row], _places(shown.rows, found.rows)]).astype(np.intp)
        metric = self.tr("cosine") if found.metric == "cosine" else self.tr("distance")
        figures = found.cosine if found.metric == "cosine" else found.distance
        captions = [self._class(rows[0]) or self.tr("this"), *(_figure(float(value)) for value in figures)]

        def words(place: int) -> str:
            head = f"{metric} {captions[place]}" if place else self.tr("the one clicked")
            known = self._words_of(int(rows[place]))
            return f"{head} · {known}" if known else head

        self.images.set_items(shown.index[rows], words, captions)
        self.images.set_current(0)
        self._write(shown, rows)

    def _class(self, row: int) -> str:
        return self._words_of(int(row)).partition(" · ")[0] if self._label is not None and self._label[row] >= 0 else ""

    def _write(self, shown: Map, rows: NDArray[np.intp]) -> None:
        said = []
        if self._label is not None and self._label[rows[0]] >= 0 and len(rows) > 1:
            same = int((self._label[rows[1:]] == self._label[rows[0]]).sum())
            said.append(self.tr("{0} of {1} are of its class: {2}").format(same, len(rows) - 1, self._class(rows[0])))
        if len(shown.rows) < shown.total:
            said.append(self.tr("among the samples on this map"))
        self.words.setText("; ".join(said))
        self.words.setVisible(bool(said))


def _figure(value: float) -> str:
    """ ".93", "12.4"."""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3g}"


def _places(rows: NDArray[np.integer], wanted: NDArray[np.integer]) -> NDArray[np.intp]:
    """Where each of `wanted` stands in `rows`; those that are not among them are left out."""
    order = np.argsort(rows, kind="stable")
    place = np.minimum(np.searchsorted(rows, wanted, sorter=order), len(rows) - 1)
    found = np.asarray(order[place], np.intp)
    return np.asarray(found[rows[found] == wanted], np.intp)
