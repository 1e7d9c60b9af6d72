"""One pair of views, opened: the views beside their images with the crops, what was drawn for each, their cosine, and the softmax
of the first one's row."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from engine.study.pair_measures import softmax_row
from workbench import theme
from workbench.forms.number_boxes import RealBox
from workbench.panels.pairs.drawn import DrawnList
from workbench.panels.pairs.shown import Shown, figure
from workbench.plots.image_grid import Box, Cell, ImageGrid
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card

TEMPERATURE = 0.2  # where the method has none
BARS = 40


class SoftmaxBars(QWidget):
    """The largest probabilities of a row, in falling order: the own positive and the opened view in their colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: np.ndarray = np.zeros(0)
        self.kinds: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(200, 32)

    def minimumSizeHint(self) -> QSize:
        """A small strip."""
        return QSize(120, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar a candidate."""
        painter, palette = QPainter(self), theme.current()
        colours = {"positive": palette.accent, "opened": palette.hue(1), "": palette.line}
        wide, high = self.width() / BARS, self.height() - 1
        for place, (value, kind) in enumerate(zip(self.values / max(1e-12, self.values.max(initial=0)), self.kinds, strict=True)):
            tall = max(2.0 if kind else 0.0, high * float(value))
            painter.fillRect(QRectF(place * wide, high - tall, wide - 1, tall), QColor(colours[kind]))
        painter.fillRect(QRectF(0, high, self.width(), 1), QColor(palette.line))


class OpenedCard(Card):
    """Shows two views by their rows in the matrix."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Pair"))
        self._shown: Shown | None = None
        self._rows = 0, 0
        self.grid = ImageGrid(columns=4, least=48, most=96, fit=True)
        self.grid.setAccessibleName(self.tr("The opened pair"))
        self.grid.set_empty(self.tr("Click a cell of the matrix, or a pair below."))
        self.drawn, self.bars, self.words = DrawnList(), SoftmaxBars(), QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.temperature = RealBox()
        self.temperature.setRange(0.01, 5.0)
        self.temperature.setDecimals(2)
        self.temperature.setSingleStep(0.05)
        self.temperature.setValue(TEMPERATURE)
        self.temperature.setFixedWidth(58)
        self.temperature.setAccessibleName(self.tr("Temperature of the softmax"))
        self.temperature.valueChanged.connect(self._write)
        said = QLabel(self.tr("Softmax of the first view, τ"))
        said.setObjectName("quiet")
        said.setBuddy(self.temperature)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(said)
        line.addWidget(self.temperature)
        line.addSpacing(GAP)
        line.addWidget(self.bars, 2)
        line.addSpacing(GAP)
        line.addWidget(self.words, 3)
        row = QHBoxLayout()
        row.setSpacing(WIDE_GAP)
        row.addWidget(self.grid, 1)
        row.addWidget(self.drawn, 0)
        self.body.addLayout(row)
        self.body.addLayout(line)
        theme.changed.connect(self._draw)

    @property
    def rows(self) -> tuple[int, int]:
        """The rows of the two views that are shown."""
        return self._rows

    def set_temperature(self, own: float | None) -> None:
        """The method's temperature, or the usual one where it has none."""
        self.temperature.setValue(own if own is not None else TEMPERATURE)
        self.temperature.setToolTip(
            self.tr("The method's own temperature is {0}").format(f"{own:g}")
            if own is not None
            else self.tr("This method has no temperature: {0} is what contrastive methods often take").format(f"{TEMPERATURE:g}")
        )

    def show_pair(self, shown: Shown | None, one: int, other: int) -> None:
        """The views at two rows of the matrix; None for no pair."""
        self._shown, self._rows = shown, (one, other)
        self._draw()

    def _draw(self) -> None:
        shown = self._shown
        if shown is None:
            self.grid.set_cells(())
            self.drawn.show_drawn((), ())
            self._write()
            return
        one, other = self._rows
        positive = shown.image(one) == shown.image(other)
        hues = theme.current().hue(0), theme.current().hue(1)
        boxes = Box(*shown.box(one), hues[0]), Box(*shown.box(other), hues[1])
        cells = [
            Cell(shown.original(one), self._image_words(one), boxes=boxes if positive else boxes[:1]),
            Cell(shown.pixels(one), self._view_words(one)),
            Cell(shown.pixels(other), self._view_words(other)),
        ]
        names = (self.tr("view {0}").format(shown.view(one) + 1), self.tr("view {0}").format(shown.view(other) + 1))
        headers, colours = [shown.class_of(one) or self.tr("image"), *names], ["", *hues]
        if not positive:
            cells.append(Cell(shown.original(other), self._image_words(other), boxes=boxes[1:]))
            headers.append(shown.class_of(other) or self.tr("image"))
            colours.append("")
        self.grid.set_cells(cells, columns=4, headers=headers, header_colours=colours)
        self.drawn.show_drawn(names, (shown.drawn(one), shown.drawn(other)))
        self._write()

    def _image_words(self, row: int) -> str:
        assert self._shown is not None
        words = self.tr("Image {0}").format(f"{self._shown.place(row):,}")
        return " · ".join(part for part in (words, self._shown.class_of(row)) if part)

    def _view_words(self, row: int) -> str:
        assert self._shown is not None
        x0, y0, x1, y1 = self._shown.box(row)
        words = self.tr("View {0} of image {1}: a crop of {2} of it")
        return words.format(self._shown.view(row) + 1, f"{self._shown.place(row):,}", f"{(x1 - x0) * (y1 - y0):.0%}")

    def _write(self) -> None:
        shown = self._shown
        for part in (self.bars, self.words):
            part.setVisible(shown is not None)
        if shown is None:
            self.set_state("")
            return
        one, other = self._rows
        cosine, own = float(shown.data.matrix[one, other]), shown.partner(one)
        if other == own:
            self.set_title(self.tr("Positive pair"))
            overlap = figure(float(shown.pairs.overlap[shown.image(one)]))
            self.set_state(self.tr("cosine {0} · overlap of the crops {1}").format(figure(cosine), overlap))
        else:
            self.set_title(self.tr("Two images"))
            self.set_state(self.tr("cosine {0}").format(figure(cosine)))
        chances = softmax_row(shown.data.matrix, one, self.temperature.value())
        order = np.argsort(-chances, kind="stable")
        rank = int(np.flatnonzero(order == own)[0]) + 1
        self.bars.values = chances[order[:BARS]]
        self.bars.kinds = tuple("positive" if row == own else "opened" if row == other else "" for row in order[:BARS])
        self.bars.update()
        count = len(chances) - 1
        words = [
            self.tr("Its own other view gets {0}, number {1} of {2}.").format(_chance(float(chances[own])), rank, f"{count:,}"),
        ]
        if other != own:
            words.append(self.tr("The view beside it gets {0}.").format(_chance(float(chances[other]))))
        words.append(self.tr("Chance is {0}.").format(_chance(1 / count)))
        self.words.setText(" ".join(words))
        self.bars.setAccessibleName(self.words.text())


def _chance(value: float) -> str:
    return f"{value:.1%}".replace("%", " %") if value < 0.1 else f"{value:.0%}".replace("%", " %")
