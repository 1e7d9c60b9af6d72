"""Icons with a coloured dot or a diamond, for lists, legends and tables."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

# Side of the pixmap in pixels, enough for a small icon on a high-resolution screen; views scale it to their icon size.
SIDE = 32


def dot_icon(colour: str, *, full: bool = True) -> QIcon:
    """A dot over three quarters of the icon, or a ring if not `full`. It keeps its colour in a selected row."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), SIDE / 12))
    painter.setBrush(QColor(colour) if full else Qt.BrushStyle.NoBrush)
    edge = SIDE / 8 + SIDE / 24  # half of the line's width is outside
    painter.drawEllipse(QRectF(edge, edge, SIDE - 2 * edge, SIDE - 2 * edge))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def diamond_icon(colour: str, edge: str) -> QIcon:
    """A diamond with an edge of another colour, the mark of images that are placed on a map."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(edge), SIDE / 12))
    painter.setBrush(QColor(colour))
    middle, reach = SIDE / 2, 3 * SIDE / 8
    corners = ((middle, middle - reach), (middle + reach, middle), (middle, middle + reach), (middle - reach, middle))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.end()
    return QIcon(pixmap)
