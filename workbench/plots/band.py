"""A band around a curve, as between its mean minus and plus a standard deviation."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.base import tint
from workbench.plots.marks import ViewBounds
from workbench.plots.series import Floats

OPACITY = 0.22


class Band(ViewBounds, pg.GraphicsObject):  # type: ignore[misc]
    """The area between a lower and an upper curve, in the axes' own units. A gap divides it; at a position without a neighbour
    it is a vertical line."""

    def __init__(self) -> None:
        super().__init__()
        self._areas: list[QPolygonF] = []
        self._lines: list[QLineF] = []
        self._colour = QColor()
        # Above the background and below all curves.
        self.setZValue(0.2)

    def set_colour(self, colour: str) -> None:
        """Set the colour of the curve that the band belongs to."""
        self._colour = tint(colour, OPACITY)
        self.update()

    def set_edges(self, x: Floats, lower: Floats, upper: Floats) -> None:
        """Set both edges at positions `x`, all (n,); a gap is a NaN in both."""
        self._areas, self._lines = [], []
        known = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper))
        starts = np.flatnonzero(np.diff(known, prepend=-2) > 1)
        for part in np.split(known, starts[1:]) if known.size else ():
            at, low, high = x[part], lower[part], upper[part]
            if at[0] == at[-1]:
                self._lines.append(QLineF(QPointF(at[0], low.min()), QPointF(at[0], high.max())))
            else:
                outline = np.concatenate([at, at[::-1]]), np.concatenate([low, high[::-1]])
                self._areas.append(pg.functions.arrayToQPolygonF(*outline))
        self.prepareGeometryChange()
        self.update()

    @property
    def parts(self) -> int:
        """The number of areas and lines: gaps divide a band."""
        return len(self._areas) + len(self._lines)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the areas."""
        painter.setPen(pg.mkPen(None))
        painter.setBrush(self._colour)
        for area in self._areas:
            painter.drawPolygon(area)
        if self._lines:
            painter.setPen(pg.mkPen(self._colour, width=3))
            painter.drawLines(self._lines)
