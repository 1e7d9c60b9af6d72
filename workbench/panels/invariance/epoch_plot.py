"""One factor over the epochs: small lines, one a space."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.runs.invariance_file import FactorReadings
from workbench import theme
from workbench.panels.invariance.factor_text import epoch_name
from workbench.plots.base import tint
from workbench.theme.palette import SMALL_PX

LEFT, TOP, TICKS = 26, 6, 16


class CoursePlot(QWidget):
    """What is kept of a factor, 0 to 1, over the epochs that were measured, with bands of the intervals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._factor: FactorReadings | None = None
        self._epochs: tuple[int, ...] = ()
        self._epoch = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_factor(self, factor: FactorReadings | None, epochs: tuple[int, ...], epoch: int) -> None:
        """A factor; `epoch` is marked."""
        self._factor, self._epochs, self._epoch = factor, epochs, epoch
        self.update()

    def sizeHint(self) -> QSize:
        """A small picture."""
        return QSize(260, 110)

    def minimumSizeHint(self) -> QSize:
        """Smaller."""
        return QSize(140, 70)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, bands, lines."""
        if self._factor is None or len(self._epochs) < 2:
            return
        painter, palette = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        area = QRectF(LEFT, TOP, self.width() - LEFT - 8, self.height() - TOP - TICKS)
        first, last = self._epochs[0], self._epochs[-1]

        def point(epoch: int, kept: float) -> QPointF:
            return QPointF(
                area.left() + (epoch - first) / max(1, last - first) * area.width(), area.bottom() - kept * area.height()
            )

        painter.setPen(QColor(palette.quiet))
        for value in (0.0, 0.5, 1.0):
            y = point(first, value).y()
            painter.drawText(
                QRectF(0, y - 8, LEFT - 6, 16), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}"
            )
        below = QRectF(area.left(), area.bottom() + 1, self.width() - area.left(), TICKS)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, epoch_name(first))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, epoch_name(last))
        painter.setPen(QPen(QColor(palette.line), 1))
        for value in (0.0, 0.5, 1.0):
            painter.drawLine(point(first, value), point(last, value))
        painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DotLine))
        painter.drawLine(point(self._epoch, 0), point(self._epoch, 1))
        painter.drawLine(point(first, self._factor.pixels.kept), point(last, self._factor.pixels.kept))
        for number, by_epoch in enumerate(self._factor.readings.values()):
            there = [(epoch, by_epoch[epoch]) for epoch in self._epochs if epoch in by_epoch]
            up = [point(epoch, reading.kept_high) for epoch, reading in there]
            down = [point(epoch, reading.kept_low) for epoch, reading in there]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(palette.hue(number), 0.18))
            painter.drawPolygon(QPolygonF([*up, *reversed(down)]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            style = Qt.PenStyle.SolidLine if number == 0 else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(palette.hue(number)), 2, style))
            painter.drawPolyline(QPolygonF([point(epoch, reading.kept) for epoch, reading in there]))
