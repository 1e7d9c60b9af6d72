"""Trails of points over the epochs: lines from a ring at the first position to the current one and on to the later ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench import theme
from workbench.plots.base import InView, tint

# Up to this many trails are drawn in detail, with arrows and a rim that separates crossing lines.
FEW = 60
# Opacity of the oldest and of the newest step, and width of their lines in pixels: for few trails, and for many.
FADE_FEW, FADE_MANY = (0.45, 0.95), (0.15, 0.6)
WIDTH_FEW, WIDTH_MANY = (1.2, 2.4), (0.8, 1.2)
# Opacity of the steps to later epochs.
AHEAD_FEW, AHEAD_MANY = 0.55, 0.15
# Pixels: the rim at each side of a line, a dot at a position in between, the ring at the first position and the disc at the current
# one, an arrow, and the shortest step that has an arrow.
RIM, DOT, RING, DISC, ARROW, ROOM = 1.3, 4.0, 3.5, 4.5, 6.0, 20.0
# Opacity of the other trails while a single one is shown.
BESIDE = 0.3


@dataclass(frozen=True, eq=False)
class TrailData:
    """The trails of m points: their `rows` (m,) in a map, their positions at earlier epochs, `past` (epochs, m, 2), oldest first,
    nan where one is missing, and at later ones, `ahead` (epochs, m, 2), the next first."""

    rows: NDArray[np.intp]
    past: NDArray[np.floating]
    ahead: NDArray[np.floating]

    def only(self, which: NDArray[np.bool_]) -> TrailData:
        """The trails of the points where `which` (m,) is true."""
        return TrailData(self.rows[which], self.past[:, which], self.ahead[:, which])

    def reach(self, now: NDArray[np.floating]) -> NDArray[np.floating] | None:
        """Lowest and highest corner (2, 2) of all positions, with the current ones `now` (m, 2); None where there is no trail."""
        if not len(self.rows) or len(self.past) + len(self.ahead) == 0:
            return None
        positions = np.concatenate([self.past, now[None], self.ahead]).reshape(-1, 2)
        return np.stack([np.nanmin(positions, 0), np.nanmax(positions, 0)])


NO_TRAILS = TrailData(np.empty(0, np.intp), np.empty((0, 0, 2)), np.empty((0, 0, 2)))

_Step = tuple[QPen, QPen, list[QLineF], list[QPointF]]


class _Drawing:
    """Lines, rings and discs of some trails. What does not change while points move is computed once."""

    def __init__(self) -> None:
        self._data = NO_TRAILS
        self._now: NDArray[np.floating] = np.empty((0, 2))
        self._rows_of: dict[str, NDArray[np.intp]] = {}
        # Steps of the past, oldest first: pens of line and dot, lines, their start points. First those that do not change while
        # points move, then all.
        self.settled: list[_Step] = []
        self.drawn: list[_Step] = []
        self._still_ahead: list[tuple[str, list[QLineF]]] = []
        self.to_come: list[tuple[str, list[QLineF]]] = []
        self._rings: list[tuple[str, list[QPointF]]] = []

    def make(self, trails: TrailData, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """Compute everything."""
        self._data = trails
        rows_of: dict[str, list[int]] = {}
        for row, colour in enumerate(colours):
            rows_of.setdefault(colour, []).append(row)
        self._rows_of = {colour: np.array(rows) for colour, rows in rows_of.items()}
        past, ahead = trails.past, trails.ahead
        self.settled = [step for at in range(len(past) - 1) for step in self._step(past[at], past[at + 1], at)]
        self._still_ahead = [part for before, after in pairwise(ahead) for part in self._lines(before, after)]
        self._rings = []
        if len(past):
            there = np.isfinite(past).all(2)  # (epochs, m)
            begin = np.where(there.any(0), there.argmax(0), -1)
            for colour, rows in self._rows_of.items():
                self._rings.append((colour, [QPointF(*past[begin[row], row].tolist()) for row in rows if begin[row] >= 0]))
        self.move_to(now)

    def move_to(self, now: NDArray[np.floating]) -> None:
        """Recompute the steps that end and begin at the current positions `now` (m, 2)."""
        self._now = now
        past, ahead = self._data.past, self._data.ahead
        self.drawn = [*self.settled, *(self._step(past[-1], now, len(past) - 1) if len(past) else [])]
        self.to_come = [*(self._lines(now, ahead[0]) if len(ahead) else []), *self._still_ahead]

    @property
    def few(self) -> bool:
        """Whether the trails are drawn in detail."""
        return len(self._data.rows) <= FEW

    def paint(self, painter: QPainter, to_pixels: QTransform) -> None:
        """Paint the steps ahead first, then lines, dots and arrows, the oldest first, then rings and discs."""
        ground, few = QColor(theme.current().card), self.few
        for colour, coming in self.to_come:
            pen = QPen(tint(colour, AHEAD_FEW if few else AHEAD_MANY), 1.2, Qt.PenStyle.DashLine)
            pen.setDashPattern([3.0, 3.0])
            painter.setPen(pen)
            painter.drawLines([to_pixels.map(line) for line in coming])
        for line_pen, dot_pen, lines, dots in self.drawn:
            seen = [to_pixels.map(line) for line in lines]
            if few:
                painter.setPen(_pen(ground.name(), 0.8, line_pen.widthF() + 2 * RIM))
                painter.drawLines(seen)
            painter.setPen(line_pen)
            painter.drawLines(seen)
            painter.setPen(dot_pen)
            painter.drawPoints([to_pixels.map(dot) for dot in dots])
            if few:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(line_pen.color())
                for line in seen:
                    if line.length() >= ROOM:
                        painter.drawPolygon(_arrow(line))
        painter.setBrush(ground)
        for colour, rings in self._rings:
            painter.setPen(QPen(QColor(colour), 1.6 if few else 1.0))
            for ring in rings:
                painter.drawEllipse(to_pixels.map(ring), *(2 * [RING if few else RING * 0.6]))
        if few and len(self._data.past) + len(self._data.ahead):
            painter.setPen(QPen(ground, RIM))
            for colour, rows in self._rows_of.items():
                painter.setBrush(QColor(colour))
                for point in self._now[rows].tolist():
                    painter.drawEllipse(to_pixels.map(QPointF(*point)), DISC, DISC)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _step(self, before: NDArray[np.floating], after: NDArray[np.floating], at: int) -> list[_Step]:
        share = (at + 1) / len(self._data.past)
        (dim, full), (thin, thick) = (FADE_FEW, WIDTH_FEW) if self.few else (FADE_MANY, WIDTH_MANY)
        opacity, width = dim + (full - dim) * share, thin + (thick - thin) * share
        made = []
        for colour, lines in self._lines(before, after):
            dots = [line.p1() for line in lines] if self.few and at > 0 else []
            made.append((_pen(colour, opacity, width), _pen(colour, opacity, DOT), lines, dots))
        return made

    def _lines(self, before: NDArray[np.floating], after: NDArray[np.floating]) -> list[tuple[str, list[QLineF]]]:
        """Lines of the points that are present at both epochs, by colour."""
        there = np.isfinite(before).all(1) & np.isfinite(after).all(1)
        ends = np.concatenate([before, after], 1)
        return [(colour, [QLineF(*four) for four in ends[rows[there[rows]]].tolist()]) for colour, rows in self._rows_of.items()]


class Trails(InView):
    """Lines that grow thicker and more opaque towards the current epoch, from a ring to a disc: solid for the past, dashed for
    later epochs. The trail of a single point can be drawn on top, with the others dimmed."""

    def __init__(self) -> None:
        super().__init__()
        self._all, self._one = _Drawing(), _Drawing()
        self._looked_at = False
        self.smooth = True

    def set_trails(self, trails: TrailData, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """Set the trails of m points, their current positions `now` (m, 2), and their colours."""
        self._all.make(trails, now, colours)
        self.update()

    def set_one(self, trail: TrailData, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """Set the single trail that is drawn on top, in the same way; NO_TRAILS for none."""
        self._one.make(trail, now, colours)
        self._looked_at = len(trail.rows) > 0
        self.update()

    def move_to(self, now: NDArray[np.floating], one: NDArray[np.floating]) -> None:
        """Set the current positions (m, 2), and that of the single trail, (1, 2) or (0, 2)."""
        self._all.move_to(now)
        self._one.move_to(one)
        self.update()

    @property
    def steps(self) -> int:
        """The number of lines of the past."""
        return sum(len(lines) for _, _, lines, _ in self._all.drawn)

    @property
    def steps_ahead(self) -> int:
        """The number of lines to later epochs."""
        return sum(len(lines) for _, lines in self._all.to_come)

    @property
    def steps_of_one(self) -> int:
        """The number of lines of the single trail, past and later."""
        return sum(len(step[2]) for step in self._one.drawn) + sum(len(lines) for _, lines in self._one.to_come)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint all trails, then the single one."""
        to_pixels = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.smooth)
        painter.setOpacity(BESIDE if self._looked_at else 1.0)
        self._all.paint(painter, to_pixels)
        painter.setOpacity(1.0)
        self._one.paint(painter, to_pixels)
        painter.restore()


def _pen(colour: str, opacity: float, width: float) -> QPen:
    pen = QPen(tint(colour, opacity), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _arrow(line: QLineF) -> QPolygonF:
    """An arrow head in the middle of a line in pixels, pointing along it."""
    along = QPointF(line.dx(), line.dy()) / line.length() * ARROW
    aside = QPointF(-along.y(), along.x()) * 0.5
    middle = line.center()
    return QPolygonF([middle + along * 0.6, middle - along * 0.4 + aside, middle - along * 0.4 - aside])
