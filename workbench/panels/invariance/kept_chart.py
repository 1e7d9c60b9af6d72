"""A row a factor: how much of it backbone and projector keep, with intervals, beside the untrained encoder and raw pixels."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.runs.invariance_file import DISCARDED, KEPT, FactorReadings, Invariance, Reading
from workbench import theme
from workbench.accessible import value_changed
from workbench.panels.invariance.factor_text import (
    SIGNS,
    described,
    factor_name,
    figure,
    group_name,
    same,
    signed,
    space_name,
    verdict_name,
)
from workbench.plots.base import tint
from workbench.theme.focus import paint_focus
from workbench.theme.palette import SMALL_PX

ROW, HEAD, AXIS = 24, 22, 20
NAME = 118  # px left of the axis
LEAD = 10  # px between the axis, a space's words and the next one's
LEAST_AXIS, ROOMY_AXIS = 100, 160  # px: the least width of the axis, and that from which quarters have numbers
DOT = 4.0


@dataclass(frozen=True)
class _Line:
    """A row of the picture: a heading, or a factor."""

    top: int
    heading: str = ""
    factor: FactorReadings | None = None


class KeptChart(QWidget):
    """Dots from 0 (nothing above chance) to 1. Arrow keys and clicks go from factor to factor; `chosen` carries its place."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._invariance: Invariance | None = None
        self._other: Invariance | None = None
        self._epochs = (0, 0)
        self._lines: tuple[_Line, ...] = ()
        self._index = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("How much of each factor is kept"))
        theme.changed.connect(self.update)

    # What is shown

    def show_found(self, invariance: Invariance | None, epoch: int, other: Invariance | None = None) -> None:
        """A run after an epoch, and another run at its newest; None for none."""
        self._invariance, self._other = invariance, other
        self._epochs = epoch, other.last if other is not None else 0
        lines, top, group = list[_Line](), AXIS, ""
        for factor in invariance.factors if invariance is not None else ():
            if factor.group != group:
                group = factor.group
                lines.append(_Line(top, heading=group_name(factor.group)))
                top += HEAD
            lines.append(_Line(top, factor=factor))
            top += ROW
        self._lines = tuple(lines)
        self._index = min(self._index, max(0, len(self.factors) - 1))
        self.setMinimumHeight(top + 4)
        self.setMaximumHeight(top + 4)
        self._describe()
        self.update()

    @property
    def factors(self) -> tuple[FactorReadings, ...]:
        """In the order in which they are shown."""
        return self._invariance.factors if self._invariance is not None else ()

    @property
    def index(self) -> int:
        """Which factor is current."""
        return self._index

    def choose(self, index: int) -> None:
        """Make a factor the current one."""
        if 0 <= index < len(self.factors):
            self._index = index
            self._describe()
            self.update()
            self.chosen.emit(index)
            value_changed(self)

    def row_rect(self, index: int) -> QRectF:
        """Where a factor's row is."""
        line = [line for line in self._lines if line.factor is not None][index]
        return QRectF(0, line.top, self.width(), ROW)

    def x_of(self, kept: float) -> float:
        """Where on the axis a share of 0 to 1 lies, in pixels."""
        return NAME + kept * self._wide

    @property
    def _wide(self) -> float:
        return max(40.0, self.width() - NAME - self._right)

    @property
    def short(self) -> bool:
        """Whether the chart is too narrow for the verdicts' words: their signs and the figures stay."""
        return self.width() < NAME + LEAD + self._spaces * self._widest(words=True) + LEAST_AXIS

    @property
    def _column(self) -> int:
        """Pixels that the texts of one space take."""
        return self._widest(words=not self.short)

    def _widest(self, words: bool) -> int:
        """Pixels that the longest texts of one space take, whatever is shown now: the axis stays while an epoch is chosen."""
        metrics = QFontMetrics(self._small())
        texts = [f"{SIGNS[verdict]} 0.00 {verdict_name(verdict) if words else signed(0.0)}" for verdict in SIGNS]
        heads = [space_name(space) for factor in self.factors[:1] for space in factor.readings]
        return max(metrics.horizontalAdvance(text) for text in (*texts, *heads)) + LEAD

    @property
    def _spaces(self) -> int:
        return max(1, max((len(factor.readings) for factor in self.factors), default=0))

    @property
    def _right(self) -> int:
        """Pixels right of the axis."""
        return LEAD + self._column * self._spaces

    def _small(self) -> QFont:
        small = QFont(self.font())
        small.setPixelSize(SMALL_PX)
        return small

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(560, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """Room for names, dots and words."""
        return QSize(NAME + LEAD + self._spaces * self._widest(words=False) + LEAST_AXIS, self.minimumHeight())

    def accessible_value(self) -> str:
        """How many factors, and the number of the current one."""
        count = len(self.factors)
        parts = [self.tr("{0} factors").format(count)]
        if count:
            parts.append(self.tr("number {0}").format(self._index + 1))
        return ", ".join(parts)

    def _describe(self) -> None:
        if not self.factors:
            self.setAccessibleDescription("")
            return
        factor = self.factors[self._index]
        descriptions = [described(factor, space, self._epochs[0]) for space in factor.readings]
        self.setAccessibleDescription(f"{factor_name(factor.name)}. " + ". ".join(descriptions))

    # By hand

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, first, last."""
        last = len(self.factors) - 1
        indices = {
            Qt.Key.Key_Up: max(0, self._index - 1),
            Qt.Key.Key_Down: min(last, self._index + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        index = indices.get(Qt.Key(event.key()))
        if index is None or last < 0:
            super().keyPressEvent(event)
        else:
            self.choose(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The factor under the mouse."""
        for index in range(len(self.factors)):
            if self.row_rect(index).contains(event.position()):
                self.choose(index)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, bands, rows."""
        if self._invariance is None:
            return
        painter, palette = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = self._small()
        self._paint_axis(painter, small)
        index = 0
        for line in self._lines:
            if line.factor is None:
                painter.setFont(small)
                painter.setPen(QColor(palette.quiet))
                box = QRectF(0, line.top, self.width(), HEAD)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.heading)
                painter.fillRect(QRectF(0, line.top + HEAD - 1, self.width(), 1), QColor(palette.line))
                continue
            self._paint_row(painter, line.factor, line.top, index == self._index, small)
            index += 1

    def _paint_axis(self, painter: QPainter, small: QFont) -> None:
        palette, bottom = theme.current(), self.height() - 4
        # Where a factor counts as discarded, and where as kept.
        for start, end, colour in ((0.0, DISCARDED, palette.bad), (KEPT, 1.0, palette.good)):
            painter.fillRect(QRectF(self.x_of(start), AXIS, self.x_of(end) - self.x_of(start), bottom - AXIS), tint(colour, 0.06))
        painter.setFont(small)
        painter.setPen(QColor(palette.quiet))
        for value in (0.0, 0.5, 1.0) if self._wide < ROOMY_AXIS else (0.0, 0.25, 0.5, 0.75, 1.0):
            painter.drawText(QRectF(self.x_of(value) - 24, 0, 48, AXIS - 4), Qt.AlignmentFlag.AlignCenter, f"{value:g}")
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for number, space in enumerate(self.factors[0].readings if self.factors else ()):
            left = self.width() - self._right + LEAD + number * self._column
            painter.drawText(QRectF(left, 0, self._column, AXIS - 4), side, space_name(space))
        painter.setPen(QPen(QColor(palette.line), 1))
        for value in (0.0, DISCARDED, KEPT, 1.0):
            painter.drawLine(QPointF(self.x_of(value), AXIS - 3), QPointF(self.x_of(value), bottom))

    def _paint_row(self, painter: QPainter, factor: FactorReadings, top: int, current: bool, small: QFont) -> None:
        palette = theme.current()
        if current:
            painter.fillRect(QRectF(0, top, self.width(), ROW), tint(palette.accent, 0.14 if self.hasFocus() else 0.08))
            paint_focus(painter, self, QRectF(0, top, self.width(), ROW))
        painter.setFont(self.font())
        painter.setPen(QColor(palette.text))
        name = painter.fontMetrics().elidedText(factor_name(factor.name), Qt.TextElideMode.ElideRight, NAME - 12)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(4, top, NAME - 8, ROW), side, name)
        spaces, words, short = list(factor.readings), [], self.short
        lane = ROW / (len(spaces) + 1)
        # Raw pixels, one tick through the whole row.
        painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DotLine))
        at = self.x_of(factor.pixels.kept)
        painter.drawLine(QPointF(at, top + 2), QPointF(at, top + ROW - 2))
        for number, space in enumerate(spaces):
            reading, before = factor.at(space, self._epochs[0]), factor.at(space, 0)
            y, colour = top + lane * (number + 1), palette.hue(number)
            if before is not None:
                painter.setPen(QPen(tint(colour, 0.6), 2))
                painter.drawLine(QPointF(self.x_of(before.kept), y - 4), QPointF(self.x_of(before.kept), y + 4))
            pair = same(factor, self._other, space, self._epochs)
            if pair is not None:
                painter.setPen(QPen(tint(colour, 0.6), 1))
                painter.drawLine(QPointF(self.x_of(pair[0].kept), y), QPointF(self.x_of(pair[1].kept), y))
                self._dot(painter, pair[1], y, colour, number, False)
            if reading is not None:
                self._dot(painter, reading, y, colour, number, True)
                verdict = "" if short else verdict_name(reading.verdict)
                gap = f"{signed(pair[0].kept - pair[1].kept)}" if pair is not None else verdict
                words.append((colour, f"{SIGNS[reading.verdict]} {figure(reading.kept)} {gap}"))
        painter.setFont(small)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        column, right = self._column, self._right
        for number, (_, text) in enumerate(words):
            painter.setPen(QColor(palette.text))
            painter.drawText(QRectF(self.width() - right + LEAD + number * column, top, column, ROW), side, text)

    def _dot(self, painter: QPainter, reading: Reading, y: float, colour: str, number: int, filled: bool) -> None:
        """A disc for the first space, a lozenge for the second, so that they are told apart without colour."""
        at, palette = QPointF(self.x_of(reading.kept), y), theme.current()
        painter.setPen(QPen(QColor(colour), 1.5))
        if filled:
            painter.drawLine(QPointF(self.x_of(reading.kept_low), y), QPointF(self.x_of(reading.kept_high), y))
        painter.setBrush(QColor(colour) if filled else QColor(palette.card))
        if number == 0:
            painter.drawEllipse(at, DOT, DOT)
        else:
            far = DOT * 1.25
            painter.drawPolygon(
                QPolygonF([at + QPointF(0, -far), at + QPointF(far, 0), at + QPointF(0, far), at + QPointF(-far, 0)])
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
