"""Pairs as columns of thumbnails, one view above the other: the hardest positives and the likeliest false negatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.study.pair_measures import each_image_once
from workbench.panels.pairs.pair_data import PairData, figure
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.samples.shown_image import name_and_text
from workbench.theme.palette import GAP

PAIRS = 10


class PairRow(QWidget):
    """A title, an explanation and a row of pairs. `pairChosen(first, second)`: the matrix rows of the two views of a pair.
    `opened(indices, position)`: open an image of a list, by their indices in the data set;
    `menuRequested(indices, position, point)`: show its menu at a point of the screen."""

    pairChosen = Signal(int, int)
    opened = Signal(object, int)
    menuRequested = Signal(object, int, QPoint)

    def __init__(self, title: str, help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.words = QLabel(title), QLabel()
        self.title.setObjectName("strong")
        self.title.setToolTip(help)
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.grid = ImageGrid(columns=PAIRS, least=24, most=96, gap=6)
        self.grid.setAccessibleName(title)
        self.grid.activated.connect(self._open)
        self.grid.opens = True
        self.grid.opened.connect(lambda cell: self.opened.emit(*self._image_of(cell)))
        self.grid.menuRequested.connect(lambda cell, at: self.menuRequested.emit(*self._image_of(cell), at))
        self._shown: PairData | None = None
        self._rows: tuple[tuple[int, int], ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self.title, self.words, self.grid):
            column.addWidget(part)

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """The pairs that are shown, each as two rows of the matrix."""
        return self._rows

    def show_pairs(self, shown: PairData | None, rows: Sequence[tuple[int, int]], text: str) -> None:
        """Show the views at these rows of the matrix, one column per pair. `text`: a sentence about all of them."""
        self._rows, self._shown = tuple(rows) if shown is not None else (), shown
        self.words.setText(text)
        if shown is None or not rows:
            self.grid.set_cells(())
            return
        cells = [self._cell(shown, pair, view) for view in (0, 1) for pair in rows]
        headers = [figure(float(shown.data.matrix[pair])) for pair in rows]
        self.grid.set_cells(cells, columns=len(rows), headers=headers)

    def _cell(self, shown: PairData, pair: tuple[int, int], view: int) -> Cell:
        row, name = pair[view], shown.class_of(pair[view])
        text = self.tr("View {0} of image {1} · cosine {2}").format(
            shown.view(row) + 1, f"{shown.index(row):,}", figure(float(shown.data.matrix[pair]))
        )
        return Cell(shown.pixels(row), name_and_text(shown.name(row), f"{text} · {name}" if name else text), caption=name)

    def _image_of(self, cell: int) -> tuple[list[int], int]:
        """The images of all pairs, by their indices in the data set, and the position of that of a cell."""
        assert self._shown is not None
        images = list(dict.fromkeys(self._shown.index(row) for pair in self._rows for row in pair))
        row = self._rows[cell % len(self._rows)][cell // len(self._rows)]
        return images, images.index(self._shown.index(row))

    def _open(self, cell: int) -> None:
        if self._rows:
            self.pairChosen.emit(*self._rows[cell % len(self._rows)])


class PairRows(QScrollArea):
    """The hardest positives, and below them the likeliest false negatives. Signals as of PairRow."""

    pairChosen = Signal(int, int)
    opened = Signal(object, int)
    menuRequested = Signal(object, int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hardest = PairRow(
            self.tr("Hardest positives"),
            self.tr("The two views of an image whose features are least similar, lowest cosine first"),
        )
        self.wrong = PairRow(
            self.tr("Likeliest false negatives"),
            self.tr(
                "Views of different images whose features are most similar, no image twice: a contrastive loss pushes them apart"
            ),
        )
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for row in (self.hardest, self.wrong):
            row.pairChosen.connect(self.pairChosen)
            row.opened.connect(self.opened)
            row.menuRequested.connect(self.menuRequested)
            column.addWidget(row)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def show_pairs(self, shown: PairData | None) -> None:
        """Show the pairs of a batch; None for no batch."""
        if shown is None:
            for row in (self.hardest, self.wrong):
                row.show_pairs(None, (), "")
            return
        data, n = shown.data, shown.images
        hard = [int(image) for image in np.argsort(data.positive, kind="stable")[:PAIRS]]
        text = self.tr("Their crops overlap by {0} of their joint area (median); all pairs' by {1}.")
        overlap = shown.pairs.overlap
        words = text.format(figure(float(np.median(overlap[hard]))), figure(float(np.median(overlap))))
        self.hardest.show_pairs(shown, [(image, image + n) for image in hard], words)
        chosen = each_image_once(data.near, n, PAIRS)
        pairs = [(int(data.near.first[index]), int(data.near.second[index])) for index in chosen]
        self.wrong.show_pairs(shown, pairs, self._rate(shown))

    def _rate(self, shown: PairData) -> str:
        wrong = shown.data.wrong
        if wrong is None:
            return self.tr("Without classes it is unknown which of them are false negatives.")
        words = self.tr("{0} of the {1} most similar pairs of images are of one class; {2} of all pairs.")
        return words.format(f"{wrong.rate:.0%}".replace("%", " %"), wrong.pairs, f"{wrong.chance:.0%}".replace("%", " %"))
