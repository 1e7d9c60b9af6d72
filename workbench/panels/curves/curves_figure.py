"""The curves as a figure for print: what the chosen plots of the panel show, with the bands of means over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.figures.figure_data import Axis, Curve, CurvesPlot, Figure, FigureSource, Floats, Toggle, legend_of_curves
from workbench.figures.print_colours import dashes, on_white
from workbench.panels.curves.curve_card import Entry
from workbench.plots.series import XKind, thin

translate = QCoreApplication.translate

# Points of a curve in print, at most about twice as many.
POINTS = 1000
RAW, LEVELS, VIEW = "raw", "levels", "view"
PLOT = "plot:"
# Series of fractions, which are drawn in %.
FRACTIONS = ("eval.knn",)


@dataclass(frozen=True, eq=False)
class ShownPlot:
    """What one plot of the panel shows. `name`, `title`: of the figure; `caption`: of its runs, where the figure has several plots;
    `smoothing`: the weight of the past; `levels`: horizontal lines with their labels; `log_x`, `log_y`: whether the axes are
    logarithmic; `view`: the range of x that the user chose, None for all."""

    name: str
    title: str
    curves: tuple[Entry, ...]
    x: XKind
    caption: str = ""
    smoothing: float = 0.0
    log_x: bool = False
    log_y: bool = False
    levels: tuple[tuple[float, str], ...] = ()
    view: tuple[float, float] | None = None

    @property
    def full_title(self) -> str:
        """The title with the caption."""
        return f"{self.title} · {self.caption}" if self.caption else self.title


def curves_source(plots: Sequence[ShownPlot], part: str = "") -> FigureSource | None:
    """The figure of these plots; None where none has a curve. `part`: the name of the figure that is in it at first, by default
    that of the first plot."""
    shown = [plot for plot in plots if plot.curves]
    if not shown:
        return None
    first = next((plot for plot in shown if plot.name == part), shown[0])
    parts, titles = translate("Figure", "Parts"), translate("Figure", "Plots")
    toggles = [
        Toggle(RAW, translate("Figure", "Values before smoothing, faint"), False, group=parts),
        Toggle(LEVELS, translate("Figure", "Chance levels and other lines"), True, group=parts),
    ]
    if any(plot.view is not None for plot in shown):
        toggles.append(Toggle(VIEW, translate("Figure", "Only the range of x in view"), True, group=parts, kept=False))
    toggles += [
        Toggle(f"{PLOT}{number}", plot.full_title, plot.name == first.name, group=titles, kept=False)
        for number, plot in enumerate(shown)
    ]
    name = "".join(letter if letter.isalnum() else "_" for letter in first.title.lower())
    return FigureSource("curves", name or "curves", lambda on: curves_figure(shown, on), tuple(toggles))


def curves_figure(plots: Sequence[ShownPlot], on: frozenset[str]) -> Figure:
    """The plots that are `on`."""
    chosen = [plot for number, plot in enumerate(plots) if f"{PLOT}{number}" in on]
    # A run has one colour and one dash in all plots.
    colours = {(curve.title, curve.colour): on_white(curve.colour) for plot in chosen for curve in plot.curves}
    looks = dict(zip(colours, zip(colours.values(), dashes(list(colours.values())), strict=True), strict=True))
    made = []
    for plot in chosen:
        factor, x_title = _x_of(plot)
        share = plot.name in FRACTIONS
        scale = 100.0 if share else 1.0
        made.append(
            CurvesPlot(
                plot.full_title,
                _x_axis(plot, x_title, factor, VIEW in on),
                Axis(f"{plot.title} (%)" if share else plot.title, log=plot.log_y),
                _curves(plot, factor, scale, RAW in on, looks),
                tuple((value * scale, label) for value, label in plot.levels) if LEVELS in on else (),
            )
        )
    return Figure(" · ".join(plot.title for plot in made), tuple(made), legend_of_curves(tuple(made)))


def _x_axis(plot: ShownPlot, title: str, factor: float, only_view: bool) -> Axis:
    if plot.view is None or not only_view:
        return Axis(title, log=plot.log_x)
    return Axis(title, plot.log_x, plot.view[0] / factor, plot.view[1] / factor)


def _x_of(plot: ShownPlot) -> tuple[float, str]:
    """What x is divided by, and the title of its axis: a time is in seconds, minutes or hours."""
    if plot.x == "step":
        return 1.0, translate("Figure", "Step")
    if plot.x == "epoch":
        return 1.0, translate("Figure", "Epoch")
    if plot.x == "images":
        return 1.0, translate("Figure", "Images seen")
    ends = [float(x[-1]) for curve in plot.curves if len(x := curve.series.x("seconds"))]
    longest = max(ends, default=0.0)
    if longest > 2 * 3600:
        return 3600.0, translate("Figure", "Time (h)")
    return (60.0, translate("Figure", "Time (min)")) if longest > 120 else (1.0, translate("Figure", "Time (s)"))


def _curves(
    plot: ShownPlot, factor: float, scale: float, raw: bool, looks: Mapping[tuple[str, str], tuple[str, int]]
) -> tuple[Curve, ...]:
    result = []
    for shown in plot.curves:
        colour, dash = looks[shown.title, shown.colour]
        series = shown.series
        x, y = series.x(plot.x) / factor, series.smoothed(plot.smoothing) * scale
        spread = series.spread(plot.smoothing)
        kept = _kept(x, y, plot.log_x)
        if spread is not None:
            deviation = spread[0] * scale
            name = translate("Figure", "{0}, {1} seeds ± s.d.").format(shown.title, int(spread[1].max(initial=0)))
            low, high = (y - deviation)[kept], (y + deviation)[kept]
            result.append(Curve(name, colour, x[kept], y[kept], low, high, dash=dash))
            continue
        faint = None
        if raw and plot.smoothing > 0:
            noisy = _kept(x, series.y, plot.log_x)
            faint = x[noisy], series.y[noisy] * scale
        result.append(Curve(shown.title, colour, x[kept], y[kept], raw=faint, dash=dash))
    return tuple(result)


def _kept(x: Floats, y: Floats, log: bool) -> np.ndarray:
    """The points to draw."""
    at, values = np.asarray(x, np.float64), np.asarray(y, np.float64)
    start = int(np.searchsorted(at, 0, side="right")) if log else 0
    if start >= len(at):
        return np.zeros(0, np.intp)
    kept = thin(at, values, float(at[start]), float(at[-1]), POINTS, log)
    return kept[kept >= start]
