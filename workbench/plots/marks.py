"""Reference lines with labels, and marks of events at the bottom of a plot.

One item paints all of them: a plot that is drawn several times a second pays for every item, and pyqtgraph's own labelled lines and
scatter symbols cost more than the curves."""

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


class ViewBounds:
    """An item whose bounding rectangle is the visible range, which the plot sets: asking the view box is slow at each painting."""

    _area = QRectF()

    def set_area(self, area: QRectF) -> None:
        """Set the visible range, in the axes' own units."""
        if area != self._area:
            self.prepareGeometryChange()  # type: ignore[attr-defined]
            self._area = area

    def boundingRect(self) -> QRectF:
        """The visible range."""
        return self._area


class Marks(ViewBounds, pg.GraphicsObject):  # type: ignore[misc]
    """Reference lines and marks, each in the axes' own units."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[tuple[float, str], ...] = ()
        self._marks: tuple[tuple[str, str, tuple[float, ...]], ...] = ()
        self._font = QFont()
        self._font.setPixelSize(SMALL_PX)
        # Below the curves, above the background.
        self.setZValue(0.5)

    @property
    def lines(self) -> tuple[tuple[float, str], ...]:
        """The reference lines: (y, label)."""
        return self._lines

    @property
    def marks(self) -> Mapping[str, tuple[float, ...]]:
        """The x of the marks by shape."""
        return {shape: xs for shape, _, xs in self._marks}

    def show_lines(self, lines: Sequence[tuple[float, str]]) -> None:
        """Draw these horizontal lines: (y, label)."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self.update()

    def show_marks(self, marks: Sequence[tuple[str, str, Sequence[float]]]) -> None:
        """Draw these marks at the bottom: (shape, colour, x of each)."""
        wanted = tuple((shape, colour, tuple(xs)) for shape, colour, xs in marks if len(xs))
        if wanted != self._marks:
            self._marks = wanted
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint lines, labels and marks."""
        area, box = self._area, self.getViewBox()
        if box is None or not (self._lines or self._marks) or not box.width() or not box.height():
            return
        # The size of a pixel in the axes' units. The painter's own scale is not used: it may paint to a file.
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
                # Above the line, or below it where there is no space.
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
