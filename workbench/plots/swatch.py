"""A colour as a small dot, for where an icon goes: before a name, in a legend, in a table."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

# Device pixels for each of the icon's.
FINE = 2


def dot_icon(colour: str, size: int = 10, *, full: bool = True) -> QIcon:
    """A dot in a square of `size` pixels or with `full` off a ring. A chosen row leaves it its colour."""
    pixmap = QPixmap(QSize(FINE * size, FINE * size))
    pixmap.setDevicePixelRatio(FINE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colour))
    painter.setBrush(QColor(colour) if full else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(1, 1, size - 2, size - 2))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
