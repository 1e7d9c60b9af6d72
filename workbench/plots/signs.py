"""What stands beside the curves of a plot: reference lines with a label, and marks of what happened at the foot of the plot.

One item paints all of it. A plot that is drawn several times a second pays for every item that lies on it, and pyqtgraph's own
lines with labels and scattered symbols cost more than the curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench import theme
from workbench.plots.base import dashed
from workbench.theme.palette import SMALL_PX

FOOT = 6.0  # pixels from the lower edge to the middle of a mark
END = 0.96  # of the width: where a label ends
RISE = 4.0  # pixels between a line and its label
SHAPES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "triangle": ((-3.5, 3.0), (3.5, 3.0), (0.0, -3.5)),
    "diamond": ((0.0, -4.0), (3.5, 0.0), (0.0, 4.0), (-3.5, 0.0)),
    "square": ((-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)),
}


class Covering:
    """An item as large as the part of the plane that is in view, as its plot tells it: to ask the view costs at each painting."""

    _area = QRectF()

    def cover(self, area: QRectF) -> None:
        """This part of the plane is in view, in the axes' own units."""
        if area != self._area:
            self.prepareGeometryChange()  # type: ignore[attr-defined]
            self._area = area

    def boundingRect(self) -> QRectF:
        """What is in view."""
        return self._area


class Signs(Covering, pg.GraphicsObject):  # type: ignore[misc]
    """Reference lines and marks, each in the axes' own units."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[tuple[float, str], ...] = ()
        self._marks: tuple[tuple[str, str, tuple[float, ...]], ...] = ()
        self._font = QFont()
        self._font.setPixelSize(SMALL_PX)
        # Under the lines, above the ground.
        self.setZValue(0.5)

    @property
    def lines(self) -> tuple[tuple[float, str], ...]:
        """The reference lines: place on y, label."""
        return self._lines

    @property
    def marks(self) -> Mapping[str, tuple[float, ...]]:
        """The places of the marks by shape."""
        return {shape: xs for shape, _, xs in self._marks}

    def show_lines(self, lines: Sequence[tuple[float, str]]) -> None:
        """Draw these lines across: place on y, label."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self.update()

    def show_marks(self, marks: Sequence[tuple[str, str, Sequence[float]]]) -> None:
        """Draw these marks at the foot: shape, colour, places on x."""
        wanted = tuple((shape, colour, tuple(xs)) for shape, colour, xs in marks if len(xs))
        if wanted != self._marks:
            self._marks = wanted
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Lines, labels, marks."""
        area, box = self._area, self.getViewBox()
        if box is None or not (self._lines or self._marks) or not box.width() or not box.height():
            return
        # What a pixel is in the axes' units: the painter may be that of a file, with a scale of its own.
        across, down = area.width() / box.width(), -area.height() / box.height()
        quiet = theme.current().quiet
        painter.setPen(dashed(quiet))
        for y, _ in self._lines:
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if any(label for _, label in self._lines):
            painter.setPen(QColor(quiet))
            painter.setFont(self._font)
            measure = QFontMetricsF(self._font)
            for y, label in self._lines:
                painter.save()
                painter.translate(area.left() + END * area.width(), y)
                painter.scale(across, down)
                # Above the line, or below where there is no room.
                above = (area.bottom() - y) / -down >= measure.height() + RISE
                drop = -RISE if above else RISE + measure.ascent()
                painter.drawText(QPointF(-measure.horizontalAdvance(label), drop), label)
                painter.restore()
        if self._marks:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape, colour, xs in self._marks:
            painter.setBrush(QColor(colour))
            polygon = QPolygonF([QPointF(x * across, y * down) for x, y in SHAPES[shape]])
            foot = area.top() - FOOT * down
            for at in xs:
                painter.drawPolygon(polygon.translated(at, foot))
