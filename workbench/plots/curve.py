"""Curves of the metrics of runs: smoothed lines over faint raw ones, a crosshair with values, marks, reference lines.

All values are stored and smoothed; only the drawn points are thinned. The plot does not redraw when data arrive: its owner calls
`refresh` (from a timer), which redraws only what is visible and has changed. While a run trains, the axes keep their range until a
curve leaves it: new ticks and a new transform cost more than the curve itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows
from workbench import theme
from workbench.accessible import value_changed
from workbench.plots.band import Band
from workbench.plots.base import NumberAxis, ThemedPlot, clock, dashed, number, tint
from workbench.plots.marks import Marks, ViewBounds
from workbench.plots.saving import export_as
from workbench.plots.series import Drawn, Floats, XKind, alone, best, robust_range, thin
from workbench.theme.plain import rich

MarkKind = Literal["checkpoint", "warning", "resume"]
MARKS: dict[MarkKind, str] = {"checkpoint": "triangle", "warning": "diamond", "resume": "square"}
DRAWN = 4000
MOST_TOLD = 12  # curves whose values a screen reader is told, as many as the table of the crosshair has
# While a run trains: the space beyond its newest step, and the smallest part of an axis that curves fill, both as fractions.
AHEAD = 0.08
FILLED = 0.8
# The space at both ends of an axis: a fraction of it, and the pixels that the ring around the last value needs.
EDGE = 0.02
RING = 7.0
# What keys ask of the owner of several plots, with Alt and without.
MOVES: dict[int, str] = {Qt.Key.Key_Left: "earlier", Qt.Key.Key_Right: "later"}
COMMANDS: dict[int, str] = {Qt.Key.Key_Return: "enlarge", Qt.Key.Key_Enter: "enlarge", Qt.Key.Key_Delete: "remove"}
# On a logarithmic axis a band that reaches 0 ends at this fraction of the mean.
LEAST = 1e-6


@dataclass(frozen=True)
class Mark:
    """An event of a run: a checkpoint, a warning, a resume. `text` is shown in the table of the crosshair."""

    kind: MarkKind
    step: float
    epoch: float
    images: float
    seconds: float
    text: str


class _Line(ViewBounds, pg.PlotCurveItem):  # type: ignore[misc]
    """A curve item that does not compute its bounds whenever it grows."""


@dataclass(frozen=True)
class CursorRow:
    """A curve at the crosshair. `value`: smoothed; `deviation` and `count`: of a mean of `count` runs, else NaN and 0."""

    title: str
    colour: str
    x: float
    value: float
    deviation: float = math.nan
    count: int = 0


@dataclass
class _Curve:
    title: str
    colour: str
    series: Drawn
    raw: _Line
    line: _Line
    band: Band | None = None  # of a mean of runs
    shown: bool = True
    marks: list[Mark] = field(default_factory=list)
    drawn: tuple[object, ...] = ()  # the inputs of the last drawing
    reach: list[Floats] = field(default_factory=list)  # the drawn values in view
    single: list[tuple[float, float]] = field(default_factory=list)  # values without a neighbour, which a line does not show
    pen_state: tuple[object, ...] = ()  # the inputs of the current pens


class CurvePlot(ThemedPlot):
    """Curves of one quantity for several runs. Wheel and drag change the range of x, y fits what is in view, a double click shows
    all.

    Keys: Left and Right move the crosshair, + and - zoom, Home shows all, Escape hides the crosshair, the menu key opens the menu.
    Where `enlarged` is not None, an owner arranges plots: Enter or a double click enlarges this one, Escape goes back, Alt with
    Left or Right moves it, Delete removes it; `commandGiven` carries "enlarge", "earlier", "later", "remove" or "figure".

    `cursorMoved` carries the crosshair's x, None where it is hidden; `rangeChosen` the range of x that the user chose, None for
    all. Both are in the axis's own units (logarithms on a log axis)."""

    cursorMoved = Signal(object)
    rangeChosen = Signal(object)
    commandGiven = Signal(str)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, axisItems=axes, background=theme.current().card)
        self._axes = axes
        self._name = name
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self._curves: dict[str, _Curve] = {}
        self._references: list[tuple[float, str]] = []
        self._smoothing = 0.0
        self._x_kind: XKind = "step"
        self._axes["bottom"].counts = True
        self._log_x = self._log_y = self._calm = False
        self._best: Literal["max", "min"] | None = None
        self._chosen: tuple[float, float] | None = None
        self._extent: tuple[float, float] | None = None
        self._edge = EDGE
        # Whether it is shown large, None where it cannot be.
        self.enlarged: bool | None = None
        self._cursor: float | None = None
        self._compact = False
        self.dirty = True
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, 4, 8, 0)
        self._box = item.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.setDefaultPadding(0)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigResized.connect(self._set_dirty)
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        self._stars = pg.ScatterPlotItem(size=9, symbol="o", pxMode=True)
        self._marks = Marks()
        self._box.addItem(self._marks, ignoreBounds=True)
        # The inputs of the rings that are drawn now.
        self._stars_drawn: list[tuple[tuple[float, float], str, str]] = []
        self._single = pg.ScatterPlotItem(size=6, symbol="o", pxMode=True)
        self._single_drawn: list[tuple[tuple[float, float], str]] = []
        for above in (self._single, self._stars, self._hair, self._dots):
            above.setZValue(20)
            self._box.addItem(above, ignoreBounds=True)
            above.hide()  # an item without points would still be painted
        self._y_drawn: tuple[float, float] | None = None
        self._table = QLabel(self)
        self._table.setObjectName("curveTable")
        rich(self._table)
        self._table.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._table.hide()
        self.follow_theme()

    # Data

    def set_curve(self, key: str, series: Drawn, title: str, colour: str) -> None:
        """Show `series` under `title` in the run's colour, a mean of runs with a band of one standard deviation to either side; the
        same key again replaces it."""
        if key in self._curves and (series.spread(0.0) is None) != (self._curves[key].band is None):
            self.remove_curve(key)
        if key in self._curves:
            curve = self._curves[key]
            if (curve.series, curve.title, curve.colour) == (series, title, colour):
                return
            curve.series, curve.title, curve.colour, curve.drawn = series, title, colour, ()
        else:
            raw, line = (_Line(connect="finite", antialias=False) for _ in range(2))
            # A wide pen takes a second to paint a noisy curve as one path, and milliseconds to paint its segments.
            line.opts["segmentedLineMode"] = "on"
            raw.setZValue(1)
            line.setZValue(2)
            band = None if series.spread(0.0) is None else Band()
            for item in (raw, line, band):
                if item is not None:
                    self._box.addItem(item, ignoreBounds=True)
            self._curves[key] = _Curve(title, colour, series, raw, line, band)
        self.dirty = True

    def remove_curve(self, key: str) -> None:
        """Remove a curve; an unknown key is ignored."""
        curve = self._curves.pop(key, None)
        if curve is not None:
            for item in (curve.raw, curve.line, curve.band):
                if item is not None:
                    self._box.removeItem(item)
            self.dirty = True

    def show_curve(self, key: str, shown: bool) -> None:
        """Hide or show one curve."""
        if key in self._curves and self._curves[key].shown != shown:
            self._curves[key].shown = shown
            self.dirty = True

    def set_marks(self, key: str, marks: list[Mark]) -> None:
        """Set the marks of a curve's run."""
        if key in self._curves and self._curves[key].marks != marks:
            self._curves[key].marks = marks
            self.dirty = True

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all curves, shown or not."""
        return tuple(self._curves)

    # Appearance

    def set_references(self, lines: list[tuple[float, str]]) -> None:
        """Horizontal lines with a label, in data units: [(6.24, "chance")]."""
        if lines != self._references:
            self._references, self.dirty = lines, True

    def set_smoothing(self, weight: float) -> None:
        """Set the weight of the past in the moving average, in [0, 1); 0 for no smoothing."""
        self._smoothing, self.dirty = weight, True

    def set_x(self, kind: XKind) -> None:
        """Set the quantity on x; a range that was chosen for another one is given up."""
        if kind == self._x_kind:
            return
        self._x_kind, self._chosen, self.dirty = kind, None, True
        self._axes["bottom"].as_time = kind == "seconds"
        self._axes["bottom"].counts = kind == "step"
        self._axes["bottom"].picture = None

    def set_log(self, x: bool, y: bool) -> None:
        """Make axes logarithmic or linear; on a logarithmic axis only positive values are drawn."""
        if x != self._log_x:
            self._chosen = None
        self._log_x, self._log_y, self.dirty = x, y, True
        self._axes["bottom"].setLogMode(x=x)
        self._axes["left"].setLogMode(y=y)

    def set_calm(self, calm: bool) -> None:
        """Exclude outliers from the range of y (they are drawn beyond its edge)."""
        self._calm, self.dirty = calm, True

    def set_best(self, kind: Literal["max", "min"] | None) -> None:
        """Draw a ring around the best value of each curve."""
        self._best, self.dirty = kind, True

    def best(self, key: str) -> tuple[float, float, float] | None:
        """(value, step, epoch) of the best measured value of a curve, by `set_best` (largest where unset)."""
        curve = self._curves.get(key)
        index = self._best_index(curve) if curve is not None else None
        if curve is None or index is None:
            return None
        return float(curve.series.y[index]), float(curve.series.x("step")[index]), float(curve.series.x("epoch")[index])

    def _best_index(self, curve: _Curve) -> int | None:
        """The index of the best value; values at step 0 are of the untrained encoder and are ignored."""
        trained = np.where(curve.series.x("step") > 0, curve.series.y, np.nan)
        return best(trained, self._best != "min")

    # Range

    @property
    def extent(self) -> tuple[float, float] | None:
        """Range of x of all shown curves, in data units; None where there are no values."""
        spans = []
        for curve in self._shown():
            x = curve.series.x(self._x_kind)
            if self._log_x:
                x = x[x > 0]
            if len(x):
                spans.append((float(x[0]), float(x[-1])))
        return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None

    def set_extent(self, extent: tuple[float, float] | None, edge: float = EDGE) -> None:
        """Set the range of x that "show all" shows, for linked plots; None: that of its own curves. `edge`: the space at its right
        end, as a fraction of it."""
        if (extent, edge) != (self._extent, self._edge):
            self._extent, self._edge, self.dirty = extent, edge, True

    def set_range(self, chosen: tuple[float, float] | None) -> None:
        """As `show_range`, without drawing it: for a plot that is not visible."""
        if chosen != self._chosen:
            self._chosen, self.dirty = chosen, True

    def show_range(self, chosen: tuple[float, float] | None) -> None:
        """Show a range of x (in the axis's own units, logarithms on a log axis); None shows all and extends with the run."""
        if chosen != self._chosen:
            self.set_range(chosen)
            self.refresh()

    def view_all(self) -> None:
        """Show all values, and extend the range as the run trains."""
        self._chosen, self.dirty = None, True
        self.refresh()
        self.rangeChosen.emit(None)

    @property
    def stale(self) -> bool:
        """Whether something has changed since the last drawing."""
        return self.dirty or any(curve.drawn[:1] != (curve.series.changes,) for curve in self._shown())

    def refresh(self, live: bool = False) -> None:
        """Draw what has changed. `live`: more data will follow soon, so lines are not antialiased, and an axis keeps its range
        while the curves fit into it."""
        if live and not self.stale:
            return
        keep = live and not self.dirty
        self.dirty = False
        low, high = self._x_range()
        pixels = max(50, min(DRAWN // 2, int(self._box.width())))
        reach: list[Floats] = []
        for curve in self._curves.values():
            curve.raw.setVisible(curve.shown and self._smoothing > 0 and curve.band is None)
            curve.line.setVisible(curve.shown)
            if curve.band is not None:
                curve.band.setVisible(curve.shown)
            if curve.shown:
                self._draw(curve, low, high, pixels, live)
                reach.extend(curve.reach)
        y_range = self._y_range(reach, self._y_drawn if keep else None)
        if [(low, high), y_range] != [tuple(span) for span in self._box.viewRange()]:
            self._box.setRange(xRange=(low, high), yRange=y_range, padding=0)
            # Otherwise the view moves its items during painting, and everything is painted twice.
            self._box.prepareForPaint()
        self._y_drawn = y_range
        area = QRectF(low, y_range[0], high - low, y_range[1] - y_range[0])
        for item in (self._marks, *(item for curve in self._curves.values() for item in (curve.raw, curve.line, curve.band))):
            if item is not None:
                item.set_area(area)
        lines = [(self._to_y(value), label) for value, label in self._references]
        self._marks.show_lines([(y, label) for y, label in lines if math.isfinite(y)])
        self._draw_single()
        self._draw_marks()
        self._draw_cursor()

    def _draw(self, curve: _Curve, low: float, high: float, pixels: int, live: bool) -> None:
        self._update_pens(curve, live)
        wanted = (curve.series.changes, low, high, pixels, self._x_kind, self._smoothing, self._log_x, self._log_y)
        if curve.drawn == wanted:
            return
        curve.drawn, curve.reach = wanted, []
        x, smooth = curve.series.x(self._x_kind), curve.series.smoothed(self._smoothing)
        spread = curve.series.spread(self._smoothing)
        start = int(np.searchsorted(x, 0, side="right")) if self._log_x else 0
        x, smooth = x[start:], smooth[start:]
        view = (10**low, 10**high) if self._log_x else (low, high)
        lines = [(curve.line, smooth)]
        if self._smoothing > 0 and spread is None:
            lines.append((curve.raw, curve.series.y[start:]))
        for item, values in lines:
            keep = thin(x, values, *view, pixels, self._log_x)
            at_x, drawn = self._all_to_x(x[keep]), self._all_to_y(values[keep])
            if item is curve.line:
                if spread is not None:
                    at_x, drawn = _divided(at_x, drawn, spread[1][start:][keep])
                single = alone(drawn)
                curve.single = list(zip(at_x[single].tolist(), drawn[single].tolist(), strict=True))
            item.setData(at_x, drawn)
            within = drawn[(at_x >= low) & (at_x <= high)]
            curve.reach.append(within if within.size else drawn)
        if curve.band is not None and spread is not None:
            lower, upper = smooth - spread[0][start:], smooth + spread[0][start:]
            keep = np.union1d(*(thin(x, edge, *view, pixels, self._log_x) for edge in (lower, upper)))
            at_x = self._all_to_x(x[keep])
            least = np.maximum(lower, LEAST * smooth) if self._log_y else lower
            curve.band.set_edges(at_x, self._all_to_y(least[keep]), self._all_to_y(upper[keep]))
            seen = (at_x >= low) & (at_x <= high)
            curve.reach.extend(self._all_to_y(edge[keep][seen]) for edge in (lower, upper))

    def _all_to_x(self, values: Floats) -> Floats:
        return np.log10(values) if self._log_x else values

    def _all_to_y(self, values: Floats) -> Floats:
        return np.log10(np.where(values > 0, values, np.nan)) if self._log_y else values

    def _draw_single(self) -> None:
        """Draw a dot for each value without a neighbour, so that a run with a single measurement is visible."""
        spots = [(at, curve.colour) for curve in self._shown() for at in curve.single]
        if spots != self._single_drawn:
            self._single_drawn = spots
            self._single.setVisible(bool(spots))
            self._single.setData([{"pos": at, "pen": pg.mkPen(None), "brush": pg.mkBrush(colour)} for at, colour in spots])

    def _update_pens(self, curve: _Curve, live: bool) -> None:
        pen_state = (curve.colour, theme.current().dark, live)
        if curve.pen_state == pen_state:
            return
        curve.pen_state = pen_state
        if curve.band is not None:
            curve.band.set_colour(curve.colour)
        for item in (curve.line, curve.raw):
            item.opts["antialias"] = not live
        # A wide pen is much slower than a thin one: it is used only while no run trains.
        curve.line.setPen(pg.mkPen(curve.colour, width=1 if live else 1.6))
        curve.raw.setPen(pg.mkPen(tint(curve.colour, 0.38 if theme.current().dark else 0.32), width=1))

    def _x_range(self) -> tuple[float, float]:
        if self._chosen is not None:
            return self._chosen
        low, high = self._extent or self.extent or ((1.0, 10.0) if self._log_x else (0.0, 1.0))
        if self._log_x:
            low, high = math.log10(max(low, 1e-12)), math.log10(max(high, 1e-12))
        if high <= low:
            low, high = low - 0.5, high + 0.5
        return low - (high - low) * EDGE, high + (high - low) * max(self._edge, self.ring_edge)

    @property
    def ring_edge(self) -> float:
        """The space, as a fraction of the runs' extent, that the ring around a value at the right end needs to be whole."""
        return EDGE if not self._has_ring else max(EDGE, RING * (1 + EDGE) / max(4 * RING, float(self._box.width()) - RING))

    @property
    def _has_ring(self) -> bool:
        return any(self.best(key) is not None for key, curve in self._curves.items() if self._best and curve.shown)

    def _y_range(self, seen: list[Floats], before: tuple[float, float] | None) -> tuple[float, float]:
        ranges = [span for values in seen if (span := robust_range(values, 0.02 if self._calm else 0.0)) is not None]
        if ranges:
            ranges.extend((self._to_y(value),) * 2 for value, _ in self._references if math.isfinite(self._to_y(value)))
        low = min((span[0] for span in ranges), default=0.0)
        high = max((span[1] for span in ranges), default=1.0)
        if before is not None and before[0] <= low and high <= before[1] and high - low >= FILLED * (before[1] - before[0]):
            return before
        if high - low <= 1e-9 * max(1.0, abs(high)):
            room = max(abs(high) * 0.05, 1e-3)
            low, high = low - room, high + room
        edge = (high - low) * (max(0.07, RING / max(4 * RING, float(self._box.height()) - 2 * RING)) if self._has_ring else 0.07)
        return low - edge, high + edge

    def _to_y(self, value: float) -> float:
        if not self._log_y:
            return value
        return math.log10(value) if value > 0 else math.nan

    def _to_x(self, value: float) -> float:
        if not self._log_x:
            return value
        return math.log10(value) if value > 0 else math.nan

    def _shown(self) -> list[_Curve]:
        return [curve for curve in self._curves.values() if curve.shown]

    def _set_dirty(self) -> None:
        self.dirty = True

    def _moved_by_hand(self) -> None:
        low, high = self._box.viewRange()[0]
        self._chosen, self.dirty = (low, high), True
        self.refresh(live=True)
        self.dirty = True
        self.rangeChosen.emit(self._chosen)

    # Marks

    def _draw_marks(self) -> None:
        palette = theme.current()
        positions: dict[MarkKind, list[float]] = {"checkpoint": [], "warning": [], "resume": []}
        for curve in self._shown():
            for mark in curve.marks:
                at = self._to_x(getattr(mark, self._x_kind))
                if math.isfinite(at):
                    positions[mark.kind].append(at)
        colours = {"checkpoint": palette.quiet, "warning": palette.warning, "resume": palette.text}
        self._marks.show_marks([(MARKS[kind], colours[kind], at_x) for kind, at_x in positions.items()])
        spots: list[tuple[tuple[float, float], str, str]] = []
        for key, curve in self._curves.items():
            top = self.best(key) if self._best and curve.shown else None
            if top is not None:
                index = self._best_index(curve)
                spot = self._to_x(float(curve.series.x(self._x_kind)[index])), self._to_y(top[0])
                if all(map(math.isfinite, spot)):
                    spots.append((spot, curve.colour, palette.card))
        if spots != self._stars_drawn:
            self._stars_drawn = spots
            self._stars.setVisible(bool(spots))
            self._stars.setData(
                [{"pos": at, "pen": pg.mkPen(line, width=1.5), "brush": pg.mkBrush(inside)} for at, line, inside in spots]
            )

    # Crosshair

    def show_cursor(self, x: float | None, compact: bool = False) -> None:
        """Put the crosshair at an x (in the axis's own units); None hides it. `compact`: with the values alone, for plots beside
        the one under the mouse, whose tables would cover each other."""
        self._cursor, self._compact = x, compact
        self._draw_cursor()

    def _set_cursor(self, x: float | None) -> None:
        self.show_cursor(x)
        self.cursorMoved.emit(x)
        value_changed(self)

    def accessible_value(self) -> str:
        """How many curves, and the value of each at the crosshair, or its last one."""
        shown = self._shown()
        if self._cursor is not None:
            values = [(title, value) for title, _, _, value in self.cursor_values()]
        else:
            values = [(curve.title, float(curve.series.y[-1])) for curve in shown if len(curve.series.y)]
        parts = [self.tr("{0} curves").format(f"{len(shown):,}")]
        parts += [f"{title} {number(value)}" for title, value in values[:MOST_TOLD]]
        return ", ".join(parts)

    def cursor_values(self) -> list[tuple[str, str, float, float]]:
        """(title, colour, x, smoothed value) of each shown curve at the crosshair, the largest value first."""
        return [(row.title, row.colour, row.x, row.value) for row in self.cursor_rows()]

    def cursor_rows(self) -> list[CursorRow]:
        """Each shown curve that has a value at the crosshair, the largest value first."""
        if self._cursor is None:
            return []
        at = 10**self._cursor if self._log_x else self._cursor
        rows = []
        for curve in self._shown():
            x = curve.series.x(self._x_kind)
            if not len(x):
                continue
            # A curve has no value before its first measurement and after its last one.
            room = 4 * self._box.viewPixelSize()[0] if self._box.width() else 0.0
            first, last = self._to_x(float(x[0])), self._to_x(float(x[-1]))
            if self._cursor < first - room or self._cursor > last + room:
                continue
            index = int(np.searchsorted(x, at))
            near = min((p for p in (index - 1, index) if 0 <= p < len(x)), key=lambda p: abs(x[p] - at))
            value = float(curve.series.smoothed(self._smoothing)[near])
            if math.isfinite(value):
                spread = curve.series.spread(self._smoothing)
                more = (float(spread[0][near]), int(spread[1][near])) if spread is not None else ()
                rows.append(CursorRow(curve.title, curve.colour, float(x[near]), value, *more))
        return sorted(rows, key=lambda row: -row.value)

    def _draw_cursor(self) -> None:
        rows = self.cursor_rows()
        for item in (self._hair, self._dots):
            item.setVisible(bool(rows))
        if not rows or self._cursor is None:
            self._table.hide()
            return
        self._hair.setValue(self._cursor)
        self._dots.setData(
            [
                {"pos": (self._to_x(row.x), self._to_y(row.value)), "brush": pg.mkBrush(row.colour), "pen": pg.mkPen(None)}
                for row in rows
                if math.isfinite(self._to_x(row.x)) and math.isfinite(self._to_y(row.value))
            ]
        )
        self._table.setText(self._table_text(rows))
        self._table.adjustSize()
        left = self._box.mapViewToDevice(QPointF(self._cursor, 0)).x() if self._box.width() else 0
        area = self._box.sceneBoundingRect()
        beside = left + 12
        if beside + self._table.width() > area.right():
            beside = left - 12 - self._table.width()
        # A child of the window, not of the plot: a small plot would clip it.
        window = self.window()
        if self._table.parentWidget() is not window:
            self._table.setParent(window)
        corner = self.mapTo(window, QPoint(int(max(area.left(), beside)), int(area.top()) + 4))
        left_most = max(0, window.width() - self._table.width())
        top_most = max(0, window.height() - self._table.height())
        self._table.move(max(0, min(corner.x(), left_most)), max(0, min(corner.y(), top_most)))
        self._table.raise_()
        self._table.show()

    def _table_text(self, rows: list[CursorRow]) -> str:
        quiet = theme.current().quiet
        # The x of the measurement nearest to the mouse, of any run.
        under = 10**self._cursor if self._log_x and self._cursor is not None else self._cursor or 0.0
        at = min((row.x for row in rows), key=lambda x: abs(x - under))
        text_x = clock(at) if self._x_kind == "seconds" else number(at, 3) if self._x_kind == "epoch" else f"{at:,.0f}"
        word = {"step": self.tr("step"), "epoch": self.tr("epoch"), "images": self.tr("images"), "seconds": self.tr("time")}
        lines = [f"<tr><td colspan=4 style='color:{quiet}'>{word[self._x_kind]} {text_x}</td></tr>"]
        for row in rows[:12]:
            spread = f"&nbsp;± {number(row.deviation, 3)}" if math.isfinite(row.deviation) else ""
            if self._compact:
                lines.append(
                    f"<tr><td width=10 style='color:{row.colour}'>●</td><td align=right>{number(row.value)}{spread}</td></tr>"
                )
                continue
            count = self.tr("1 seed") if row.count == 1 else self.tr("{0} seeds").format(row.count)
            seeds = f"&nbsp;&nbsp;{count}" if row.count else ""
            lines.append(
                f"<tr><td width=10 style='color:{row.colour}'>●</td><td>{escape(row.title)}&nbsp;&nbsp;</td>"
                f"<td align=right><b>{number(row.value)}</b></td><td style='color:{quiet}'>{spread}{seeds}</td></tr>"
            )
        for text in dict.fromkeys(self._marks_at()):
            lines.append(f"<tr><td colspan=4 style='color:{quiet}'>{escape(text)}</td></tr>")
        return f"<table cellspacing=0 cellpadding=1>{''.join(lines)}</table>"

    def _marks_at(self) -> list[str]:
        pixel, _ = self._box.viewPixelSize()
        texts = []
        for curve in self._shown():
            for mark in curve.marks:
                x = self._to_x(getattr(mark, self._x_kind))
                if self._cursor is not None and abs(x - self._cursor) <= 4 * pixel:
                    texts.append(mark.text)
        return texts[:4]

    # Events of Qt

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The crosshair follows the mouse."""
        super().mouseMoveEvent(event)
        point = event.position()
        if self._box.sceneBoundingRect().contains(point):
            self._set_cursor(float(self._box.mapSceneToView(point).x()))
        elif self._cursor is not None:
            self._set_cursor(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the crosshair's table, which is a child of the window."""
        super().hideEvent(event)
        self._table.hide()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the crosshair."""
        super().leaveEvent(event)
        self._set_cursor(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the plot, or show all."""
        if self.enlarged is None:
            self.view_all()
        else:
            self.commandGiven.emit("enlarge")
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring."""
        if command := self._command_of(event):
            self.commandGiven.emit(command)
            return
        low, high = self._box.viewRange()[0]
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            start = self._cursor if self._cursor is not None else (low + high) / 2
            step = (high - low) / 100 * (1 if key == Qt.Key.Key_Right else -1)
            self._set_cursor(min(high, max(low, start + step)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            centre = self._cursor if self._cursor is not None else (low + high) / 2
            scale = 1.25 if key == Qt.Key.Key_Minus else 0.8
            self._chosen = (centre + (low - centre) * scale, centre + (high - centre) * scale)
            self.dirty = True
            self.refresh()
            self.rangeChosen.emit(self._chosen)
        elif key == Qt.Key.Key_Home:
            self.view_all()
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._set_cursor(None)
        else:
            super().keyPressEvent(event)

    def _command_of(self, event: QKeyEvent) -> str:
        """What a key asks of the owner of several plots; "" for nothing."""
        if self.enlarged is None:
            return ""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return MOVES.get(event.key(), "")
        if event.key() == Qt.Key.Key_Escape:
            return "enlarge" if self.enlarged else ""
        return COMMANDS.get(event.key(), "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show all, and export."""
        menu = self.make_menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def make_menu(self) -> QMenu:
        """The context menu."""
        menu = QMenu(self)
        menu.addAction(self.tr("Show all"), self.view_all)
        self.add_commands(menu)
        menu.addSeparator()
        if self.enlarged is not None:
            menu.addAction(self.tr("Figure…"), lambda: self.commandGiven.emit("figure"))
        menu.addAction(self.tr("Export numbers as CSV…"), self._export)
        return menu

    def add_commands(self, menu: QMenu) -> None:
        """Add what an owner of several plots can do with this one."""
        if self.enlarged is None:
            return
        rows = (
            ("enlarge", self.tr("Back to all plots") if self.enlarged else self.tr("Enlarge"), "Esc" if self.enlarged else "Enter"),
            ("earlier", self.tr("Move forward"), "Alt+←"),
            ("later", self.tr("Move back"), "Alt+→"),
            ("remove", self.tr("Remove this plot"), "Del"),
        )
        for command, text, key in rows:
            menu.addAction(f"{text}\t{key}").triggered.connect(lambda _=False, command=command: self.commandGiven.emit(command))

    def _export(self) -> None:
        name = "".join(letter if letter.isalnum() else "_" for letter in self._name.lower()) or "curves"
        export_as(self, f"{name}.csv", self.write_csv)

    def write_csv(self, path: Path) -> None:
        """Write all values of the shown curves, not only the drawn ones. A mean has its standard deviation and number of runs."""
        with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = CsvRows(file)
            means = any(curve.band is not None for curve in self._shown())
            head = ["run", "step", "epoch", "images", "seconds", "value", "smoothed"]
            writer.row([*head, "deviation", "seeds"] if means else head)
            for curve in self._shown():
                columns = [curve.series.x(kind) for kind in ("step", "epoch", "images", "seconds")]
                columns += [curve.series.y, curve.series.smoothed(self._smoothing)]
                spread = curve.series.spread(self._smoothing)
                for number, row in enumerate(zip(*columns, strict=True)):
                    if math.isfinite(row[4]):
                        values = [curve.title, int(row[0]), *(f"{value:.9g}" for value in row[1:])]
                        if spread is not None:
                            deviation, count = float(spread[0][number]), int(spread[1][number])
                            values += [f"{deviation:.9g}" if math.isfinite(deviation) else "", count]
                        elif means:
                            values += ["", ""]
                        writer.row(values)

    def _apply_theme(self) -> None:
        palette = theme.current()
        self.setBackground(palette.card)
        for axis in self._axes.values():
            axis.apply_theme()
        self._hair.setPen(dashed(palette.quiet))
        self._marks.update()
        self.dirty = True
        self.refresh()


def _divided(x: Floats, y: Floats, count: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """A mean, all (n,), with a gap wherever the number of its runs changes: a step of the line there would be one of the choice of
    runs, not of what they measured."""
    at = np.flatnonzero(np.diff(count)) + 1
    return np.insert(x, at, x[at]), np.insert(y, at, np.nan)


def link(plots: list[CurvePlot]) -> None:
    """Give several plots the same range of x and the same crosshair."""
    for plot in plots:
        others = [other for other in plots if other is not plot]
        for other in others:
            plot.rangeChosen.connect(other.show_range)
            plot.cursorMoved.connect(other.show_cursor)


def share_extent(
    plots: list[CurvePlot], live: bool = False, before: tuple[float, float] | None = None
) -> tuple[float, float] | None:
    """Set the same extent of x in all plots; returns it in data units, None where there are no values.

    `live`: more steps will follow, so space is left for them, and the previous extent, `before`, is kept while the runs are within
    it."""
    spans = [plot.extent for plot in plots]
    known = [span for span in spans if span is not None]
    if not known:
        return None
    low, high = min(low for low, _ in known), max(high for _, high in known)
    if live:
        kept = before is not None and before[0] == low and high <= before[1] and high - low >= FILLED * (before[1] - low)
        low, high = before if before is not None and kept else (low, high + AHEAD * (high - low))
    # The same space for all, so that equal positions stand below each other.
    edge = max(plot.ring_edge for plot, span in zip(plots, spans, strict=True) if span is not None)
    for plot in plots:
        plot.set_extent((low, high), edge)
    return low, high
