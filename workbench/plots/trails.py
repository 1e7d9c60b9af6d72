"""The ways that points take from map to map: from a ring where each begins to the point itself, and on to where it will end."""

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

# Up to so many ways each is drawn by itself, with arrows and a rim that parts it from those it crosses; more are a texture.
FEW = 60
# Opacity of the oldest and of the newest step, and pixels of their lines: of few ways, and of many.
FADE_FEW, FADE_MANY = (0.45, 0.95), (0.15, 0.6)
WIDTH_FEW, WIDTH_MANY = (1.2, 2.4), (0.8, 1.2)
# Opacity of the steps that are to come.
AHEAD_FEW, AHEAD_MANY = 0.55, 0.15
# Pixels: the rim at each side of a line, a dot at a place between two, the ring at the beginning and the disc at the end, an arrow
# and the shortest step that has room for one.
RIM, DOT, RING, DISC, ARROW, ROOM = 1.3, 4.0, 3.5, 4.5, 6.0, 20.0
# Opacity of the others while one is looked at.
BESIDE = 0.3


@dataclass(frozen=True, eq=False)
class Ways:
    """Of m points: their `rows` (m,) in a map, where they were in the `past` (epochs, m, 2), oldest first, nan where one was not
    there, and where they will be `ahead` (epochs, m, 2), the next first."""

    rows: NDArray[np.intp]
    past: NDArray[np.floating]
    ahead: NDArray[np.floating]

    def only(self, which: NDArray[np.bool_]) -> Ways:
        """Those of some points (m,)."""
        return Ways(self.rows[which], self.past[:, which], self.ahead[:, which])

    def reach(self, now: NDArray[np.floating]) -> NDArray[np.floating] | None:
        """Lowest and highest corner (2, 2) of all places of points that are `now` (m, 2) there; None where there is no way."""
        if not len(self.rows) or len(self.past) + len(self.ahead) == 0:
            return None
        positions = np.concatenate([self.past, now[None], self.ahead]).reshape(-1, 2)
        return np.stack([np.nanmin(positions, 0), np.nanmax(positions, 0)])


NO_WAYS = Ways(np.empty(0, np.intp), np.empty((0, 0, 2)), np.empty((0, 0, 2)))

_Step = tuple[QPen, QPen, list[QLineF], list[QPointF]]


class _Drawing:
    """Lines, rings and discs made of some ways. What stays while points move is made once."""

    def __init__(self) -> None:
        self._ways = NO_WAYS
        self._now: NDArray[np.floating] = np.empty((0, 2))
        self._rows_of: dict[str, NDArray[np.intp]] = {}
        # Steps behind, oldest first: pens of line and dot, lines, the places where they begin. Those that do not move, then all.
        self.settled: list[_Step] = []
        self.drawn: list[_Step] = []
        self._still_ahead: list[tuple[str, list[QLineF]]] = []
        self.to_come: list[tuple[str, list[QLineF]]] = []
        self._rings: list[tuple[str, list[QPointF]]] = []

    def make(self, ways: Ways, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """All of it anew."""
        self._ways = ways
        rows_of: dict[str, list[int]] = {}
        for row, colour in enumerate(colours):
            rows_of.setdefault(colour, []).append(row)
        self._rows_of = {colour: np.array(rows) for colour, rows in rows_of.items()}
        past, ahead = ways.past, ways.ahead
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
        """The steps that end and begin where points are now (m, 2)."""
        self._now = now
        past, ahead = self._ways.past, self._ways.ahead
        self.drawn = [*self.settled, *(self._step(past[-1], now, len(past) - 1) if len(past) else [])]
        self.to_come = [*(self._lines(now, ahead[0]) if len(ahead) else []), *self._still_ahead]

    @property
    def few(self) -> bool:
        """Whether each way is drawn by itself."""
        return len(self._ways.rows) <= FEW

    def paint(self, painter: QPainter, to_pixels: QTransform) -> None:
        """What is to come lowest, then lines, the places between them and arrows, the oldest first; rings and discs on top."""
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
        if few and len(self._ways.past) + len(self._ways.ahead):
            painter.setPen(QPen(ground, RIM))
            for colour, rows in self._rows_of.items():
                painter.setBrush(QColor(colour))
                for point in self._now[rows].tolist():
                    painter.drawEllipse(to_pixels.map(QPointF(*point)), DISC, DISC)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _step(self, before: NDArray[np.floating], after: NDArray[np.floating], at: int) -> list[_Step]:
        share = (at + 1) / len(self._ways.past)
        (dim, full), (thin, thick) = (FADE_FEW, WIDTH_FEW) if self.few else (FADE_MANY, WIDTH_MANY)
        opacity, width = dim + (full - dim) * share, thin + (thick - thin) * share
        made = []
        for colour, lines in self._lines(before, after):
            dots = [line.p1() for line in lines] if self.few and at > 0 else []
            made.append((_pen(colour, opacity, width), _pen(colour, opacity, DOT), lines, dots))
        return made

    def _lines(self, before: NDArray[np.floating], after: NDArray[np.floating]) -> list[tuple[str, list[QLineF]]]:
        """Lines of those that are at both places, by colour."""
        there = np.isfinite(before).all(1) & np.isfinite(after).all(1)
        ends = np.concatenate([before, after], 1)
        return [(colour, [QLineF(*four) for four in ends[rows[there[rows]]].tolist()]) for colour, rows in self._rows_of.items()]


class Trails(InView):
    """Lines that grow thicker and fuller towards now, from a ring to a disc: behind a point whole, ahead of it dashed and faint.
    Of one point, which is looked at, they lie on top, and the others are dimmed."""

    def __init__(self) -> None:
        super().__init__()
        self._all, self._one = _Drawing(), _Drawing()
        self._looked_at = False
        self.smooth = True

    def set_trails(self, ways: Ways, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """Ways of m points, where they are now (m, 2), and their colours."""
        self._all.make(ways, now, colours)
        self.update()

    def set_one(self, way: Ways, now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """The same of the point that is looked at; of none to look at none."""
        self._one.make(way, now, colours)
        self._looked_at = len(way.rows) > 0
        self.update()

    def move_to(self, now: NDArray[np.floating], one: NDArray[np.floating]) -> None:
        """Where the points are now (m, 2), and the one that is looked at (1, 2) or (0, 2)."""
        self._all.move_to(now)
        self._one.move_to(one)
        self.update()

    @property
    def steps(self) -> int:
        """How many lines are drawn behind the points."""
        return sum(len(lines) for _, _, lines, _ in self._all.drawn)

    @property
    def steps_ahead(self) -> int:
        """How many lines are drawn ahead of the points."""
        return sum(len(lines) for _, lines in self._all.to_come)

    @property
    def steps_of_one(self) -> int:
        """How many lines are drawn of the point that is looked at, behind and ahead of it."""
        return sum(len(step[2]) for step in self._one.drawn) + sum(len(lines) for _, lines in self._one.to_come)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """All, then the one."""
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
    """A head in the middle of a line of pixels that shows along it."""
    along = QPointF(line.dx(), line.dy()) / line.length() * ARROW
    aside = QPointF(-along.y(), along.x()) * 0.5
    middle = line.center()
    return QPolygonF([middle + along * 0.6, middle - along * 0.4 + aside, middle - along * 0.4 - aside])
