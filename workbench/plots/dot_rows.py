"""A dot plot: one row per measure, one dot per run, moved apart where dots would overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench import theme
from workbench.plots.base import tint
from workbench.plots.dot_tooltips import DotTooltips, is_enter
from workbench.theme.focus import paint_focus
from workbench.theme.palette import GAP, SMALL_PX

RADIUS = 4.0
TICKS = 18
TOP = 6
LEAST_ROW = 22
TALLEST_ROW = 44
EXACT = 1e-9  # of a step: 1.0 // 0.2 is 4
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True)
class RowDot:
    """One dot. `row`: counted from 0; `value`: its x, a fraction; `key`: of the run; `text`: its tooltip; `hollow`: an outline
    only."""

    row: int
    value: float
    colour: str
    key: str
    text: str
    hollow: bool = False


class DotRows(QWidget):
    """Rows with names at the left and dots on them; one key is marked by a ring. Keys: Left and Right go from dot to dot, Return
    clicks. `clicked` carries a dot's key."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._dots: tuple[RowDot, ...] = ()
        self._chosen = ""
        self._level: float | None = None
        self._low, self._high = 0.0, 1.0
        self._tooltips = DotTooltips(self, lambda at: self._dots[at].text, lambda at: self.positions()[at])
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_dots(self, names: Sequence[str], dots: Sequence[RowDot], chosen: str = "", level: float | None = None) -> None:
        """Show rows by name and the dots on them. `chosen`: the key with the ring; `level`: a value that is marked on all rows."""
        self._names, self._chosen, self._level = tuple(names), chosen, level
        self._dots = tuple(sorted(dots, key=lambda dot: (dot.row, dot.value)))
        self._tooltips.at = min(self._tooltips.at, len(self._dots) - 1)
        values = [dot.value for dot in dots] + ([level] if level is not None else [])
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        room = max(0.02, (high - low) * 0.06)
        # Only an R² goes below 0.
        self._low, self._high = low - room if low < 0 else max(0.0, low - room), min(1.0, high + room)
        self.setMaximumHeight(TOP + TICKS + TALLEST_ROW * max(1, len(self._names)))
        self.updateGeometry()
        self.update()

    @property
    def dots(self) -> tuple[RowDot, ...]:
        """The dots that are shown."""
        return self._dots

    def accessible_value(self) -> str:
        """How many dots in how many rows."""
        return self.tr("{0} dots in {1} rows").format(f"{len(self._dots):,}", f"{len(self._names):,}")

    @property
    def bounds(self) -> tuple[float, float]:
        """The values at both ends of the axis."""
        return self._low, self._high

    def sizeHint(self) -> QSize:
        """The height of all rows."""
        return QSize(460, TOP + TICKS + 32 * max(1, len(self._names)))

    def minimumSizeHint(self) -> QSize:
        """The smallest height at which the rows do not overlap."""
        return QSize(260, TOP + TICKS + LEAST_ROW * max(1, len(self._names)))

    # Geometry

    def _area(self) -> QRectF:
        metrics = self.fontMetrics()
        left = max((metrics.horizontalAdvance(name) for name in self._names), default=0) + GAP
        tall = min(self.height() - TOP - TICKS, TALLEST_ROW * max(1, len(self._names)))
        return QRectF(left + RADIUS, TOP, max(1.0, self.width() - left - 4 * RADIUS), tall)

    def _x(self, value: float, area: QRectF) -> float:
        return area.left() + (value - self._low) / max(1e-9, self._high - self._low) * area.width()

    def positions(self) -> list[QPointF]:
        """The centre of each dot. Where two dots of a row would overlap, one moves up or down within the row."""
        area = self._area()
        tall = area.height() / max(1, len(self._names))
        lanes = max(0, int((tall / 2 - RADIUS) / (2 * RADIUS)))
        offsets = [0, *(sign * lane for lane in range(1, lanes + 1) for sign in (1, -1))]
        centres, last, row = list[QPointF](), dict[int, float](), -1
        for dot in self._dots:
            if dot.row != row:
                last, row = {}, dot.row
            x = self._x(dot.value, area)
            free = [lane for lane in offsets if x - last.get(lane, -1e9) >= 2 * RADIUS]
            lane = free[0] if free else min(offsets, key=lambda lane: last[lane])
            last[lane] = x
            centres.append(QPointF(x, area.top() + (dot.row + 0.5) * tall + lane * 2 * RADIUS))
        return centres

    def dot_at(self, position: QPointF) -> RowDot | None:
        """The dot nearest to a position, within three radii; None where there is none."""
        number = self._index_at(position)
        return self._dots[number] if number >= 0 else None

    def _index_at(self, position: QPointF) -> int:
        reach, nearest = 3 * RADIUS, -1
        for number, middle in enumerate(self.positions()):
            away = ((middle.x() - position.x()) ** 2 + (middle.y() - position.y()) ** 2) ** 0.5
            if away < reach:
                reach, nearest = away, number
        return nearest

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, lines, ticks, the level and the dots, the chosen ones last."""
        if not self._names:
            return
        painter, palette, area = QPainter(self), theme.current(), self._area()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = area.height() / len(self._names)
        self._paint_ticks(painter, area)
        for row, name in enumerate(self._names):
            level = area.top() + (row + 0.5) * tall
            painter.setPen(QColor(palette.text))
            box = QRectF(0, level - tall / 2, area.left() - GAP, tall)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level))
        if self._level is not None:
            at = self._x(self._level, area)
            painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        rings = {number for number, dot in enumerate(self._dots) if dot.key == self._chosen and not dot.hollow}
        at = self._tooltips.at if self.hasFocus() else -1
        rings |= {at} if at >= 0 else set()
        positions = self.positions()
        for number in sorted(range(len(self._dots)), key=lambda number: self._dots[number].key == self._chosen):
            dot, middle = self._dots[number], positions[number]
            painter.setPen(QPen(QColor(dot.colour), 1.5))
            painter.setBrush(QColor(palette.card) if dot.hollow else tint(dot.colour, 1.0 if number in rings else 0.75))
            painter.drawEllipse(middle, RADIUS, RADIUS)
            if number in rings:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(palette.accent if number == at else palette.text), 1.5))
                painter.drawEllipse(middle, RADIUS + 2.5, RADIUS + 2.5)
        paint_focus(painter, self)

    def _paint_ticks(self, painter: QPainter, area: QRectF) -> None:
        palette, font = theme.current(), QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.save()
        painter.setFont(font)
        span = self._high - self._low
        step = next((step for step in STEPS if span / step <= max(2.0, area.width() / 56)), STEPS[-1])
        for number in range(math.ceil(self._low / step - EXACT), math.floor(self._high / step + EXACT) + 1):
            at = self._x(number * step, area)
            painter.setPen(QPen(tint(palette.line, 0.6), 1))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
            painter.setPen(QColor(palette.quiet))
            text = f"{number * step * 100:.0f} %".replace("-", "−")
            half = painter.fontMetrics().horizontalAdvance(text) / 2 + 1
            middle = min(at, self.width() - half)  # the last one is not cut off by the edge
            box = QRectF(middle - half, area.bottom() + 2, 2 * half, TICKS - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the tooltip of the dot under the mouse."""
        self._tooltips.hover(self, self._index_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit `clicked` with the key of the dot."""
        dot = self.dot_at(event.position())
        if dot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(dot.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring."""
        if self._tooltips.step(event.key(), len(self._dots)):
            self.update()
        elif is_enter(event.key()) and self._tooltips.at >= 0:
            self.clicked.emit(self._dots[self._tooltips.at].key)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the keyboard's ring."""
        super().focusOutEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the tooltip."""
        QToolTip.hideText()
        super().leaveEvent(event)
