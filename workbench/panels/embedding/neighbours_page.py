"""The Neighbours page: the nearest neighbours of one sample in the space of the map, by a chosen distance and number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import FindNeighbours, Map, Neighbours
from workbench.forms.editors import Combo
from workbench.plots.thumbnails import Thumbnails
from workbench.samples.sample_captions import in_short
from workbench.samples.shown_image import name_and_text
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.elided_label import ElidedLabel
from workbench.widgets.room import keep_lines, keep_room

COUNTS = (5, 12, 20, 50, 100)
FIRST = 12


class NeighboursPage(QWidget):
    """Thumbnails of a sample and then of its neighbours, nearest first. Signals: `hovered` and `activated`: the index of a sample
    in the data set, -1 for none; `chosen`: the indices of all shown samples. `text_of(row)`: the text about the sample at a row of
    the map; `name_of(row)`: the name of its file, "" where it has none."""

    hovered = Signal(int)
    activated = Signal(int)
    chosen = Signal(object)

    def __init__(
        self, ask: Ask, text_of: Callable[[int], str], name_of: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask, self._text_of, self._name_of = ask, text_of, name_of
        self._map: Map | None = None
        self._label: NDArray[np.integer] | None = None
        self._row = -1
        self._neighbours: Neighbours | None = None
        self.measure, self.count = Combo(), Combo()
        self.measure.setAccessibleName(self.tr("Distance of samples"))
        self.measure.setToolTip(self.tr("Cosine: compares directions only. Euclidean: compares lengths too"))
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
        self.measure.activated.connect(self._request)
        self.count.activated.connect(self._request)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        keep_room(self.words)
        keep_lines(self.words, 2)
        self.caption = ElidedLabel()
        self.caption.hide()
        self.images = Thumbnails()
        self.images.setAccessibleName(self.tr("Nearest neighbours in the original space"))
        self.images.hovered.connect(lambda position: self.hovered.emit(self._id_at(position)))
        self.images.activated.connect(lambda position: self.activated.emit(self._id_at(position)))
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
        column.addWidget(self.caption)
        column.addWidget(self.images, 1)
        self.clear()

    @property
    def focus_id(self) -> int:
        """The index in the data set of the sample whose neighbours are shown; -1 for none."""
        return int(self._map.index[self._row]) if self._map is not None and self._row >= 0 else -1

    def set_map(self, shown: Map | None) -> None:
        """Set the map; the neighbours of the same sample are requested again in the space of the new map."""
        before = self.focus_id
        self._map, self._row = shown, -1
        rows = np.flatnonzero(shown.index == before) if shown is not None and before >= 0 else np.empty(0, np.intp)
        if len(rows):
            self._row = int(rows[0])
            self._request()
        else:
            self.clear()

    def set_label(self, label: NDArray[np.integer] | None) -> None:
        """Set the class of each row of the map (n,), -1 where unknown; None if all are unknown."""
        self._label = label
        self._show()

    def clear(self) -> None:
        """Show no sample."""
        self._row, self._neighbours = -1, None
        self.show_captions(())
        self.images.set_empty(self.tr("Click a point to see its nearest images."))
        self._show()

    def show_neighbours(self, row: int) -> None:
        """Request and show the neighbours of the sample at a row of the map."""
        self._row = row
        self.show_captions(())
        self._request()

    def show_captions(self, captions: Sequence[str]) -> None:
        """Show the captions of the sample: the first, and the others in the tooltip."""
        first, _ = in_short(captions)
        self.caption.set_full_text(self.tr("1 of {0}: {1}").format(len(captions), first) if len(captions) > 1 else first)
        self.caption.setToolTip(tip("\n".join(captions)))

    def set_captioned(self, captioned: bool) -> None:
        """Keep a line for captions, or not."""
        self.caption.setVisible(captioned)

    # Question

    def _request(self) -> None:
        shown = self._map
        if shown is None or self._row < 0:
            return
        # On a map of a part of the snapshot, search only in that part.
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

        def receive(neighbours: Neighbours) -> None:
            if self._map is shown and self._row >= 0 and neighbours.row == int(shown.rows[self._row]):
                self._neighbours = neighbours
                self._show()

        def failed(message: str) -> None:
            if self._map is shown:
                self._neighbours = None
                self.images.set_empty(message)
                self._show()

        self._ask(question, receive, failed)

    # Showing

    def _choose(self) -> None:
        self.chosen.emit(self.images.ids)

    def _id_at(self, position: int) -> int:
        return int(self.images.ids[position]) if 0 <= position < len(self.images.ids) else -1

    def _show(self) -> None:
        shown, neighbours = self._map, self._neighbours
        self.select.setEnabled(neighbours is not None)
        if shown is None or neighbours is None:
            self.words.setVisible(False)
            self.images.set_items(())
            return
        rows = np.concatenate([[self._row], _positions(shown.rows, neighbours.rows)]).astype(np.intp)
        metric = self.tr("cosine") if neighbours.metric == "cosine" else self.tr("distance")
        figures = neighbours.cosine if neighbours.metric == "cosine" else neighbours.distance
        captions = [self._class(rows[0]) or self.tr("this"), *(_figure(float(value)) for value in figures)]

        def text(position: int) -> str:
            head = f"{metric} {captions[position]}" if position else self.tr("the chosen sample")
            more = self._text_of(int(rows[position]))
            return name_and_text(self._name_of(int(rows[position])), f"{head} · {more}" if more else head)

        self.images.set_items(shown.index[rows], text, captions)
        self.images.set_current(0)
        self._update_text(shown, rows)

    def _class(self, row: int) -> str:
        return self._text_of(int(row)).partition(" · ")[0] if self._label is not None and self._label[row] >= 0 else ""

    def _update_text(self, shown: Map, rows: NDArray[np.intp]) -> None:
        sentences = []
        if self._label is not None and self._label[rows[0]] >= 0 and len(rows) > 1:
            same = int((self._label[rows[1:]] == self._label[rows[0]]).sum())
            sentences.append(self.tr("{0} of {1} have its class: {2}").format(same, len(rows) - 1, self._class(rows[0])))
        if len(shown.rows) < shown.total:
            sentences.append(self.tr("among the samples on this map"))
        self.words.setText("; ".join(sentences))
        self.words.setVisible(bool(sentences))


def _figure(value: float) -> str:
    """A number in short form: ".93", "12.4"."""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3g}"


def _positions(rows: NDArray[np.integer], targets: NDArray[np.integer]) -> NDArray[np.intp]:
    """The positions in `rows` of each of `targets`; targets that are not in `rows` are left out."""
    order = np.argsort(rows, kind="stable")
    nearest = np.minimum(np.searchsorted(rows, targets, sorter=order), len(rows) - 1)
    positions = np.asarray(order[nearest], np.intp)
    return np.asarray(positions[rows[positions] == targets], np.intp)
