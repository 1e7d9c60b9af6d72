"""The frame around a widget that paints itself and has the keyboard's focus. The style sheet draws that of all other widgets."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench import theme


def paint_focus(painter: QPainter, widget: QWidget, area: QRectF | None = None) -> None:
    """Paint the frame along the edge of `area`, by default the whole widget, if the widget has the focus. To be called last in its
    paintEvent."""
    if not widget.hasFocus():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.current().accent), 1))
    painter.drawRect((area if area is not None else QRectF(widget.rect())).adjusted(0, 0, -1, -1))
    painter.restore()
