"""Icons of the mouse tools of a map."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap


def tool_icon(kind: str, colour: str) -> QIcon:
    """The icon of "pan", "rectangle" or "lasso"."""
    pixmap = QPixmap(QSize(32, 32))
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(QColor(colour))
    pen.setWidthF(1.4)
    if kind != "pan":
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    if kind == "rectangle":
        painter.drawRect(QRectF(2.5, 3.5, 11, 9))
    elif kind == "lasso":
        painter.drawEllipse(QRectF(2, 3, 12, 8))
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(5, 11, 4, 14)
    else:
        painter.drawLine(8, 2, 8, 14)
        painter.drawLine(2, 8, 14, 8)
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            tip_x, tip_y = 8 + 6 * dx, 8 + 6 * dy
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx + 2 * dy, tip_y - 2 * dy + 2 * dx)
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx - 2 * dy, tip_y - 2 * dy - 2 * dx)
    painter.end()
    return QIcon(pixmap)
