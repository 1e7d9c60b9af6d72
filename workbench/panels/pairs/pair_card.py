"""The card of one pair of views: the views, their images with the crops, their augmentation parameters, their cosine, and the
softmax of the first view's row of the similarity matrix."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from engine.study.pair_measures import softmax_row
from workbench import theme
from workbench.forms.number_boxes import RealBox
from workbench.panels.pairs.drawn_parameters import DrawnParameters
from workbench.panels.pairs.pair_data import PairData, figure
from workbench.plots.image_grid import Box, Cell, ImageGrid
from workbench.samples.shown_image import file_name, name_and_text
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card

TEMPERATURE = 0.2  # if the method has none
BARS = 40
LEAST, WIDE = 300, 520  # px of width: the least, and from which table and sentence stand at the right
BESIDE, BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class SoftmaxBars(QWidget):
    """The largest probabilities of a row, in descending order; the positive and the shown view have colours of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: np.ndarray = np.zeros(0)
        self.kinds: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The size of a strip of bars."""
        return QSize(200, 32)

    def minimumSizeHint(self) -> QSize:
        """The size of a small strip of bars."""
        return QSize(120, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one bar per candidate view."""
        painter, palette = QPainter(self), theme.current()
        colours = {"positive": palette.accent, "shown": palette.hue(1), "": palette.line}
        bar_width, height = self.width() / BARS, self.height() - 1
        for index, (value, kind) in enumerate(zip(self.values / max(1e-12, self.values.max(initial=0)), self.kinds, strict=True)):
            bar_height = max(2.0 if kind else 0.0, height * float(value))
            painter.fillRect(QRectF(index * bar_width, height - bar_height, bar_width - 1, bar_height), QColor(colours[kind]))
        painter.fillRect(QRectF(0, height, self.width(), 1), QColor(palette.line))


