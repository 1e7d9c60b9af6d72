"""A colour as a small dot, for where an icon goes: before a name, in a legend, in a table."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

# Pixels that are painted, enough for a small icon on a fine screen; views scale them to their icons' size.
SIDE = 32


def dot_icon(colour: str, *, full: bool = True) -> QIcon:
    """A dot over three quarters of the icon, or with `full` off a ring. A chosen row leaves it its colour."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), SIDE / 12))
    painter.setBrush(QColor(colour) if full else Qt.BrushStyle.NoBrush)
    edge = SIDE / 8 + SIDE / 24  # half of the line lies outside
    painter.drawEllipse(QRectF(edge, edge, SIDE - 2 * edge, SIDE - 2 * edge))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
