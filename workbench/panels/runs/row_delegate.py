"""How one run looks in the list: its colour, title and best kNN, below them its state and how far it is, at the right the eye."""

from __future__ import annotations

import math

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.config.run_name import elided
from workbench import theme
from workbench.models.columns import state_text
from workbench.models.runs import RunRow, RunsModel, share
from workbench.theme.palette import GAP, SMALL_PX, mix

HEIGHT = 48
NARROW = 26  # of the folded list
EYE = 16
_Index = QModelIndex | QPersistentModelIndex


class RunDelegate(QStyledItemDelegate):
    """Paints a run; a click on its eye emits `eyeClicked` with the run's key."""

    eyeClicked = Signal(str)
    narrow = False  # the colour alone, for the folded list

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(NARROW, NARROW) if self.narrow else QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: RunRow = index.data(RunsModel.RowRole)
        palette = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(palette.card, palette.accent, 0.18 if palette.dark else 0.12)))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -2), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(QColor(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 6, 6)
        colour = QColor(palette.run_colour(row.hue))
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if row.shown else Qt.BrushStyle.NoBrush)
        dot = QPointF(rect.center()) if self.narrow else QPointF(rect.left() + 11, rect.top() + 15)
        painter.drawEllipse(dot, 4.5, 4.5)
        if row.news:
            # Started by the queue, or ended, and not looked at since: a bar at the edge.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(QRectF(rect.left(), rect.top() + 4, 2.5, rect.height() - 9), 1.2, 1.2)
        if self.narrow:
            if row.state in ("running", "paused", "stopping"):
                # The ring is closed as far as the run is.
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(palette.quiet if row.state == "paused" else palette.accent), 2))
                painter.drawArc(QRectF(dot.x() - 8, dot.y() - 8, 16, 16), 90 * 16, -round(360 * 16 * row.status.progress))
            painter.restore()
            return

        left, right = rect.left() + 22, rect.right() - 4
        strong = QFont(painter.font())
        strong.setBold(True)
        best = share(row.status.best)
        painter.setFont(strong)
        width = painter.fontMetrics().horizontalAdvance(best)
        painter.setPen(QColor(palette.text))
        painter.drawText(QRect(right - width, rect.top() + 6, width, 18), int(Qt.AlignmentFlag.AlignVCenter), best)
        plain = QFont(painter.font())
        plain.setBold(False)
        painter.setFont(plain)
        room = right - width - GAP - left
        title = elided(row.title, room, painter.fontMetrics().horizontalAdvance)
        painter.drawText(QRect(left, rect.top() + 6, room, 18), int(Qt.AlignmentFlag.AlignVCenter), title)

        small = QFont(plain)
        small.setPixelSize(SMALL_PX)
        painter.setFont(small)
        wrong = row.state in ("failed", "broken")
        painter.setPen(QColor(palette.bad if wrong else palette.quiet))
        words = state_text(row.state)
        if row.state in ("running", "paused", "stopping") and row.status.epochs:
            words = f"{words} · {min(row.status.epochs, int(row.status.epoch) + 1)}/{row.status.epochs}"
        painter.drawText(QRect(left, rect.top() + 23, right - EYE - left, 14), int(Qt.AlignmentFlag.AlignVCenter), words)
        paint_eye(painter, self._eye_rect(rect), row.shown, palette.quiet)
        if row.star:
            paint_star(painter, self._eye_rect(rect).translated(-EYE - 4, 0), True, palette.warning)
        if row.state in ("running", "paused", "stopping"):
            bar = QRectF(left, rect.bottom() - 7, right - left, 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.line))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            painter.setBrush(QColor(palette.quiet if row.state == "paused" else palette.accent))
            bar.setWidth(max(3.0, bar.width() * row.status.progress))
            painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index) -> bool:
        if not self.narrow and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            rect: QRect = option.rect
            if self._eye_rect(rect).adjusted(-4, -4, 4, 4).contains(event.position().toPoint()):
                row: RunRow = index.data(RunsModel.RowRole)
                self.eyeClicked.emit(row.key)
                return True
        return super().editorEvent(event, model, option, index)

    @staticmethod
    def _eye_rect(rect: QRect) -> QRect:
        return QRect(rect.right() - EYE - 3, rect.top() + 23, EYE, 14)


def paint_eye(painter: QPainter, rect: QRect, open: bool, colour: str) -> None:
    """An eye in the middle of a place: in the plots, or not."""
    painter.setPen(QPen(QColor(colour), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = QPointF(rect.center())
    painter.drawEllipse(middle, 6.0, 3.6)
    if open:
        painter.setBrush(QColor(colour))
        painter.drawEllipse(middle, 1.6, 1.6)
    else:
        painter.drawLine(middle + QPointF(-6, 4), middle + QPointF(6, -4))


def paint_star(painter: QPainter, rect: QRect, full: bool, colour: str) -> None:
    """A star in the middle of a place, full or an outline."""
    middle = QPointF(rect.center())
    corners = []
    for corner in range(10):
        radius, angle = (6.0, 2.6)[corner % 2], math.pi * (corner / 5 - 0.5)
        corners.append(middle + QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    painter.setPen(QPen(QColor(colour), 1))
    painter.setBrush(QColor(colour) if full else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(corners))
