"""A scatter plot of a few hundred runs: one number against another, or against a categorical setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from workbench import theme
from workbench.plots.base import NumberAxis, ThemedPlot, tint
from workbench.plots.dot_tooltips import DotTooltips, is_enter
from workbench.plots.series import spans_decades
from workbench.theme.palette import SHADES

REACH = 10  # px
MOST_TICKS = 8


@dataclass(frozen=True)
class Dot:
    """One dot. `x`, `y`: its values; `hue`: the number of its colour and symbol in the theme; `spread`: of a mean, half the length
    of the bar through it."""

    key: str
    x: float
    y: float
    hue: int
    spread: float = 0.0


class DotPlot(ThemedPlot):
    """Dots with tooltips that can be clicked. Keys: Left and Right go from dot to dot, Return clicks.

    `text_of` returns the tooltip of a dot by its key. `clicked` carries a dot's key."""

    clicked = Signal(str)

    def __init__(self, name: str, text_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, axisItems=axes, background=theme.current().card)
        self._axes = axes
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self._dots: list[Dot] = []
        self._log = False
        self._names: tuple[str, ...] = ()
        self._chosen: set[str] = set()
        self._tooltips = DotTooltips(self, lambda at: text_of(self._dots[at].key), lambda at: self.point_at(self._dots[at]))
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, 4, 8, 0)
        self._box = item.getViewBox()
        self._box.setMouseEnabled(x=False, y=False)
        self._box.setDefaultPadding(0)
        self._items: dict[int, pg.ScatterPlotItem] = {}
        self._bars: dict[int, pg.PlotCurveItem] = {}  # of means, by hue
        self._rings = pg.ScatterPlotItem(size=16, pxMode=True)
        self._rings.setZValue(5)
        self._box.addItem(self._rings, ignoreBounds=True)
        self.follow_theme()

    @property
    def dots(self) -> tuple[Dot, ...]:
        """The dots that are shown."""
        return tuple(self._dots)

    @property
    def logarithmic(self) -> bool:
        """Whether the x axis is logarithmic: see `spans_decades`."""
        return self._log

    def set_dots(self, dots: Sequence[Dot], names: Sequence[str] = (), chosen: Sequence[str] = (), as_time: bool = False) -> None:
        """Show these dots. `names`: the categories of x = 0, 1, …, where x is no number; `chosen`: keys with a ring; `as_time`: x
        is in seconds, on a linear axis."""
        self._dots = sorted(dots, key=lambda dot: dot.x)
        self._names = tuple(names)
        xs = [dot.x for dot in self._dots]
        self._log = not names and not as_time and spans_decades(xs)
        self._axes["bottom"].as_time = as_time
        self._chosen = set(chosen)
        self._tooltips.at = -1
        self._axes["bottom"].setLogMode(self._log)
        self._draw()

    def accessible_value(self) -> str:
        """How many dots."""
        return str(self.tr("{0} dots").format(f"{len(self._dots):,}"))

    def point_at(self, dot: Dot) -> QPointF:
        """The position of a dot in the widget."""
        return QPointF(self.mapFromScene(self._box.mapViewToScene(QPointF(self._across(dot.x), dot.y))))

    def pick(self, position: QPointF) -> Dot | None:
        """The dot nearest to a position in the widget, within REACH px; None where there is none."""
        number = self._index_at(position)
        return self._dots[number] if number >= 0 else None

    def _index_at(self, position: QPointF) -> int:
        distances = [((self.point_at(dot) - position).manhattanLength(), number) for number, dot in enumerate(self._dots)]
        distance, number = min(distances, default=(math.inf, -1))
        return number if distance <= REACH else -1

    def _across(self, x: float) -> float:
        return math.log10(x) if self._log else x

    def _draw(self) -> None:
        palette = theme.current()
        by_hue: dict[int, list[tuple[float, float]]] = {}
        for dot in self._dots:
            by_hue.setdefault(dot.hue % (SHADES * len(palette.hues)), []).append((self._across(dot.x), dot.y))
        for hue in set(self._items) - set(by_hue):
            self._box.removeItem(self._items.pop(hue))
        size = 9 if len(self._dots) < 200 else 6
        for hue, positions in by_hue.items():
            if hue not in self._items:
                self._items[hue] = pg.ScatterPlotItem(pxMode=True)
                self._items[hue].setZValue(10)
                self._box.addItem(self._items[hue], ignoreBounds=True)
            self._items[hue].setData(
                pos=positions,
                size=size,
                symbol=palette.symbol(hue),
                brush=pg.mkBrush(tint(palette.run_colour(hue), 0.9)),
                pen=pg.mkPen(None),
            )
        self._draw_bars()
        self._ring()
        if self._dots:
            self._frame()

    def _draw_bars(self) -> None:
        palette, by_hue = theme.current(), dict[int, list[Dot]]()
        for dot in self._dots:
            if dot.spread > 0:
                by_hue.setdefault(dot.hue % (SHADES * len(palette.hues)), []).append(dot)
        for hue in set(self._bars) - set(by_hue):
            self._box.removeItem(self._bars.pop(hue))
        for hue, dots in by_hue.items():
            if hue not in self._bars:
                self._bars[hue] = pg.PlotCurveItem(connect="pairs")
                self._box.addItem(self._bars[hue], ignoreBounds=True)
            x = [self._across(dot.x) for dot in dots for _ in range(2)]
            y = [dot.y + side * dot.spread for dot in dots for side in (-1, 1)]
            self._bars[hue].setData(x, y, pen=pg.mkPen(palette.run_colour(hue), width=1.5))

    def _frame(self) -> None:
        xs = [self._across(dot.x) for dot in self._dots]
        ys = [dot.y + side * dot.spread for dot in self._dots for side in (-1, 1)]
        left, right = (-0.5, len(self._names) - 0.5) if self._names else _spread(xs)
        low, high = _spread(ys)
        self._box.setRange(QRectF(left, low, right - left, high - low), padding=0)
        axis = self._axes["bottom"]
        values = sorted({dot.x for dot in self._dots})
        if self._names:
            room = max(3, int((self.width() - 60) / len(self._names) / 7))
            axis.setTicks([[(index, _short(name, room)) for index, name in enumerate(self._names)]])
        elif axis.as_time:
            axis.setTicks(None)
        elif self._log and not self._apart(values, right - left):
            powers = range(math.ceil(left), math.floor(right) + 1)
            axis.setTicks([[(power, f"{10.0**power:g}") for power in powers]])
        elif len(values) <= MOST_TICKS and self._apart(values, right - left):
            # Ticks only at values that occur.
            axis.setTicks([[(self._across(value), f"{value:g}") for value in values]])
        else:
            axis.setTicks(None)

    def _apart(self, values: Sequence[float], span: float) -> bool:
        """Whether the texts of these ticks do not overlap."""
        positions = [self._across(value) for value in values]
        return all((b - a) / span * max(1, self.width() - 60) > 44 for a, b in pairwise(positions))

    def _ring(self) -> None:
        palette = theme.current()
        spots = [
            {"pos": (self._across(dot.x), dot.y), "pen": pg.mkPen(palette.text, width=1.5), "brush": pg.mkBrush(None)}
            for number, dot in enumerate(self._dots)
            if dot.key in self._chosen or number == self._tooltips.at
        ]
        self._rings.setData(spots)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the tooltip of the dot under the mouse."""
        super().mouseMoveEvent(event)
        self._tooltips.hover(self.viewport(), self._index_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Emit `clicked` with the key of the dot under the mouse."""
        super().mouseReleaseEvent(event)
        dot = self.pick(event.position())
        if dot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(dot.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring."""
        if self._tooltips.step(event.key(), len(self._dots)):
            self._ring()
        elif is_enter(event.key()) and self._tooltips.at >= 0:
            self.clicked.emit(self._dots[self._tooltips.at].key)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the tooltip."""
        super().leaveEvent(event)
        QToolTip.hideText()

    def _apply_theme(self) -> None:
        self.setBackground(theme.current().card)
        for axis in self._axes.values():
            axis.apply_theme()
        self._draw()


def _short(name: str, room: int) -> str:
    return name if len(name) <= room else name[: room - 1] + "…"


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """The range of values with a margin at both ends."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or max(abs(low) * 0.05, 0.5 if low == 0 else 1e-6)
    return low - room, high + room
