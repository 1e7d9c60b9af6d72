"""How much two crops of an image share, over many draws: a small histogram with its words."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench import theme
from workbench.plots.base import number
from workbench.widgets.room import keep_lines, keep_room

BINS = 24
HEIGHT = 36
# A share of the crops' joint area below which the two show nothing of each other.
NONE = 1e-6


class _Bars(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.counts = np.zeros(BINS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme.current()
        wide, high = self.width() / BINS, self.height() - 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        for index, share in enumerate(self.counts / max(1.0, float(self.counts.max()))):
            painter.drawRect(QRectF(index * wide, high * (1 - share), wide - 1, high * share))
        painter.fillRect(QRectF(0, high, self.width(), 1), QColor(palette.line))


class OverlapLine(QWidget):
    """Histogram of the intersection over union of two crops, 0 at the left and 1 at the right, and what it comes to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self._bars = QLabel(), _Bars()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.setToolTip(
            self.tr("Overlap of the two views of an image, from none (left) to full (right). A large overlap makes the task easy.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self._bars)
        keep_room(self)
        keep_lines(self.words, 2)
        self.show_overlaps(np.zeros(0))

    def show_overlaps(self, values: np.ndarray) -> None:
        """Intersections over union (n,) between 0 and 1; hidden where there are none."""
        self.setVisible(len(values) > 0)
        if not len(values):
            return
        self._bars.counts = np.histogram(values, BINS, (0.0, 1.0))[0]
        self._bars.update()
        median, none = number(float(np.median(values)), 2), f"{np.mean(values < NONE):.0%}"
        self.words.setText(self.tr("Overlap of the crops: median {0} · none in {1}").format(median, none))
        self.setAccessibleName(self.words.text())