class PairCard(Card):
    """Shows two views, given by their rows in the similarity matrix of all views. `opened(indices, position)`: open an image of a
    list, by their indices in the data set; `menuRequested(indices, position, point)`: show its menu at a point of the screen."""

    opened = Signal(object, int)
    menuRequested = Signal(object, int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Pair"))
        self._shown: PairData | None = None
        self._rows = 0, 0
        self.grid = ImageGrid(columns=4, least=48, most=96, fit=True)
        self.grid.setAccessibleName(self.tr("The chosen pair"))
        self.grid.set_empty(self.tr("Click a cell of the matrix, or a pair below."))
        self.grid.opens = True
        self.grid.opened.connect(lambda cell: self.opened.emit(*self._image_of(cell)))
        self.grid.menuRequested.connect(lambda cell, at: self.menuRequested.emit(*self._image_of(cell), at))
        self.drawn, self.bars, self.words = DrawnParameters(), SoftmaxBars(), QLabel()
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
        label = QLabel(self.tr("Softmax of the first view, τ"))
        label.setObjectName("quiet")
        label.setWordWrap(True)
        label.setBuddy(self.temperature)
        softmax = QHBoxLayout()
        softmax.setSpacing(GAP)
        softmax.addWidget(label)
        softmax.addWidget(self.temperature)
        softmax.addSpacing(GAP)
        softmax.addWidget(self.bars, 1)
        line, row = self._line, self._row = QBoxLayout(BESIDE), QBoxLayout(BESIDE)
        line.setSpacing(WIDE_GAP)
        line.addLayout(softmax, 1)
        line.addWidget(self.words, 1)
        row.setSpacing(WIDE_GAP)
        row.addWidget(self.grid, 1)
        row.addWidget(self.drawn, 0)
        self.body.addLayout(row)
        self.body.addLayout(line)
        # Narrower, the images and the sentence would be cut off even below each other.
        self.setMinimumWidth(LEAST)
        theme.changed.connect(self._draw)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the card is narrow, the table of parameters and the sentence about the softmax stand below what they explain. It
        changes only with the width."""
        super().resizeEvent(event)
        for layout in (self._row, self._line):
            layout.setDirection(BESIDE if event.size().width() >= WIDE else BELOW)

    @property
    def rows(self) -> tuple[int, int]:
        """The matrix rows of the two views that are shown."""
        return self._rows

    def set_temperature(self, own: float | None) -> None:
        """Set the temperature of the softmax: the method's own, or the default one if it has none (None)."""
        self.temperature.setValue(own if own is not None else TEMPERATURE)
        self.temperature.setToolTip(
            self.tr("The method's own temperature is {0}").format(f"{own:g}")
            if own is not None
            else self.tr("This method has no temperature: {0} is common for contrastive methods").format(f"{TEMPERATURE:g}")
        )

    def show_pair(self, shown: PairData | None, first: int, second: int) -> None:
        """Show the views at two rows of the matrix; None for no pair."""
        self._shown, self._rows = shown, (first, second)
        self._draw()

    def _draw(self) -> None:
        shown = self._shown
        if shown is None:
            self.grid.set_cells(())
            self.drawn.show_drawn((), ())
            self._write()
            return
        first, second = self._rows
        positive = shown.image(first) == shown.image(second)
        hues = theme.current().hue(0), theme.current().hue(1)
        boxes = Box(*shown.box(first), hues[0]), Box(*shown.box(second), hues[1])
        cells = [
            Cell(
                shown.original(first), self._image_text(first), file_name(shown.name(first)), boxes=boxes if positive else boxes[:1]
            ),
            Cell(shown.pixels(first), self._view_text(first)),
            Cell(shown.pixels(second), self._view_text(second)),
        ]
        names = (self.tr("view {0}").format(shown.view(first) + 1), self.tr("view {0}").format(shown.view(second) + 1))
        headers, colours = [shown.class_of(first) or self.tr("image"), *names], ["", *hues]
        if not positive:
            cells.append(Cell(shown.original(second), self._image_text(second), file_name(shown.name(second)), boxes=boxes[1:]))
            headers.append(shown.class_of(second) or self.tr("image"))
            colours.append("")
        self.grid.set_cells(cells, columns=4, headers=headers, header_colours=colours)
        self.drawn.show_drawn(names, (shown.drawn(first), shown.drawn(second)))
        self._write()

    def _image_of(self, cell: int) -> tuple[list[int], int]:
        """The images that are shown, by their indices in the data set, and the position of that of a cell."""
        assert self._shown is not None
        first, second = (self._shown.index(row) for row in self._rows)
        images = list(dict.fromkeys((first, second)))
        return images, images.index(first if cell < 2 else second)

    def _image_text(self, row: int) -> str:
        assert self._shown is not None
        text = self.tr("Image {0}").format(f"{self._shown.index(row):,}")
        return name_and_text(self._shown.name(row), " · ".join(part for part in (text, self._shown.class_of(row)) if part))

    def _view_text(self, row: int) -> str:
        assert self._shown is not None
        x0, y0, x1, y1 = self._shown.box(row)
        text = self.tr("View {0} of image {1}: a crop of {2} of it")
        return text.format(self._shown.view(row) + 1, f"{self._shown.index(row):,}", f"{(x1 - x0) * (y1 - y0):.0%}")

    def _write(self) -> None:
        shown = self._shown
        for part in (self.bars, self.words):
            part.setVisible(shown is not None)
        if shown is None:
            self.set_state("")
            return
        first, second = self._rows
        cosine, own = float(shown.data.matrix[first, second]), shown.partner(first)
        if second == own:
            self.set_title(self.tr("Positive pair"))
            overlap = figure(float(shown.pairs.overlap[shown.image(first)]))
            self.set_state(self.tr("cosine {0} · overlap of the crops {1}").format(figure(cosine), overlap))
        else:
            self.set_title(self.tr("Two images"))
            self.set_state(self.tr("cosine {0}").format(figure(cosine)))
        probabilities = softmax_row(shown.data.matrix, first, self.temperature.value())
        order = np.argsort(-probabilities, kind="stable")
        rank = int(np.flatnonzero(order == own)[0]) + 1
        self.bars.values = probabilities[order[:BARS]]
        self.bars.kinds = tuple("positive" if row == own else "shown" if row == second else "" for row in order[:BARS])
        self.bars.update()
        count = len(probabilities) - 1
        positive_text = self.tr("Its positive has a probability of {0}, rank {1} of {2}.")
        sentences = [positive_text.format(_percent(float(probabilities[own])), rank, f"{count:,}")]
        if second != own:
            sentences.append(self.tr("The other view shown has {0}.").format(_percent(float(probabilities[second]))))
        sentences.append(self.tr("The chance level is {0}.").format(_percent(1 / count)))
        self.words.setText(" ".join(sentences))
        self.words.setToolTip(tip(self.words.text()))
        self.bars.setAccessibleName(self.words.text())


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %") if value < 0.1 else f"{value:.0%}".replace("%", " %")
