"""Pairs as columns of thumbnails, one view over the other: the hardest positives, the likeliest false negatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.study.pair_measures import each_image_once
from workbench.panels.pairs.shown import Shown, figure
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.theme.palette import GAP

PAIRS = 10


class PairRow(QWidget):
    """A title, what is learned from it, and pairs. `opened` carries the rows of the two views."""

    opened = Signal(int, int)

    def __init__(self, title: str, help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.words = QLabel(title), QLabel()
        self.title.setObjectName("strong")
        self.title.setToolTip(help)
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.grid = ImageGrid(columns=PAIRS, least=36, most=96, gap=6)
        self.grid.setAccessibleName(title)
        self.grid.activated.connect(self._open)
        self._rows: tuple[tuple[int, int], ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self.title, self.words, self.grid):
            column.addWidget(part)

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """The pairs that are shown, as rows of the matrix."""
        return self._rows

    def show_pairs(self, shown: Shown | None, rows: Sequence[tuple[int, int]], words: str) -> None:
        """The views at these rows of the matrix, a column a pair, with what is to be said of all of them."""
        self._rows = tuple(rows) if shown is not None else ()
        self.words.setText(words)
        if shown is None or not rows:
            self.grid.set_cells(())
            return
        cells = [self._cell(shown, pair, place) for place in (0, 1) for pair in rows]
        headers = [figure(float(shown.data.matrix[pair])) for pair in rows]
        self.grid.set_cells(cells, columns=len(rows), headers=headers)

    def _cell(self, shown: Shown, pair: tuple[int, int], place: int) -> Cell:
        row, name = pair[place], shown.class_of(pair[place])
        words = self.tr("View {0} of image {1} · cosine {2}").format(
            shown.view(row) + 1, f"{shown.place(row):,}", figure(float(shown.data.matrix[pair]))
        )
        return Cell(shown.pixels(row), f"{words} · {name}" if name else words, caption=name)

    def _open(self, place: int) -> None:
        if self._rows:
            self.opened.emit(*self._rows[place % len(self._rows)])


class PairRows(QScrollArea):
    """Hardest positives over likeliest false negatives."""

    opened = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hardest = PairRow(
            self.tr("Hardest positives"),
            self.tr("Views of one image with the lowest cosine, lowest first"),
        )
        self.wrong = PairRow(
            self.tr("Most likely false negatives"),
            self.tr("Views of different images with the highest cosine, no image twice: a contrastive loss pushes them apart"),
        )
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for row in (self.hardest, self.wrong):
            row.opened.connect(self.opened)
            column.addWidget(row)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def show_pairs(self, shown: Shown | None) -> None:
        """Of a batch; None for none."""
        if shown is None:
            for row in (self.hardest, self.wrong):
                row.show_pairs(None, (), "")
            return
        data, n = shown.data, shown.images
        hard = [int(image) for image in np.argsort(data.positive, kind="stable")[:PAIRS]]
        said = self.tr("Median overlap of their crops: {0} of the joint area; of all pairs: {1}.")
        overlap = shown.pairs.overlap
        words = said.format(figure(float(np.median(overlap[hard]))), figure(float(np.median(overlap))))
        self.hardest.show_pairs(shown, [(image, image + n) for image in hard], words)
        taken = each_image_once(data.near, n, PAIRS)
        near = [(int(data.near.first[place]), int(data.near.second[place])) for place in taken]
        self.wrong.show_pairs(shown, near, self._rate(shown))

    def _rate(self, shown: Shown) -> str:
        wrong = shown.data.wrong
        if wrong is None:
            return self.tr("Without class labels it is not known which of them are false negatives.")
        words = self.tr("{0} of the {1} most similar pairs of images are of one class; {2} of all pairs.")
        return words.format(f"{wrong.rate:.0%}".replace("%", " %"), wrong.pairs, f"{wrong.chance:.0%}".replace("%", " %"))
