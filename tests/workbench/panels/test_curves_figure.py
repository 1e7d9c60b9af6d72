"""What the Curves panel describes for a figure in print: values, bands and units of its plots, and nothing of the window."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench import theme
from workbench.figures.figure_data import CurvesPlot
from workbench.figures.print_colours import LEAST, contrast
from workbench.models.mean_series import MeanSeries
from workbench.panels.curves.curve_card import Entry
from workbench.panels.curves.curves_figure import LEVELS, RAW, VIEW, ShownPlot, curves_source
from workbench.panels.curves.panel import CurvesPanel
from workbench.plots.series import Series

PARTS = {RAW, LEVELS, VIEW}


@pytest.fixture(params=["dark", "light"])
def any_theme(request, qapp):
    before = theme.choice()
    theme.apply(request.param)
    yield request.param
    theme.apply(before)


def all_on(source):
    return frozenset(toggle.id for toggle in source.toggles)


def chosen(source):
    """The titles of the plots that are in the figure at first."""
    return [toggle.title for toggle in source.toggles if toggle.on and toggle.id not in PARTS]


def series_of(values, seconds=1.0):
    made = Series()
    for step, value in enumerate(values, start=1):
        made.append(value, step=step, epoch=step / 2, images=64 * step, seconds=seconds * step)
    return made


def entry(title, hue, *values):
    return Entry(series_of(values), title, theme.current().hue(hue))


def shown(**changes):
    seeds = [series_of([4.0, 3.0, 2.0]), series_of([6.0, 3.0, 4.0])]
    curves = (
        Entry(MeanSeries(seeds), "SimCLR · shapes", theme.current().hue(0)),
        entry("BYOL", 1, 1.0, math.nan, 5.0),
        entry("BYOL again", 1, 2.0),
    )
    return ShownPlot(
        **{"name": "loss", "title": "Loss", "curves": curves, "x": "step", "levels": ((6.2, "chance 6.2"),), **changes}
    )


def test_a_mean_has_the_band_of_one_standard_deviation_by_hand(any_theme):
    source = curves_source([shown()])
    figure = source.make(all_on(source))
    [plot] = figure.plots
    assert isinstance(plot, CurvesPlot)
    mean = plot.curves[0]
    # Of 4 and 6: mean 5, deviation √2; of 3 and 3: 3 and 0; of 2 and 4: 3 and √2.
    root = math.sqrt(2)
    np.testing.assert_allclose(mean.y, [5, 3, 3])
    np.testing.assert_allclose(mean.low, [5 - root, 3, 3 - root])
    np.testing.assert_allclose(mean.high, [5 + root, 3, 3 + root])
    np.testing.assert_array_equal(plot.curves[1].y, [1, math.nan, 5])
    assert [entry.name for entry in figure.legend] == ["SimCLR · shapes, 2 seeds ± s.d.", "BYOL", "BYOL again"]
    assert (plot.x.title, plot.y.title, plot.levels) == ("Step", "Loss", ((6.2, "chance 6.2"),))
    colours = [curve.colour for curve in plot.curves]
    assert all(contrast(colour) >= LEAST for colour in colours)
    assert colours[1] == colours[2]
    assert [curve.dash for curve in plot.curves] == [0, 0, 1], "a colour that comes again is dashed"


def test_the_theme_of_the_window_is_not_in_the_figure(qapp):
    before, colours = theme.choice(), []
    try:
        for choice in ("dark", "light"):
            theme.apply(choice)
            source = curves_source([shown()])
            colours.append([curve.colour for curve in source.make(all_on(source)).plots[0].curves])
    finally:
        theme.apply(before)
    assert colours[0] == colours[1]


def test_units_are_on_the_axes(qapp):
    knn = Entry(series_of([0.25, 0.5], 3600.0), "a", "#5aa9e6")
    source = curves_source([ShownPlot("eval.knn", "kNN, validation", (knn,), "seconds", levels=((0.1, ""),))])
    [plot] = source.make(all_on(source)).plots
    assert (plot.x.title, plot.y.title) == ("Time (min)", "kNN, validation (%)")
    np.testing.assert_allclose(plot.curves[0].x, [60, 120])
    np.testing.assert_allclose(plot.curves[0].y, [25, 50])
    assert plot.levels == ((10.0, ""),)
    [plot] = curves_source([shown(x="images", curves=(knn,))]).make(frozenset({"plot:0"})).plots
    assert plot.x.title == "Images seen"
    assert plot.levels == ()


def test_the_plots_of_the_first_figure_or_of_the_wanted_one_are_there_at_first(qapp):
    plots = [
        shown(caption="SimCLR"),
        shown(caption="MAE", curves=(entry("MAE", 2, 0.5, 0.4),)),
        shown(name="lr", title="Learning rate"),
        shown(name="empty", title="Empty", curves=()),
    ]
    source = curves_source(plots)
    assert chosen(source) == ["Loss · SimCLR", "Loss · MAE"]
    made = source.make(all_on(source))
    assert [plot.title for plot in made.plots] == ["Loss · SimCLR", "Loss · MAE", "Learning rate"]
    assert [plot.y.title for plot in made.plots] == ["Loss", "Loss", "Learning rate"]
    assert [entry.name for entry in made.legend] == ["SimCLR · shapes, 2 seeds ± s.d.", "BYOL", "BYOL again", "MAE"]
    wanted = curves_source(plots, "lr")
    assert chosen(wanted) == ["Learning rate"]
    assert wanted.name == "learning_rate"
    assert curves_source([shown(curves=())]) is None


def test_a_run_looks_the_same_in_all_plots(qapp):
    both = (entry("one", 0, 1.0, 2.0), entry("two", 0, 2.0, 3.0))
    source = curves_source([shown(curves=both), shown(name="lr", title="Learning rate", curves=both[1:])])
    one, two = source.make(all_on(source)).plots
    assert [curve.dash for curve in one.curves] == [0, 1]
    assert [curve.dash for curve in two.curves] == [1]


def test_raw_values_are_faint_behind_smoothed_ones_where_wanted(qapp):
    source = curves_source([shown(curves=(entry("a", 0, 1.0, 3.0, 1.0, 3.0),), smoothing=0.9)])
    [curve] = source.make(all_on(source)).plots[0].curves
    assert curve.raw is not None
    np.testing.assert_array_equal(curve.raw[1], [1, 3, 1, 3])
    assert np.ptp(curve.y) < 1.5
    assert source.make(all_on(source) - {RAW}).plots[0].curves[0].raw is None


def test_the_range_in_view_is_kept_or_not(qapp):
    source = curves_source([shown(x="seconds", view=(60.0, 180.0), curves=(entry("a", 0, *np.ones(300)),))])
    axis = source.make(all_on(source)).plots[0].x
    assert (axis.title, axis.low, axis.high) == ("Time (min)", 1.0, 3.0)
    assert source.make(all_on(source) - {VIEW}).plots[0].x.low is None
    assert VIEW not in all_on(curves_source([shown()]))


def test_a_long_curve_is_thinned_and_keeps_its_extremes(qapp):
    values = np.sin(np.arange(50_000) / 300) + 2
    values[12_345] = 9.0
    source = curves_source([shown(curves=(entry("a", 0, *values),))])
    [curve] = source.make(all_on(source)).plots[0].curves
    assert len(curve.x) < 2500
    assert curve.y.max() == 9.0


def test_the_panel_offers_its_plots_and_their_menu_asks_for_one(qtbot):
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    assert panel.figure_source() is None
    panel.add_run("a", "SimCLR", "#5aa9e6")
    lines = [
        {"event": "StepDone", "step": step, "loss": 5.0 / step, "lr": 0.1, "epoch": step / 4, "seconds": step}
        for step in range(1, 9)
    ]
    panel.load("a", lines)
    panel.show_plot("lr", True)
    figure = panel.figure_source().make(frozenset({"plot:0"}))
    [curve] = figure.plots[0].curves
    assert (curve.name, figure.plots[0].title) == ("SimCLR", "Loss")
    assert len(curve.x) == 8
    assert chosen(panel.figure_source("lr")) == ["Learning rate"]
    with qtbot.waitSignal(panel.figureRequested):
        panel._toolbar.figure_button.click()
    card = next(card for card in panel._cards if card.name == "lr")
    menu = card.plot.make_menu()
    with qtbot.waitSignal(panel.figureRequested) as request:
        next(action for action in menu.actions() if action.text() == "Figure…").trigger()
    assert request.args == ["lr"]
    panel.set_visible("a", False)
    assert panel.figure_source() is None
