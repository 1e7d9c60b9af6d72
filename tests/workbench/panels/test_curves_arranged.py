"""Plots of the Curves panel: enlarged, added, removed, moved, saved; runs that share no axis; runs by seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QObject, QPointF, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent
from pytestqt.qtbot import QtBot

from engine.events import EvalDone, Event, RunStarted, StepDone
from tests.workbench.panels.on_screen import on_screen
from workbench.panels.curves.curve_card import MIME, CurveCard
from workbench.panels.curves.panel import CurvesPanel
from workbench.panels.curves.plot_layout import DEFAULT
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Series

DARK = "#5aa9e6"


class Configs(QObject):
    """The settings of runs, as the list of runs has them."""

    configsChanged = Signal(list)

    def __init__(self, known: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        self.known = known
        self.wanted: set[str] = set()

    def config(self, key: str) -> Mapping[str, Any] | None:
        return self.known.get(key)

    def want_configs(self, keys: Iterable[str]) -> None:
        self.wanted |= set(keys)


def events(method: str = "simclr", data: str = "shapes", loss: float = 5.0, last: int = 40, knn: float = 0.5) -> list[Event]:
    made: list[Event] = [RunStarted("r", method, data, "cpu", "fp32", 0, 40, 10, 32, 320, 1000, {}, chance=loss + 1)]
    for step in range(1, last + 1):
        made.append(StepDone(step, step / 10, loss - step / 100, 0.001, 900.0, step * 0.5, {}, {"std": 0.9}))
        if step % 10 == 0:
            made.append(EvalDone(step // 10, step, {"knn": knn + step / 1000}, 1.0))
    return made


@pytest.fixture
def panel(qtbot: QtBot) -> CurvesPanel:
    made = on_screen(qtbot, CurvesPanel(), 720, 684)
    made.add_run("a", "SimCLR · shapes", DARK, "simclr", "shapes")
    made.take_events("a", events())
    return made


def card(panel: CurvesPanel, name: str) -> CurveCard:
    return panel._cards[panel.plots.index(name)]


def seen(panel: CurvesPanel) -> list[str]:
    return [one.name for one in panel._cards if one.isVisible()]


def test_a_double_click_enlarges_a_plot_and_escape_goes_back(qtbot: QtBot, panel: CurvesPanel) -> None:
    knn = card(panel, "eval.knn")
    before = knn.height()
    qtbot.mouseDClick(knn.plot.viewport(), Qt.MouseButton.LeftButton)
    assert seen(panel) == ["eval.knn"]
    qtbot.waitUntil(lambda: knn.height() > 1.5 * before)
    qtbot.keyClick(knn.plot, Qt.Key.Key_Escape)
    assert seen(panel) == list(DEFAULT)


def test_enter_and_the_button_enlarge_and_go_back(qtbot: QtBot, panel: CurvesPanel) -> None:
    std = card(panel, "diagnostics.std")
    for act in (lambda: qtbot.keyClick(std.plot, Qt.Key.Key_Return), std.enlarge.click):
        act()
        assert seen(panel) == ["diagnostics.std"]
        act()
        assert seen(panel) == list(DEFAULT)


def test_a_figure_is_found_by_name_and_added(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.open_list()
    panel._list.field.setText("learning")
    assert [panel._list.tree.topLevelItem(row).text(0) for row in range(panel._list.tree.topLevelItemCount())] == ["Learning rate"]
    qtbot.keyClick(panel._list.field, Qt.Key.Key_Return)
    assert panel.plots == (*DEFAULT, "lr")
    assert card(panel, "lr").plot.keys == ("a",)
    assert card(panel, "lr").isVisible()
    panel._list.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: panel.plots == DEFAULT)
    panel._list.close()


def test_the_list_shows_every_figure_that_is_recorded(panel: CurvesPanel) -> None:
    panel.open_list()
    rows = [panel._list.tree.topLevelItem(row) for row in range(panel._list.tree.topLevelItemCount())]
    listed = {row.text(0): (row.text(1), row.text(2), row.checkState(0) == Qt.CheckState.Checked) for row in rows}
    assert listed["Loss"] == ("1", "4.60", True)
    assert listed["Learning rate"] == ("1", "0.001", False)
    assert listed["kNN, validation"] == ("1", "0.540", True)
    panel._list.field.setText("kind:loss")
    panel._list.only.click()
    assert panel.plots == ("loss",)
    panel._list.default.click()
    assert panel.plots == DEFAULT
    panel._list.close()


def test_plots_move_and_go_by_keys_and_the_last_one_stays(qtbot: QtBot, panel: CurvesPanel) -> None:
    qtbot.keyClick(card(panel, "loss").plot, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert panel.plots[:2] == ("eval.knn", "loss")
    qtbot.waitUntil(lambda: card(panel, "eval.knn").width() > 1.5 * card(panel, "loss").width())
    qtbot.keyClick(card(panel, "loss").plot, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert panel.plots == DEFAULT
    for name in DEFAULT:
        qtbot.keyClick(card(panel, name).plot, Qt.Key.Key_Delete)
    assert panel.plots == ("diagnostics.std",)


def test_a_plot_is_dropped_in_the_position_of_another(panel: CurvesPanel) -> None:
    data = QMimeData()
    data.setData(MIME, b"diagnostics.std")
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    card(panel, "eval.knn").dropEvent(event)
    assert panel.plots == ("loss", "diagnostics.std", "eval.knn", "diagnostics.rank_features")


def test_the_arrangement_is_saved_and_reset(qtbot: QtBot, panel: CurvesPanel, tmp_path: Any) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    panel.show_plot("lr", on=True)
    panel._toolbar.slider.setValue(20)
    panel.by_seed.setChecked(True)
    panel.save(settings)
    other = CurvesPanel()
    qtbot.addWidget(other)
    other.restore(settings)
    assert other.plots == (*DEFAULT, "lr")
    assert other._toolbar.slider.value() == 20
    assert other.by_seed.isChecked()
    other.reset_layout()
    assert other.plots == DEFAULT


def test_a_plot_keeps_the_range_that_was_chosen_for_all(panel: CurvesPanel) -> None:
    card(panel, "loss").plot._chosen = (5.0, 20.0)
    card(panel, "loss").plot.rangeChosen.emit((5.0, 20.0))
    panel.show_plot("lr", on=True)
    panel._toolbar.slider.setValue(10)
    panel._draw(live=False)
    for name in ("eval.knn", "lr"):
        assert card(panel, name).plot._box.viewRange()[0] == pytest.approx([5, 20])


# Runs that share no axis


def test_another_loss_has_a_plot_of_its_own(panel: CurvesPanel) -> None:
    panel.add_run("b", "MAE · shapes", "#ff0000", "mae", "shapes")
    panel.take_events("b", events("mae", loss=900.0))
    panel._draw(live=False)
    loss = card(panel, "loss")
    assert [plot.keys for plot in loss.plots] == [("a",), ("b",)]
    (low, high), (other_low, other_high) = (plot._box.viewRange()[1] for plot in loss.plots)
    assert high < 10
    assert other_low > 800
    assert [caption.full_text for caption in loss._captions] == ["SimCLR · 1 run", "MAE · 1 run"]
    assert all(caption.isVisible() for caption in loss._captions)
    # What they measure on the same data is on one axis.
    assert [set(plot.keys) for plot in card(panel, "eval.knn").plots] == [{"a", "b"}]
    # The line of chance stands in the plot of its own loss.
    assert [[y for y, _ in plot._marks.lines] for plot in loss.plots] == [[6.0], [901.0]]
    panel.set_visible("b", False)
    panel._draw(live=False)
    assert [plot.keys for plot in loss.plots] == [("a",)]
    assert not any(caption.isVisible() for caption in loss._captions)
    assert low < high
    assert other_low < other_high


def test_knn_on_other_data_is_not_on_the_same_axis(panel: CurvesPanel) -> None:
    panel.resize(720, 900)
    panel.add_run("b", "SimCLR · digits", "#ff0000", "simclr", "digits")
    panel.take_events("b", events(data="digits", knn=0.9))
    panel._draw(live=False)
    assert [set(plot.keys) for plot in card(panel, "eval.knn").plots] == [{"a"}, {"b"}]
    assert [set(plot.keys) for plot in card(panel, "loss").plots] == [{"a", "b"}]
    assert card(panel, "loss")._captions[0].full_text == "not equal: Data"


def test_a_card_without_room_says_what_it_leaves_out(panel: CurvesPanel) -> None:
    for number in range(6):
        key = f"m{number}"
        panel.add_run(key, key, "#ff0000", key, "shapes")
        panel.take_events(key, events(key))
    loss = card(panel, "loss")
    assert 1 < len(loss.plots) < 7
    assert f"{7 - len(loss.plots)} plots more" in loss._captions[len(loss.plots) - 1].full_text


def test_the_plot_of_the_chosen_run_always_has_room(panel: CurvesPanel) -> None:
    for number in range(6):
        key = f"m{number}"
        panel.add_run(key, key, "#ff0000", key, "shapes")
        panel.take_events(key, events(key, loss=100.0 * number))
    loss = card(panel, "loss")

    def drawn() -> list[str]:
        return [key for plot in loss.plots for key in plot.keys]

    before = drawn()
    assert "m5" not in drawn()
    panel.show_run("m5")
    panel._draw(live=False)
    assert drawn() == [*before[:-1], "m5"]
    low, high = loss.plots[-1]._box.viewRange()[1]
    assert low < 500 < high
    assert [y for y, _ in loss.plots[-1]._marks.lines] == [501.0]
    assert f"{7 - len(loss.plots)} plots more" in loss._captions[len(loss.plots) - 1].full_text
    panel.show_run(None)
    assert drawn() == before


def test_the_crosshair_goes_through_all_plots_of_a_card(panel: CurvesPanel) -> None:
    panel.add_run("b", "MAE · shapes", "#ff0000", "mae", "shapes")
    panel.take_events("b", events("mae", loss=900.0))
    panel._draw(live=False)
    first, second = card(panel, "loss").plots
    first._set_cursor(20.0)
    assert [row.title for row in second.cursor_rows()] == ["MAE · shapes"]


# Runs by seed


def config(seed: int, **others: object) -> dict[str, Any]:
    return {"method.id": "simclr", "train.seed": seed, "optim.lr": 0.1} | others


@pytest.fixture
def seeds(qtbot: QtBot) -> CurvesPanel:
    """Three seeds of one run, the last of which ended early, and another run."""
    configs = {key: config(seed) for seed, key in enumerate("abc")} | {"d": config(0, **{"optim.lr": 0.5})}
    made = on_screen(qtbot, CurvesPanel(model=Configs(configs)), 720, 684)  # type: ignore[arg-type]
    for number, key in enumerate("abcd"):
        made.add_run(key, f"SimCLR · shapes · s{number}", ["#ff0000", "#00ff00", "#0000ff", "#ffff00"][number], "simclr", "shapes")
        made.take_events(key, events(loss=4.0 + 2 * number, last=20 if key == "c" else 40, knn=0.1 + number / 10))
    made._toolbar.slider.setValue(0)
    return made


def test_seeds_are_drawn_as_mean_and_band(seeds: CurvesPanel) -> None:
    seeds.by_seed.setChecked(True)
    seeds._draw(live=False)
    plot = card(seeds, "loss").plot
    assert set(plot.keys) == {"seeds:a", "d"}
    x, y = plot._curves["seeds:a"].line.getData()
    mean = dict(zip(x[np.isfinite(y)].tolist(), y[np.isfinite(y)].tolist(), strict=True))
    # Losses of 4, 6 and 8 less the same slope; from step 21 on those of 4 and 6.
    assert mean[20.0] == pytest.approx(6 - 0.2)
    assert mean[30.0] == pytest.approx(5 - 0.3)
    # The line does not jump where a run ends: there is a gap.
    assert np.isnan(y[np.searchsorted(x, 20.5)])
    plot.show_cursor(20.0)
    (row,) = [row for row in plot.cursor_rows() if row.count]
    assert (row.title, row.count, row.deviation) == ("SimCLR · shapes", 3, pytest.approx(2.0))
    plot.show_cursor(30.0)
    (row,) = [row for row in plot.cursor_rows() if row.count]
    assert (row.count, row.deviation) == (2, pytest.approx(np.sqrt(2)))
    assert "2 seeds" in plot._table.text()
    assert "3 seeds" in seeds._legend.text()
    assert seeds._legend.isVisible()


def test_the_band_is_painted_and_the_single_runs_come_back(seeds: CurvesPanel) -> None:
    seeds.by_seed.setChecked(True)
    seeds._draw(live=False)
    plot = card(seeds, "loss").plot

    def colour_at(x: float, y: float) -> QColor:
        at = plot._box.mapViewToDevice(QPointF(x, y)).toPoint()
        return plot.viewport().grab().toImage().pixelColor(at)

    # The band is from 3.9 to 7.9, its line at 5.9; chance at 5, 7 and 9.
    inside, outside = colour_at(10.0, 6.5), colour_at(10.0, 8.5)
    assert inside.red() > outside.red() + 20
    assert inside.red() > inside.blue()
    seeds.by_seed.setChecked(False)
    seeds._draw(live=False)
    assert set(plot.keys) == set("abcd")
    assert not seeds._legend.isVisible()


def test_the_best_knn_of_a_mean_has_its_deviation(seeds: CurvesPanel) -> None:
    seeds.remove_run("d")
    seeds.by_seed.setChecked(True)
    seeds._draw(live=False)
    # At step 20 .12, .22 and .32; at step 40 .14 and .24.
    assert card(seeds, "eval.knn").state == "best .220 ± .100 @ 2 · last .190"


def test_a_mean_follows_a_run_that_trains(seeds: CurvesPanel) -> None:
    seeds.by_seed.setChecked(True)
    seeds._draw(live=False)
    seeds.take_events("c", [StepDone(21, 2.1, 7.79, 0.001, 900.0, 11.0)])
    seeds._draw(live=True)
    plot = card(seeds, "loss").plot
    plot.show_cursor(21.0)
    (row,) = [row for row in plot.cursor_rows() if row.count]
    assert (row.count, row.value) == (3, pytest.approx((3.79 + 5.79 + 7.79) / 3))


def test_hidden_runs_are_in_no_mean_and_one_run_is_none(seeds: CurvesPanel) -> None:
    seeds.by_seed.setChecked(True)
    for key in "bc":
        seeds.set_visible(key, False)
    assert set(card(seeds, "loss").plot.keys) == {"a", "d"}
    assert "No two of the runs" in seeds._legend.text()


def test_a_repeated_seed_is_left_out_of_the_mean(seeds: CurvesPanel) -> None:
    assert isinstance(seeds._model, Configs)
    seeds._model.known["d"] = config(0)
    seeds.by_seed.setChecked(True)
    plot = card(seeds, "loss").plot
    assert plot.keys == ("seeds:a",)
    seeds._draw(live=False)
    plot.show_cursor(20.0)
    assert [row.count for row in plot.cursor_rows()] == [3]
    assert "1 with a seed again left out" in seeds._legend.text()


def test_settings_that_come_later_make_the_groups(seeds: CurvesPanel) -> None:
    assert isinstance(seeds._model, Configs)
    known, seeds._model.known = seeds._model.known, {}
    seeds.by_seed.setChecked(True)
    assert set(card(seeds, "loss").plot.keys) == set("abcd")
    assert "Reading the settings of 4 runs" in seeds._legend.text()
    assert seeds._model.wanted == set("abcd")
    seeds._model.known = known
    seeds._model.configsChanged.emit(list("abcd"))
    assert set(card(seeds, "loss").plot.keys) == {"seeds:a", "d"}


def test_smoothing_is_of_each_run_and_the_csv_has_the_spread(seeds: CurvesPanel, tmp_path: Any) -> None:
    seeds.by_seed.setChecked(True)
    seeds._toolbar.slider.setValue(60)
    card(seeds, "loss").plot.write_csv(tmp_path / "loss.csv")
    head, *rows = (tmp_path / "loss.csv").read_text(encoding="utf-8").splitlines()
    assert head.split(",")[-2:] == ["deviation", "seeds"]
    of_mean = [row.split(",") for row in rows if row.startswith("SimCLR · shapes,")]
    assert [row[-1] for row in of_mean] == ["3"] * 20 + ["2"] * 20
    runs = {key: seeds._runs[key].history.series["loss"].smoothed(seeds.smoothing) for key in "ab"}
    assert float(of_mean[-1][6]) == pytest.approx((runs["a"][-1] + runs["b"][-1]) / 2)
    assert next(row.split(",")[-2:] for row in rows if row.startswith("SimCLR · shapes · s3")) == ["", ""]


# The plot itself


def test_the_ring_at_the_right_end_is_whole(qtbot: QtBot) -> None:
    plot = on_screen(qtbot, CurvePlot("kNN"), 200, 110)
    series = Series()
    for step in range(1, 11):
        series.append(step / 10, step=step, epoch=step)
    plot.set_curve("a", series, "a", "#00ff00")
    plot.set_best("max")
    plot.refresh()
    at = plot._box.mapViewToDevice(QPointF(10.0, 1.0)).x()
    assert plot._box.sceneBoundingRect().right() - at >= 6


def test_a_band_on_a_logarithmic_axis_that_reaches_zero_is_drawn(qtbot: QtBot) -> None:
    from workbench.models.mean_series import MeanSeries

    plot = on_screen(qtbot, CurvePlot("loss"), 300, 200)
    members = []
    for value in (0.1, 4.0):
        series = Series()
        for step in range(1, 11):
            series.append(value, step=step)
        members.append(series)
    plot.set_curve("a", MeanSeries(members), "a", "#00ff00")
    plot.set_log(False, True)
    plot.refresh()
    curve = plot._curves["a"]
    assert curve.band is not None
    assert curve.band.parts == 1
    low, high = plot._box.viewRange()[1]
    assert low < np.log10(2.05) < np.log10(2.05 + 3.9 / np.sqrt(2)) < high
    assert low > -2  # the lower edge, which is below 0, does not widen the range


def test_a_gap_divides_a_band(qtbot: QtBot) -> None:
    from workbench.models.mean_series import MeanSeries

    plot = on_screen(qtbot, CurvePlot("loss"), 300, 200)
    members = []
    for value in (1.0, 4.0):
        series = Series()
        for step in range(1, 21):
            series.append(np.nan if step == 10 else value, step=step)
        members.append(series)
    plot.set_curve("a", MeanSeries(members), "a", "#00ff00")
    plot.refresh()
    assert plot._curves["a"].band is not None
    assert plot._curves["a"].band.parts == 2


TASK = tuple("eval.task" if name == "eval.knn" else name for name in DEFAULT)


def test_the_first_start_shows_the_task_where_no_run_has_a_knn(qtbot: QtBot) -> None:
    """Images without labels have no kNN, nor has an agent: an empty plot would stand in a good place."""
    panel = on_screen(qtbot, CurvesPanel(), 720, 684)
    panel.add_run("agent", "CURL · visit", DARK, "curl", "visit")
    started = events("curl", "visit")
    panel.take_events("agent", [event for event in started if not isinstance(event, EvalDone)])
    assert panel.plots == DEFAULT  # nothing is measured yet
    panel.take_events("agent", [EvalDone(1, 10, {"task": 0.4}, 1.0)])
    assert panel.plots == TASK
    assert card(panel, "eval.task").keys == {"agent"}
    panel.add_run("a", "SimCLR · shapes", DARK, "simclr", "shapes")
    panel.take_events("a", started)
    assert panel.plots == DEFAULT
    panel.set_visible("a", False)
    assert panel.plots == TASK


def test_plots_that_the_user_chose_do_not_follow_the_runs(qtbot: QtBot, panel: CurvesPanel, tmp_path: Path) -> None:
    panel.show_plot("lr", True)
    panel.take_events("a", [EvalDone(5, 41, {"task": 0.4}, 1.0)])
    panel.set_visible("a", False)
    assert panel.plots == (*DEFAULT, "lr")
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    panel.save(settings)
    again = on_screen(qtbot, CurvesPanel(), 720, 684)
    again.restore(settings)
    assert again.plots == (*DEFAULT, "lr")
    panel.reset_layout()
    assert panel.plots == DEFAULT


def test_plots_that_followed_the_runs_are_saved_as_those_of_the_first_start(qtbot: QtBot, tmp_path: Path) -> None:
    panel = on_screen(qtbot, CurvesPanel(), 720, 684)
    panel.add_run("agent", "CURL · visit", DARK, "curl", "visit")
    panel.take_events("agent", [EvalDone(1, 10, {"task": 0.4}, 1.0)])
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    panel.save(settings)
    again = on_screen(qtbot, CurvesPanel(), 720, 684)
    again.restore(settings)
    assert again.plots == DEFAULT
