"""The curves as a figure for print: what the plots of the chosen cards show, with the bands of means over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.figures.figure_data import Axis, Curve, CurvesPlot, Figure, FigureSource, Floats, Toggle, legend_of_curves
from workbench.figures.print_colours import dashes, on_white
from workbench.plots.series import Drawn, XKind, thin

translate = QCoreApplication.translate

# Points of a curve in print, at most about twice as many.
POINTS = 1000
RAW, LEVELS = "raw", "levels"
CARD = "card:"
# Series of fractions, which are drawn in %.
FRACTIONS = ("eval.knn",)


@dataclass(frozen=True, eq=False)
class ShownCurve:
    """A curve of a plot: a run, or the mean of runs that differ in the seed alone."""

    title: str
    colour: str
    series: Drawn


@dataclass(frozen=True, eq=False)
class ShownCard:
    """What one card of the panel shows. `name`: of the series; `smoothing`: the weight of the past; `levels`: horizontal lines with
    their labels; `log_x`, `log_y`: whether the axes are logarithmic."""

    name: str
    title: str
    curves: tuple[ShownCurve, ...]
    x: XKind
    smoothing: float = 0.0
    log_x: bool = False
    log_y: bool = False
    levels: tuple[tuple[float, str], ...] = ()


def curves_source(cards: Sequence[ShownCard], part: str = "") -> FigureSource | None:
    """The figure of these cards; None where none has a curve. `part`: the name of the series that is in it at first, by default the
    first card's."""
    cards = [card for card in cards if card.curves]
    if not cards:
        return None
    first = next((number for number, card in enumerate(cards) if card.name == part), 0)
    parts = translate("Figure", "Parts")
    toggles = [
        Toggle(RAW, translate("Figure", "Values before smoothing, faint"), False, group=parts),
        Toggle(LEVELS, translate("Figure", "Chance levels and other lines"), True, group=parts),
    ]
    plots = translate("Figure", "Plots")
    toggles += [
        Toggle(f"{CARD}{number}", card.title, number == first, group=plots, kept=False) for number, card in enumerate(cards)
    ]
    name = "".join(letter if letter.isalnum() else "_" for letter in cards[first].title.lower())
    return FigureSource("curves", name or "curves", lambda on: curves_figure(cards, on), tuple(toggles))


def curves_figure(cards: Sequence[ShownCard], on: frozenset[str]) -> Figure:
    """A plot for each chosen card."""
    plots = []
    for number, card in enumerate(cards):
        if f"{CARD}{number}" not in on:
            continue
        factor, x_title = _x_of(card)
        share = card.name in FRACTIONS
        scale = 100.0 if share else 1.0
        levels = tuple((value * scale, label) for value, label in card.levels) if LEVELS in on else ()
        plots.append(
            CurvesPlot(
                card.title,
                Axis(x_title, log=card.log_x),
                Axis(f"{card.title} (%)" if share else card.title, log=card.log_y),
                _curves(card, factor, scale, RAW in on),
                levels,
            )
        )
    return Figure(" · ".join(plot.title for plot in plots), tuple(plots), legend_of_curves(tuple(plots)))


def _x_of(card: ShownCard) -> tuple[float, str]:
    """What x is divided by, and the title of its axis: a time is in seconds, minutes or hours."""
    if card.x == "step":
        return 1.0, translate("Figure", "Step")
    if card.x == "epoch":
        return 1.0, translate("Figure", "Epoch")
    if card.x == "images":
        return 1.0, translate("Figure", "Images seen")
    ends = [float(x[-1]) for curve in card.curves if len(x := curve.series.x("seconds"))]
    longest = max(ends, default=0.0)
    if longest > 2 * 3600:
        return 3600.0, translate("Figure", "Time (h)")
    return (60.0, translate("Figure", "Time (min)")) if longest > 120 else (1.0, translate("Figure", "Time (s)"))


def _curves(card: ShownCard, factor: float, scale: float, raw: bool) -> tuple[Curve, ...]:
    colours = [on_white(curve.colour) for curve in card.curves]
    result = []
    for shown, colour, dash in zip(card.curves, colours, dashes(colours), strict=True):
        series = shown.series
        x, y = series.x(card.x) / factor, series.smoothed(card.smoothing) * scale
        spread = series.spread(card.smoothing)
        kept = _kept(x, y, card.log_x)
        if spread is not None:
            deviation = spread[0] * scale
            name = shown.title
            low, high = (y - deviation)[kept], (y + deviation)[kept]
            result.append(Curve(name, colour, x[kept], y[kept], low, high, dash=dash))
            continue
        faint = None
        if raw and card.smoothing > 0:
            noisy = _kept(x, series.y, card.log_x)
            faint = x[noisy], series.y[noisy] * scale
        result.append(Curve(shown.title, colour, x[kept], y[kept], raw=faint, dash=dash))
    return tuple(result)


def _kept(x: Floats, y: Floats, log: bool) -> np.ndarray:
    """The points to draw."""
    x = np.asarray(x, np.float64)
    start = int(np.searchsorted(x, 0, side="right")) if log else 0
    if start >= len(x):
        return np.zeros(0, np.intp)
    kept = thin(x, np.asarray(y, np.float64), float(x[start]), float(x[-1]), POINTS, log)
    return kept[kept >= start]
