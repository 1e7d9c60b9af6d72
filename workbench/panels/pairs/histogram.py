"""Histograms of the cosines of positive and negative pairs over one axis, and how well the cosine separates them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from workbench import theme
from workbench.panels.pairs.pair_data import PairData, figure
from workbench.plots.base import tint
from workbench.theme.palette import SMALL_PX
from workbench.theme.plain import rich
from workbench.widgets.card import Card

BINS = 48
TICKS = 14


class _Bars(QWidget):
    """Two histograms over one axis, each normalised to sum 1."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = np.zeros((2, BINS))
        self.low = -1.0
        self.median = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 84)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme.current()
        bar_width, height = self.width() / BINS, self.height() - TICKS
        tallest = max(1e-9, float(self.counts.max()))
        for counts, colour in zip(self.counts, (palette.accent, palette.hue(1)), strict=True):
            for index, share in enumerate(counts / tallest):
                bar = QRectF(index * bar_width, (height - 2) * (1 - share) + 2, bar_width, (height - 2) * share)
                painter.fillRect(bar, tint(colour, 0.55))
        painter.fillRect(QRectF(0, height, self.width(), 1), QColor(palette.line))
        x = self._x(self.median)
        painter.setPen(QPen(QColor(palette.accent), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(palette.quiet))
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for value, side in zip((self.low, (self.low + 1) / 2, 1.0), sides, strict=True):
            painter.drawText(QRectF(0, height + 1, self.width(), TICKS), side | Qt.AlignmentFlag.AlignVCenter, figure(value))

    def _x(self, value: float) -> float:
        return (value - self.low) / max(1e-9, 1 - self.low) * self.width()


class HistogramCard(Card):
    """Shows whether positive and negative pairs can be distinguished by their cosine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Positives and negatives"))
        self._bars = _Bars()
        self._shown: PairData | None = None
        self.legend, self.words = QLabel(), QLabel()
        for label in (self.legend, self.words):
            label.setObjectName("quiet")
            label.setWordWrap(True)
        rich(self.legend)
        self.body.setSpacing(2)
        self.body.addWidget(self.legend)
        self.body.addWidget(self._bars, 1)
        self.body.addWidget(self.words)
        theme.changed.connect(self._write)

    def show_pairs(self, shown: PairData | None) -> None:
        """Show the pairs of a batch; None for no batch."""
        self._shown = shown
        self._write()

    def _write(self) -> None:
        for part in (self.legend, self._bars, self.words):
            part.setVisible(self._shown is not None)
        if self._shown is None:
            self.set_state("")
            return
        data, palette = self._shown.data, theme.current()
        positive, negative = data.positive, data.negative
        low = min([float(values.min()) for values in (positive, negative) if len(values)], default=0.0)
        self._bars.low = max(-1.0, np.floor(low * 20) / 20)
        edges = (self._bars.low, 1.0)
        self._bars.counts = np.stack([np.histogram(v, BINS, edges)[0] / max(1, len(v)) for v in (positive, negative)])
        self._bars.median = data.separation.median
        self._bars.update()
        positive_text = self.tr("{0} positives: two views of an image").format(f"{len(positive):,}")
        negative_text = self.tr("{0} negatives").format(f"{len(negative):,}")
        square = '<span style="color:{0}">■</span> {1}'
        self.legend.setText(f"{square.format(palette.accent, positive_text)} &nbsp; {square.format(palette.hue(1), negative_text)}")
        share = f"{data.separation.above:.1%}".replace("%", " %")
        self.words.setText(
            self.tr("{0} of the negatives lie above the median positive ({1}).").format(share, figure(data.separation.median))
        )
        self.set_state(
            self.tr("AUC {0}").format(f"{data.separation.auc:.3f}"),
            self.tr("How often a positive's cosine is larger than a negative's: 1 means always, 0.5 is the chance level"),
        )
        self._bars.setAccessibleName(f"{self.state}. {self.words.text()}")
