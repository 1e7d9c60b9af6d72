"""The Curves panel: what runs measured is on the right card, live or loaded, and drawn only for those who look."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from engine.events import CheckpointSaved, EvalDone, RunStarted, StepDone, Warned
from tests.workbench.panels.on_screen import on_screen
from workbench import theme
from workbench.panels.curves.history import History
from workbench.panels.curves.panel import CurvesPanel, title_of
from workbench.plots.curve import CurvePlot, Mark, link
from workbench.plots.series import Series


def started(step=0):
    return RunStarted("r", "simclr", "shapes", "cpu", "fp32", step, 100, 10, 32, 320, 1000, {}, chance=6.24)


def steps(first, last, loss=lambda step: 8.0 - step / 50):
    return [
        StepDone(s, s / 10, loss(s), 0.001, 900.0, s * 0.5, {"positive": 0.3}, {"std": 0.9} if s % 5 == 0 else {})
        for s in range(first, last + 1)
    ]


def as_line(event):
    return {"event": type(event).__name__, **vars(event)}


@pytest.fixture
def panel(qtbot):
    made = CurvesPanel()
    qtbot.addWidget(made)
    made.resize(720, 684)
    made.add_run("a", "simclr · shapes", "#5aa9e6")
    return made


def shown(qtbot, panel):
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def test_live_and_loaded_give_the_same_series(panel):
    events = [started(), *steps(1, 30), EvalDone(3, 30, {"knn": 0.4}, 1.0)]
    panel.take_events("a", events)
    panel.add_run("b", "again", "#ffffff")
    panel.load("b", [as_line(event) for event in events])
    live, loaded = (panel._runs[key].history for key in "ab")
    assert live.series.keys() == loaded.series.keys()
    for name, series in live.series.items():
        np.testing.assert_array_equal(series.y, loaded.series[name].y)
        np.testing.assert_array_equal(series.x("images"), loaded.series[name].x("images"))
    assert {"loss", "lr", "terms.positive", "diagnostics.std", "eval.knn"} <= live.series.keys()
    assert live.series["loss"].x("images")[-1] == 30 * 32


def test_what_comes_in_pieces_is_what_comes_at_once(panel):
    for step in range(1, 20):
        panel.take_events("a", steps(step, step))
    assert panel._runs["a"].history.series["loss"].size == 19
    assert "a" in panel._loss.plot.keys


def test_a_resumed_run_leaves_a_gap_and_a_mark():
    history = History()
    for event in [started(), *steps(1, 20), CheckpointSaved(10, 1, "x"), started(10), *steps(11, 15)]:
        history.take(event)
    loss = history.series["loss"]
    assert loss.x("step").tolist() == [*range(1, 11), 10, *range(11, 16)]
    assert np.isnan(loss.y[10])
    assert [mark.kind for mark in history.marks] == ["checkpoint", "resume"]


def test_unknown_lines_are_passed_over():
    history = History()
    assert not history.take_line({"event": "Tomorrow", "step": 3})
    assert not history.take_line({})
    history.take_line({"event": "StepDone", "step": 1, "loss": None})
    assert np.isnan(history.series["loss"].y[0])


def test_chance_is_a_line_and_no_curve(qtbot, panel):
    panel.take_events("a", [started(), *steps(1, 20)])
    shown(qtbot, panel)
    panel._draw(live=True)
    assert panel._loss.plot._marks.lines == ((6.24, "chance 6.24"),)


def test_the_best_knn_is_said(qtbot, panel):
    panel.take_events(
        "a", [started(), *steps(1, 5), *(EvalDone(e, e * 10, {"knn": k}, 1.0) for e, k in ((1, 0.3), (2, 0.534), (3, 0.5)))]
    )
    shown(qtbot, panel)
    panel._draw(live=True)
    assert panel._small[0].state == "best .534 @ 2 · last .500"
    assert panel._small[2].state == "1 = isotropic"
    assert panel._small[2].plot._marks.lines == ((1.0, ""),)


def test_any_measured_series_can_be_put_on_a_small_card(qtbot, panel):
    panel.take_events("a", steps(1, 20))
    card = panel._small[1]
    card.chooser.menu().aboutToShow.emit()
    titles = [action.text() for action in card.chooser.menu().actions()]
    assert {"Learning rate", "Positive", "Images per second"} <= set(titles)
    next(action for action in card.chooser.menu().actions() if action.text() == "Learning rate").trigger()
    assert card.name == "lr"
    assert card.title == "Learning rate"
    assert card.plot.keys == ("a",)


def test_runs_are_hidden_and_forgotten(qtbot, panel):
    panel.take_events("a", steps(1, 10))
    panel.set_visible("a", False)
    shown(qtbot, panel)
    panel._draw(live=True)
    assert not panel._loss.plot.isVisible()
    panel.set_visible("a", True)
    panel._draw(live=True)
    assert panel._loss.plot.isVisible()
    panel.remove_run("a")
    assert panel._loss.plot.keys == ()
    panel.take_events("a", steps(1, 2))


def test_an_empty_panel_says_what_to_do(qtbot):
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    shown(qtbot, panel)
    assert "Start a run" in panel._loss.empty.text()
    assert panel._loss.empty.isVisible()


@pytest.fixture
def drawn(monkeypatch):
    """The lines that were given new points, by the name of their plot."""
    names, refresh = [], CurvePlot._draw

    def counted(plot, curve, *rest):
        before = curve.drawn
        refresh(plot, curve, *rest)
        if curve.drawn != before:
            names.append(plot.accessibleName())

    monkeypatch.setattr(CurvePlot, "_draw", counted)
    return names


def test_nothing_is_drawn_for_nobody(qtbot, panel, drawn):
    panel.take_events("a", steps(1, 10))
    assert not panel._timer.isActive()
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: "Loss" in drawn)
    panel.hide()
    drawn.clear()
    panel.take_events("a", steps(11, 20))
    panel._polish()
    assert not panel._timer.isActive()
    assert not panel._rest.isActive()
    assert drawn == []


def test_steps_that_come_at_once_are_drawn_at_once(qtbot, panel, drawn):
    shown(qtbot, panel)
    panel.take_events("a", steps(1, 10))
    qtbot.waitUntil(lambda: bool(drawn) and not panel._timer.isActive())
    drawn.clear()
    for step in range(11, 200):
        panel.take_events("a", steps(step, step))
    qtbot.waitUntil(lambda: bool(drawn) and not panel._timer.isActive())
    assert drawn.count("Loss") == 1


def test_only_what_has_changed_is_drawn(qtbot, panel, drawn):
    panel.take_events("a", [started(), *steps(1, 1000), EvalDone(1, 10, {"knn": 0.4}, 1.0)])
    shown(qtbot, panel)
    panel._draw(live=True)
    drawn.clear()
    panel._draw(live=True)
    assert drawn == []
    panel.take_events("a", steps(1001, 1004))
    panel._draw(live=True)
    assert drawn == ["Loss"]  # no diagnostics among these steps
    drawn.clear()
    panel.take_events("a", steps(1005, 1005))
    panel._draw(live=True)
    assert sorted(drawn) == ["Loss", "Std × √d"]


def test_axes_stay_while_the_curve_is_within_them(qtbot, panel):
    panel.take_events("a", [started(), *steps(1, 1000, lambda step: 8.0 - step / 1e4)])
    shown(qtbot, panel)
    panel._draw(live=True)
    box = panel._loss.plot._box
    before, moved = box.viewRange(), []
    box.sigRangeChanged.connect(lambda *_: moved.append(1))
    for first in range(1001, 1031, 5):
        panel.take_events("a", steps(first, first + 4, lambda step: 8.0 - step / 1e4))
        panel._draw(live=True)
    assert moved == []
    assert box.viewRange() == before
    panel.take_events("a", steps(1031, 1200, lambda step: 5.0))
    panel._draw(live=True)
    assert box.viewRange()[0][1] > 1200
    assert box.viewRange()[1][0] < 5.0
    # The small ones show the same steps, and at rest all of them end with the last one.
    assert {tuple(card.plot._box.viewRange()[0]) for card in panel._cards if card.plot.keys} == {tuple(box.viewRange()[0])}
    panel._draw(live=False)
    assert box.viewRange()[0] == pytest.approx([1 - 1199 * 0.02, 1200 + 1199 * 0.02])


def test_a_run_that_is_over_is_drawn_whole_at_once_and_one_that_goes_on_has_room(qtbot, panel):
    panel.load("a", [as_line(event) for event in (started(), *steps(1, 100))])
    shown(qtbot, panel)
    plot = panel._loss.plot
    qtbot.waitUntil(lambda: plot._box.viewRange()[0] == pytest.approx([1 - 99 * 0.02, 100 + 99 * 0.02]))
    assert plot._curves["a"].line.opts["antialias"]
    assert not panel._rest.isActive()
    panel.take_events("a", steps(101, 102))
    qtbot.waitUntil(lambda: plot._box.viewRange()[0][1] > 102 + 101 * 0.05)
    assert not plot._curves["a"].line.opts["antialias"]
    assert panel._rest.isActive()


def test_another_kind_of_x_begins_with_a_range_of_its_own(qtbot, panel):
    panel.take_events("a", steps(1, 1000))
    shown(qtbot, panel)
    panel._draw(live=True)
    panel._toolbar.x.setCurrentIndex(panel._toolbar.x.findData("seconds"))
    panel._toolbar.x.activated.emit(3)
    panel._draw(live=True)
    low, high = panel._loss.plot._box.viewRange()[0]
    assert low < 0.5
    assert 500 < high < 560


def test_what_was_written_later_is_added(panel):
    events = [as_line(event) for event in (started(), *steps(1, 30))]
    panel.load("a", events[:11])
    panel.add_metrics("a", events[11:])
    panel.add_run("b", "at once", "#ffffff")
    panel.load("b", events)
    one, other = (panel._runs[key].history.series["loss"] for key in "ab")
    np.testing.assert_array_equal(one.y, other.y)
    np.testing.assert_array_equal(one.x("step"), other.x("step"))


def test_the_timer_rests_when_nothing_comes(qtbot, panel):
    panel.take_events("a", steps(1, 10))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: not panel._timer.isActive(), timeout=3000)
    panel.take_events("a", steps(11, 12))
    assert panel._timer.isActive()


def test_settings_reach_the_plots(panel):
    panel._toolbar.x.setCurrentIndex(panel._toolbar.x.findData("epoch"))
    panel._toolbar.x.activated.emit(1)
    panel._toolbar.log_y.setChecked(True)
    assert "epoch" in panel._loss.state
    assert "log" in panel._loss.state
    assert all(card.plot._x_kind == "epoch" for card in panel._cards)


def test_every_series_has_a_title():
    assert title_of("eval.knn") == "kNN, validation"
    assert title_of("terms.teacher_entropy") == "Teacher entropy"


def test_a_warning_is_marked(qtbot, panel):
    panel.take_events("a", [started(), *steps(1, 10), Warned("loss rose", 7)])
    shown(qtbot, panel)
    panel._draw(live=True)
    assert panel._loss.plot._marks.marks == {"diamond": (7,)}


# The plot itself


def series_of(values):
    made = Series()
    for step, value in enumerate(values, 1):
        made.append(value, step=step, epoch=step / 10, images=step, seconds=step)
    return made


@pytest.fixture
def plot(qtbot):
    return on_screen(qtbot, CurvePlot("Loss"), 600, 300)


def test_the_table_at_the_crosshair_is_sorted(plot):
    for index, key in enumerate("abc"):
        plot.set_curve(key, series_of(np.full(50, [2.0, 5.0, 3.0][index])), key, "#ffffff")
    plot.refresh()
    plot.show_cursor(20.0)
    assert [(title, value) for title, _, _, value in plot.cursor_values()] == [("b", 5.0), ("c", 3.0), ("a", 2.0)]
    assert plot._table.isVisible()
    plot.show_cursor(None)
    assert not plot._table.isVisible()


def test_a_long_curve_is_thinned_and_keeps_its_extremes(plot):
    values = np.random.default_rng(0).normal(size=30_000)
    values[12_345] = 40
    plot.set_curve("a", series_of(values), "a", "#ffffff")
    plot.refresh()
    x, y = plot._curves["a"].line.getData()
    assert len(x) < 4100
    assert y.max() == 40


def test_outliers_can_be_left_out_of_the_range(plot):
    plot.set_curve("a", series_of([*np.linspace(2, 1, 500), 1e5]), "a", "#ffffff")
    plot.refresh()
    assert plot._box.viewRange()[1][1] > 1e4
    plot.set_calm(True)
    plot.refresh()
    assert plot._box.viewRange()[1][1] < 3


def pixels_of(plot, colour):
    """How many pixels of the plot are of this colour, and the box around them."""
    image, wanted = plot.grab().toImage(), QColor(colour).rgb()
    positions = [(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) == wanted]
    return len(positions), [f(v) for v in zip(*positions, strict=True) for f in (min, max)] if positions else None


def test_a_reference_line_and_a_mark_are_where_they_belong(plot):
    plot.set_curve("a", series_of(np.linspace(8, 2, 100)), "a", "#00ff00")
    plot.refresh()
    assert pixels_of(plot, theme.current().warning)[0] == 0
    plot.set_marks("a", [Mark("warning", 50.0, 5.0, 50.0, 50.0, "rose")])
    plot.refresh()
    count, (left, right, top, bottom) = pixels_of(plot, theme.current().warning)
    assert count > 10
    assert (left + right) / 2 == pytest.approx(plot._box.mapViewToDevice(QPointF(50.0, 0)).x(), abs=2)
    floor = plot._box.sceneBoundingRect().bottom()
    assert top > floor - 14
    assert bottom < floor
    plot.set_references([(5.0, "chance")])
    plot.refresh()
    seen = plot._box.mapViewToDevice(QPointF(50.0, 5.0))
    line = plot.viewport().grab().toImage()
    before = QColor(theme.current().card).rgb()
    crossed = [line.pixel(x, round(seen.y())) != before for x in range(60, 560)]
    assert sum(crossed) > 150
    assert plot._box.viewRange()[1][0] < 5.0 < plot._box.viewRange()[1][1]


def test_log_axes(plot):
    plot.set_curve("a", series_of(10.0 ** np.linspace(0, 3, 1000)), "a", "#ffffff")
    plot.set_log(True, True)
    plot.refresh()
    x, y = plot._curves["a"].line.getData()
    assert x[0] == pytest.approx(0)
    assert y[-1] == pytest.approx(3)


def test_linked_plots_share_range_and_crosshair(qtbot, plot):
    other = CurvePlot("kNN")
    qtbot.addWidget(other)
    for one in (plot, other):
        one.set_curve("a", series_of(range(100)), "a", "#ffffff")
        one.refresh()
    link([plot, other])
    plot._chosen = (20.0, 40.0)
    plot.rangeChosen.emit((20.0, 40.0))
    assert other._box.viewRange()[0] == pytest.approx([20, 40])
    plot._set_cursor(30.0)
    assert other.cursor_values()[0][2] == 30
    plot.view_all()
    assert other._box.viewRange()[0][1] > 99


def test_export_holds_every_value(plot, tmp_path):
    plot.set_curve("a", series_of(np.arange(5000.0)), "simclr", "#ffffff")
    plot.write_csv(tmp_path / "loss.csv")
    lines = (tmp_path / "loss.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5001
    assert lines[1].startswith("simclr,1,")


def test_the_theme_reaches_the_plot(qtbot, qapp, plot):
    before = theme.choice()
    try:
        theme.apply("light")
        assert plot.backgroundBrush().color() == QColor(theme.current().card)
        theme.apply("dark")
        assert plot.backgroundBrush().color() == QColor(theme.current().card)
    finally:
        theme.apply(before)
