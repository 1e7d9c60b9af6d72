"""An icon with a coloured dot, for lists, legends and tables."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

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
