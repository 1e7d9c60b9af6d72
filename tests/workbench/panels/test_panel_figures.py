"""What each panel describes for a figure in print: the values, names and colours that it shows, and nothing of the window."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from tests.workbench.stand_ins import invariance_of, pairs_of, strength_of
from workbench import theme
from workbench.bridge.data_questions import Labels
from workbench.bridge.map_questions import Map
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength
from workbench.figures.figure_data import BarsPlot, CurvesPlot, DotsPlot, MapPlot, MatrixPlot, RowsPlot
from workbench.figures.print_colours import LEAST, contrast
from workbench.panels.embedding.embedding_figure import VIEW, ShownMap, map_source
from workbench.panels.evaluate.comparison_figure import comparison_source
from workbench.panels.evaluate.evaluation_text import Line
from workbench.panels.invariance.invariance_figure import PIXELS, UNTRAINED, invariance_source
from workbench.panels.pairs.pair_data import PairData
from workbench.panels.pairs.pairs_figure import HISTOGRAM, MATRIX, STRENGTH, ShownStrength, pairs_source
from workbench.panels.runs.runs_figure import SEEDS, RunPoint, ShownRuns, runs_source
from workbench.panels.versus.versus_figure import ShownSide, versus_source
from workbench.samples.colouring import colour


@pytest.fixture(params=["dark", "light"])
def any_theme(request, qapp):
    before = theme.choice()
    theme.apply(request.param)
    yield request.param
    theme.apply(before)


def all_on(source):
    return frozenset(toggle.id for toggle in source.toggles)


# Maps


def map_of(n=6, **changes):
    xy = np.stack([np.arange(n), np.arange(n) * 2.0], 1).astype(np.float32)
    return Map(
        "run", 3, **{"kind": "pca", "xy": xy, "index": np.arange(n), "label": np.arange(n) % 3, "trustworthiness": 0.9, **changes}
    )


LABELS = Labels(
    {"class": np.array([0, 1, 2, 0, 1, -1]), "hue": np.linspace(0, 360, 6), "size": np.linspace(1, 2, 6)},
    {"class": ("disc", "square", "star")},
    {"class": "category", "hue": "angle", "size": "number"},
)


def test_a_map_has_the_shown_classes_and_no_hidden_one(any_theme):
    shown, colouring = map_of(explained=(0.34, 0.2)), colour(LABELS, "class")
    alive = colouring.codes != 1
    source = map_source(
        ShownMap("Run · PCA", shown, shown.xy, colouring.codes, alive, colouring, "class", "", QRectF(0, 0, 2.5, 9))
    )
    figure = source.make(frozenset({"unknown"}))
    [plot] = figure.plots
    assert isinstance(plot, MapPlot)
    assert len(plot.xy) == 4
    assert [entry.name for entry in figure.legend] == ["disc", "star", "no value"]
    assert plot.x.title == "PC 1 (34 % of the variance)"
    assert all(contrast(colour) >= LEAST for colour in plot.colours)
    assert len(source.make(frozenset()).plots[0].xy) == 3, "without the sample that has no class"
    near = source.make(frozenset({VIEW, "unknown"})).plots[0]
    np.testing.assert_array_equal(near.xy[:, 0], [0, 2])
    assert (near.x.low, near.x.high) == (0, 2.5)


@pytest.mark.parametrize(("column", "unit", "low", "high"), [("hue", "°", 0, 360), ("size", "", 1, 2)])
def test_a_map_coloured_by_a_number_has_a_scale(qapp, column, unit, low, high):
    shown, colouring = map_of(kind="umap"), colour(LABELS, column)
    source = map_source(ShownMap("", shown, shown.xy, colouring.codes, np.ones(6, bool), colouring, column, unit, QRectF()))
    scales = []
    before = theme.choice()
    try:
        for choice in ("dark", "light"):
            theme.apply(choice)
            scales.append(source.make(frozenset()).scale)
    finally:
        theme.apply(before)
    assert scales[0] == scales[1]
    assert scales[0].title == (f"{column} (°)" if unit else column)
    assert (scales[0].low, scales[0].high) == pytest.approx((low, high), abs=0.05)
    assert source.make(frozenset()).plots[0].x.title == "UMAP 1"


def test_two_maps_side_by_side_share_one_legend(qapp):
    shown, colouring = map_of(), colour(LABELS, "class")
    every = np.ones(6, bool)
    sides = [ShownSide(f"epoch {epoch}", shown, shown.xy + epoch, colouring.codes, every) for epoch in (0, 4)]
    figure = versus_source(sides, colouring, "class", "").make(frozenset())
    assert [plot.title for plot in figure.plots] == ["epoch 0", "epoch 4"]
    np.testing.assert_allclose(figure.plots[1].xy - figure.plots[0].xy, 4)
    assert [entry.name for entry in figure.legend] == ["disc", "square", "star", "no value"]
    assert versus_source(sides, None, "", "").make(frozenset()).legend == ()


# Invariance


def test_every_factor_has_its_reading_and_interval(any_theme):
    result = invariance_of("run")
    epoch = result.last
    source = invariance_source(result, epoch, "Run, epoch 4")
    figure = source.make(all_on(source))
    [plot] = figure.plots
    assert isinstance(plot, RowsPlot)
    names = [name for row, name in enumerate(plot.rows) if row not in plot.headings]
    assert names == [factor.name for factor in result.factors]
    for factor in result.factors:
        row = plot.rows.index(factor.name)
        for number, space in enumerate(result.spaces):
            reading = factor.at(space, epoch)
            [mark] = [mark for mark in plot.marks if mark.row == row and mark.sign == ("dot", "diamond")[number]]
            assert (mark.value, mark.low, mark.high) == (reading.kept, reading.kept_low, reading.kept_high)
    assert {entry.name for entry in figure.legend} == {"Backbone", "Projector", "untrained", "8 × 8 pixels"}
    assert {span.name for span in plot.spans} == {"kept", "discarded"}
    bare = source.make(frozenset())
    assert {mark.sign for mark in bare.plots[0].marks} == {"dot", "diamond"}
    assert {PIXELS, UNTRAINED} <= all_on(source)


def test_a_second_run_is_hollow_and_named(qapp):
    result, other = invariance_of("run"), invariance_of("other", lift=0.1)
    figure = invariance_source(result, result.last, "Run", other, "Other").make(frozenset())
    factor = result.factors[0]
    row = figure.plots[0].rows.index(factor.name)
    values = {(mark.sign, mark.hollow): mark.value for mark in figure.plots[0].marks if mark.row == row}
    assert values["dot", False] == factor.at("features", result.last).kept
    assert values["dot", True] == other.factors[0].at("features", other.last).kept
    assert (figure.legend[0].name, figure.legend[0].hollow) == ("Backbone, Run", False)
    assert ("Projector, Other", True) in [(entry.name, entry.hollow) for entry in figure.legend]


# Pairs


def test_the_pairs_are_those_of_the_shown_order(any_theme):
    pairs = pairs_of(InspectPairs("run"))
    shown = PairData(pairs, "embedding")
    curve = strength_of(MeasureStrength("run", "crop"))
    strength = ShownStrength(curve, "Crop", ((0.0, 0.2),), (), (0.95, 0.5))
    order = np.arange(shown.images)[::-1]
    source = pairs_source(shown, order, ((0, "a"), (6, "b")), strength, "Run")
    figure = source.make(frozenset({MATRIX, HISTOGRAM, STRENGTH}))
    matrix, bars, curves = figure.plots
    assert isinstance(matrix, MatrixPlot)
    assert isinstance(bars, BarsPlot)
    assert isinstance(curves, CurvesPlot)
    n = shown.images
    assert matrix.values[0, 1] == shown.data.matrix[n - 1, 2 * n - 2]
    assert matrix.groups == ((0, "a"), (6, "b"))
    assert [float(one.heights.sum()) for one in bars.bars] == pytest.approx([100, 100])
    np.testing.assert_array_equal(curves.curves[0].y, curve.spaces["embedding"].mean)
    assert [(span.low, span.high) for span in curves.spans] == [(0.0, 0.2)]
    assert "too easy" in [entry.name for entry in figure.legend]
    assert "destroys the content" not in [entry.name for entry in figure.legend]
    assert [toggle.id for toggle in source.toggles if toggle.on] == [MATRIX, HISTOGRAM]


# Runs


def points_of(values):
    return tuple(RunPoint(f"k{number}", f"SimCLR · s{number}", number, 0.0, value) for number, value in enumerate(values))


def config(seed, lr=0.1):
    return {"train.seed": seed, "optim.lr": lr}


def test_runs_that_differ_in_the_seed_alone_are_a_mean_with_a_bar(qapp):
    # In %: 40, 50 and 60 have the mean 50 and the standard deviation 10; the fourth run has another learning rate.
    points = points_of([0.4, 0.5, 0.6, 0.9])
    configs = {"k0": config(0), "k1": config(1), "k2": config(2), "k3": config(0, lr=1.0)}
    source = runs_source(ShownRuns(points, "method", "best", ("simclr",), configs))
    figure = source.make(frozenset({SEEDS}))
    [plot] = figure.plots
    assert isinstance(plot, DotsPlot)
    solid = [(dot.y, dot.error) for dot in plot.dots if not dot.hollow]
    assert solid == [(pytest.approx(50), pytest.approx(10)), (pytest.approx(90), 0.0)]
    assert sorted(dot.y for dot in plot.dots if dot.hollow) == pytest.approx([40, 50, 60])
    assert plot.y.title == "Best kNN (%)"
    assert (plot.x.title, plot.x.names) == ("Method", ("SimCLR",))
    assert [entry.name for entry in figure.legend] == ["SimCLR, 3 seeds ± s.d.", "SimCLR · s3"]
    single = source.make(frozenset()).plots[0].dots
    assert [dot.error for dot in single] == [0.0] * 4
    assert runs_source(ShownRuns((), "method", "best", (), {})) is None
    alone = ShownRuns(points, "method", "best", ("simclr",), {})
    assert runs_source(alone).toggles == (), "settings that are not known make no group"


def test_evaluated_runs_have_their_error_or_the_spread_over_seeds(qapp):
    lines = [
        Line(f"k{number}", f"SimCLR · s{number} · shapes", "#5aa9e6", "simclr", None, {"knn": value}, {"knn": 0.2}, images=100)
        for number, value in enumerate((0.4, 0.5, 0.6))
    ]
    configs = {f"k{number}": config(number) for number in range(3)}
    source = comparison_source(lines, "shapes", 0.25, configs)
    figure = source.make(all_on(source))
    [plot] = figure.plots
    solid = [mark for mark in plot.marks if not mark.hollow]
    assert [(mark.value, mark.low, mark.high) for mark in solid] == [pytest.approx((50, 40, 60))]
    assert [mark.value for mark in plot.marks if mark.hollow] == pytest.approx([20])
    assert plot.levels == ((25.0, "chance"),)
    assert [entry.name for entry in figure.legend] == ["SimCLR, 3 seeds ± s.d."]
    [first, *_] = source.make(frozenset()).plots[0].marks
    # The standard error of 40 % of 100 images: √(0.4 · 0.6 / 100).
    error = 100 * math.sqrt(0.4 * 0.6 / 100)
    assert (first.value, first.low, first.high) == pytest.approx((40, 40 - error, 40 + error))
    assert source.make(frozenset()).legend[0].name == "SimCLR · s0"
    assert comparison_source([], "", None, {}) is None
