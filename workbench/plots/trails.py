"""The ways that points took from map to map: thin lines that fade with age."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.base import InView, tint

# Opacity of the newest and of the oldest step.
NEWEST, OLDEST = 0.85, 0.18
# Pixels: of a line, and of the dot at a place between two.
WIDTH, DOT = 1.2, 3.5


class Trails(InView):
    """`past`: (epochs, m, 2), where m points were, oldest first, nan where one was not there. The last step, from the newest of
    those to where a point is now, is drawn by `move_to`."""

    def __init__(self) -> None:
        super().__init__()
        self._past: NDArray[np.floating] = np.empty((0, 0, 2))
        self._now: NDArray[np.floating] = np.empty((0, 2))
        self._colours: tuple[str, ...] = ()
        self._drawn: list[tuple[QPen, QPen, list[QLineF], list[QPointF]]] = []
        self.smooth = True

    def set_trails(self, past: NDArray[np.floating], now: NDArray[np.floating], colours: Sequence[str]) -> None:
        """Ways of m points: where they were (epochs, m, 2), where they are (m, 2), and their colours."""
        self._past, self._now, self._colours = past, now, tuple(colours)
        self._make()

    def move_to(self, now: NDArray[np.floating]) -> None:
        """Where the points are now (m, 2)."""
        self._now = now
        if len(self._past):
            self._make()

    @property
    def steps(self) -> int:
        """How many lines are drawn."""
        return sum(len(lines) for _, _, lines, _ in self._drawn)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Lines and the places between them, the oldest first."""
        to_pixels = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.smooth)
        for line_pen, dot_pen, lines, dots in self._drawn:
            painter.setPen(line_pen)
            painter.drawLines([to_pixels.map(line) for line in lines])
            painter.setPen(dot_pen)
            painter.drawPoints([to_pixels.map(dot) for dot in dots])
        painter.restore()

    def _make(self) -> None:
        drawn = []
        stations = [*self._past, self._now] if len(self._past) else []
        rows_of: dict[str, list[int]] = {}
        for row, colour in enumerate(self._colours):
            rows_of.setdefault(colour, []).append(row)
        steps = len(stations) - 1
        for step in range(steps):
            opacity = OLDEST + (NEWEST - OLDEST) * (step + 1) / steps
            before, after = stations[step], stations[step + 1]
            there = np.isfinite(before).all(1) & np.isfinite(after).all(1)
            for colour, rows in rows_of.items():
                mine = [row for row in rows if there[row]]
                lines = [QLineF(*before[row].tolist(), *after[row].tolist()) for row in mine]
                dots = [line.p1() for line in lines]
                drawn.append((_pen(colour, opacity, WIDTH), _pen(colour, opacity, DOT), lines, dots))
        self._drawn = drawn
        self.update()


def _pen(colour: str, opacity: float, width: float) -> QPen:
    pen = QPen(tint(colour, opacity), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
