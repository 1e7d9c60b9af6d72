"""Icons of tools: those of the mouse on a map, and to enlarge a plot and back."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap


def tool_icon(kind: str, colour: str) -> QIcon:
    """The icon of "pan", "rectangle", "lasso", "enlarge" or "reduce"."""
    pixmap = QPixmap(QSize(32, 32))
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(QColor(colour))
    pen.setWidthF(1.4)
    if kind in ("rectangle", "lasso"):
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    if kind == "rectangle":
        painter.drawRect(QRectF(2.5, 3.5, 11, 9))
    elif kind == "lasso":
        painter.drawEllipse(QRectF(2, 3, 12, 8))
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(5, 11, 4, 14)
    elif kind in ("enlarge", "reduce"):
        # Two arrows on one diagonal, apart or towards each other.
        for side in (-1, 1):
            outer, inner = 8 + 5.5 * side, 8 + 1.8 * side
            point, base = (outer, inner) if kind == "enlarge" else (inner, outer)
            wing = point + (-3.5 if point > base else 3.5)
            painter.drawLine(QLineF(base, 16 - base, point, 16 - point))
            painter.drawLine(QLineF(point, 16 - point, wing, 16 - point))
            painter.drawLine(QLineF(point, 16 - point, point, 16 - wing))
    else:
        painter.drawLine(8, 2, 8, 14)
        painter.drawLine(2, 8, 14, 8)
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            tip_x, tip_y = 8 + 6 * dx, 8 + 6 * dy
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx + 2 * dy, tip_y - 2 * dy + 2 * dx)
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx - 2 * dy, tip_y - 2 * dy - 2 * dx)
    painter.end()
    return QIcon(pixmap)
