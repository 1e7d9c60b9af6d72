"""The Pairs panel as a figure for print: similarity matrix, histograms of cosines, and cosine over strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from engine.study.pair_measures import easy_above, stretches
from workbench.bridge.pair_questions import StrengthCurve
from workbench.figures.figure_data import (
    Axis,
    Bars,
    BarsPlot,
    Curve,
    CurvesPlot,
    Figure,
    FigureSource,
    LegendEntry,
    MatrixPlot,
    Plot,
    Span,
    Toggle,
)
from workbench.figures.print_colours import on_white
from workbench.panels.pairs.pair_data import PairData, figure
from workbench.theme.palette import LIGHT

translate = QCoreApplication.translate

MATRIX, HISTOGRAM, STRENGTH = "matrix", "histogram", "strength"
OPERATIONS = ("crop", "brightness", "contrast", "saturation", "hue", "rotation", "blur")
# Operations without a strength: they are applied to an image or not.
SWITCHES = ("flip", "grayscale", "solarize", "erase")
BINS = 48
RAMP = ("#f3f7fb", LIGHT.accent, LIGHT.text)
POSITIVE, NEGATIVE = on_white(LIGHT.hue(0)), on_white(LIGHT.hue(1))


@dataclass(frozen=True, eq=False)
class ShownStrength:
    """The curve of an operation without marks for on and off. `title`: of the operation with its unit; `easy`, `destroyed`: the
    ranges of strength that are too easy, and that destroy the content; `levels`: their cosines."""

    curve: StrengthCurve
    title: str
    easy: tuple[tuple[float, float], ...]
    destroyed: tuple[tuple[float, float], ...]
    levels: tuple[float, float]


def operation_title(operation: str) -> str:
    """An operation of augmentation with what its strength means."""
    return {
        "crop": translate("StrengthPage", "Crop: share of the area left out"),
        "brightness": translate("StrengthPage", "Brightness: relative change"),
        "contrast": translate("StrengthPage", "Contrast: relative change"),
        "saturation": translate("StrengthPage", "Saturation: relative change"),
        "hue": translate("StrengthPage", "Hue: share of the circle"),
        "rotation": translate("StrengthPage", "Rotation: degrees"),
        "blur": translate("StrengthPage", "Blur: sigma in px"),
        "flip": translate("StrengthPage", "Flip: on or off"),
        "grayscale": translate("StrengthPage", "Grayscale: on or off"),
        "solarize": translate("StrengthPage", "Solarize: on or off"),
        "erase": translate("StrengthPage", "Erased rectangle: on or off"),
    }[operation]


def shown_strength(curve: StrengthCurve, space: str) -> ShownStrength:
    """A curve in one of its spaces, with the strengths that are too easy and those that destroy the content."""
    known = curve.spaces[space]
    easy, ceiling = easy_above(known.ceiling), known.ceiling
    return ShownStrength(
        curve,
        operation_title(curve.operation),
        stretches(curve.strengths, known.mean, easy, True),
        stretches(curve.strengths, known.mean, ceiling, False),
        (easy, ceiling),
    )


def pairs_source(
    shown: PairData,
    order: NDArray[np.integer],
    groups: tuple[tuple[int, str], ...],
    strength: ShownStrength | None,
    title: str,
    with_strength: bool = False,
) -> FigureSource:
    """The figure of a batch of pairs, its images in this `order` (n,) in `groups`. `with_strength`: with the curve of `strength` at
    first."""
    plots = translate("Figure", "Plots")
    toggles = [
        Toggle(MATRIX, translate("Figure", "Similarity matrix"), group=plots, kept=False),
        Toggle(HISTOGRAM, translate("Figure", "Positives and negatives"), group=plots, kept=False),
    ]
    if strength is not None:
        text = translate("Figure", "Cosine over strength")
        toggles.append(Toggle(STRENGTH, text, with_strength, group=plots, kept=False))

    def make(on: frozenset[str]) -> Figure:
        made: list[Plot] = []
        legend: list[LegendEntry] = []
        if MATRIX in on:
            made.append(_matrix(shown, order, groups))
        if HISTOGRAM in on:
            bars = _histogram(shown)
            made.append(bars)
            legend += [LegendEntry(one.name, one.colour, "area") for one in bars.bars]
        if STRENGTH in on and strength is not None:
            curves, entries = _strength(strength, shown.space)
            made.append(curves)
            legend += entries
        return Figure(title, tuple(made), tuple(legend))

    return FigureSource("pairs", "pairs", make, tuple(toggles))


def _matrix(shown: PairData, order: NDArray[np.integer], groups: tuple[tuple[int, str], ...]) -> MatrixPlot:
    n = shown.images
    values = shown.data.matrix[:n, n:]
    return MatrixPlot(
        translate("Figure", "Similarity matrix"),
        values[np.ix_(order, order)],
        float(np.median(values)),
        1.0,
        RAMP,
        translate("Figure", "Cosine"),
        Axis(translate("Figure", "View 2 of each image")),
        Axis(translate("Figure", "View 1 of each image")),
        groups,
    )


def _histogram(shown: PairData) -> BarsPlot:
    data = shown.data
    low = min([float(values.min()) for values in (data.positive, data.negative) if len(values)], default=0.0)
    edges = np.linspace(max(-1.0, np.floor(low * 20) / 20), 1.0, BINS + 1)
    bars = []
    for values, colour, name in (
        (data.positive, POSITIVE, translate("Figure", "{0} positives").format(f"{len(data.positive):,}")),
        (data.negative, NEGATIVE, translate("Figure", "{0} negatives").format(f"{len(data.negative):,}")),
    ):
        bars.append(Bars(name, colour, edges, 100 * np.histogram(values, edges)[0] / max(1, len(values))))
    median = translate("Figure", "median {0}").format(figure(data.separation.median))
    return BarsPlot(
        translate("Figure", "Positives and negatives"),
        Axis(translate("Figure", "Cosine"), low=float(edges[0]), high=1.0),
        Axis(translate("Figure", "Share of the pairs (%)")),
        tuple(bars),
        ((data.separation.median, median),),
    )


def _strength(shown: ShownStrength, space: str) -> tuple[CurvesPlot, list[LegendEntry]]:
    curve, data = shown.curve, shown.curve.spaces[space]
    easy, destroyed = on_white(LIGHT.warning), on_white(LIGHT.bad)
    spans = [Span(start, end, easy) for start, end in shown.easy]
    spans += [Span(start, end, destroyed) for start, end in shown.destroyed]
    marks = ((curve.own, translate("Figure", "this run")),) if curve.own > 0 else ()
    name = translate("Figure", "mean; band: the middle 80 % of the images")
    line = Curve(name, POSITIVE, curve.strengths, data.mean, data.low, data.high)
    plot = CurvesPlot(
        translate("Figure", "Cosine over strength"),
        Axis(shown.title),
        Axis(translate("Figure", "Cosine to the original")),
        (line,),
        tuple((level, "") for level in shown.levels),
        marks,
        tuple(spans),
    )
    legend = [LegendEntry(name, POSITIVE)]
    if shown.easy:
        legend.append(LegendEntry(translate("Figure", "too easy"), easy, "area"))
    if shown.destroyed:
        legend.append(LegendEntry(translate("Figure", "destroys the content"), destroyed, "area"))
    return plot, legend
