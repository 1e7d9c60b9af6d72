"""The Invariance panel: what it reads and asks, that its words, dots and table are of the figures, and that it compares runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from engine.runs.invariance_file import difference
from tests.workbench.painted import painted_texts
from tests.workbench.panels.on_screen import on_screen
from tests.workbench.stand_ins import HeldAsker, invariance_of
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance, StoredInvariance
from workbench.models.runs import RunRow, RunsModel
from workbench.panels.invariance.epoch_plot import CoursePlot
from workbench.panels.invariance.panel import InvariancePanel
from workbench.plots import saving


class Answers:
    """What is stored, by folder; measuring a run stores it."""

    def __init__(self) -> None:
        self.stored = {"run": invariance_of("run"), "other": invariance_of("other", lift=0.1), "empty": None}
        self.stale: set[str] = set()
        self.ready, self.kept = True, 1

    def __call__(self, question):
        if isinstance(question, MeasureInvariance):
            self.stale.discard(question.folder)
            self.stored[question.folder] = invariance_of(question.folder)
        return StoredInvariance(question.folder, self.stored[question.folder], question.folder in self.stale, self.kept, self.ready)


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def fake(answers):
    return HeldAsker(answers)


@pytest.fixture
def runs(qapp):
    made = RunsModel()
    made.adopt([RunRow(key=name, folder=name, title=name.title()) for name in ("run", "other", "empty")])
    return made


@pytest.fixture
def panel(qtbot, fake, runs):
    return on_screen(qtbot, InvariancePanel(fake, runs), 1000, 590)


def test_without_a_run_it_says_what_to_do_and_asks_nothing(panel, fake):
    assert fake.questions == []
    assert "Choose a run" in panel.empty.text()
    assert panel.below.isHidden()
    assert panel.measure_button.isHidden()


def test_a_hidden_panel_reads_when_it_is_seen_and_once(panel, fake):
    panel.hide()
    panel.show_run("run")
    assert fake.questions == []
    panel.show()
    panel.hide()
    panel.show()
    assert fake.questions == [ReadInvariance("run")]


def test_what_was_measured_reads_as_a_sentence(panel):
    panel.show_run("run")
    assert "Backbone keeps <b>shape</b>; partly size; discards <b>brightness</b>." in panel.summary.text()
    assert "Training added shape; removed brightness." in panel.summary.text()
    assert panel.empty.isHidden()
    assert "300 test images" in panel.card.state


def test_dots_lie_where_the_figures_say(panel):
    panel.show_run("run")
    chart = panel.chart
    assert chart.x_of(1) - chart.x_of(0) == pytest.approx(2 * (chart.x_of(0.5) - chart.x_of(0)))
    picture = chart.grab().toImage()
    scale = picture.devicePixelRatio()
    row = chart.row_rect(0)
    colour = picture.pixelColor(QPoint(int(chart.x_of(0.8) * scale), int((row.top() + 8) * scale)))
    assert colour.name() == "#5aa9e6"  # the backbone's, in the upper lane of the row


def test_the_slider_goes_through_the_epochs(panel):
    panel.show_run("run")
    assert [panel.epoch.maximum(), panel.shown_epoch] == [2, 4]
    panel.epoch.setValue(0)
    assert panel.shown_epoch == 0
    assert panel.epoch_words.text() == "untrained"
    assert "discards" not in panel.summary.text()


def test_keys_and_clicks_choose_a_factor_and_its_figures_are_said(panel, qtbot):
    panel.show_run("run")
    panel.chart.setFocus()
    qtbot.keyClick(panel.chart, Qt.Key.Key_End)
    assert panel.factor.title == "brightness"
    assert "R² 0.05 (0.02 – 0.08)" in panel.factor.detail.text()
    assert "a change of −0.65" in panel.factor.detail.text()
    assert "of this run vary it" in panel.factor.detail.text()
    assert "brightness" in panel.chart.accessibleDescription()
    qtbot.mouseClick(panel.chart, Qt.MouseButton.LeftButton, pos=panel.chart.row_rect(1).center().toPoint())
    assert panel.factor.title == "size"
    qtbot.keyClick(panel.chart, Qt.Key.Key_Up)
    assert panel.factor.title == "shape"


def test_another_run_is_compared_with(panel):
    panel.show_run("run")
    panel.others.setCurrentIndex(panel.others.findData("other"))
    panel.others.activated.emit(panel.others.currentIndex())
    one, two = (invariance_of(name, lift=lift).factors[0].at("features", 4) for name, lift in (("run", 0), ("other", 0.1)))
    gap, low, high = difference(one, two)
    assert (round(gap, 6), high < 0 or low > 0) == (-0.1, True)
    assert "Against Other: less of " in panel.summary.text()
    assert "shape −0.10" in panel.summary.text()
    assert "−0.10" in panel.table.figures.text()
    assert panel.chart.grab().width() > 0


def test_a_run_that_was_not_measured_cannot_be_compared_with_and_says_why(panel):
    panel.show_run("run")
    panel.others.setCurrentIndex(panel.others.findData("empty"))
    panel.others.activated.emit(panel.others.currentIndex())
    assert "has not been measured" in panel.empty.text()
    assert not panel.empty.isHidden()
    assert "Against" not in panel.summary.text()


def test_the_chosen_run_is_not_among_the_others(panel):
    panel.show_run("other")
    folders = [panel.others.itemData(index) for index in range(panel.others.count())]
    assert folders == ["", "run", "empty"]


def test_measuring_tells_how_far_it_is_and_shows_what_came(panel, fake):
    fake.at_once = False
    panel.show_run("empty")
    fake.reply()
    assert "Not measured yet" in panel.empty.text()
    panel.measure_button.click()
    assert fake.questions[-1] == MeasureInvariance("empty", every=False, again=False)
    assert panel.cancel_button.isVisible()
    panel.every.setCurrentIndex(1)
    fake.reply()
    assert "keeps" in panel.summary.text()
    assert panel.cancel_button.isHidden()


def test_cancelled_measuring_is_called_off_and_its_answer_not_shown(panel, fake, qtbot):
    fake.at_once = False
    panel.show_run("empty")
    fake.reply()
    panel.measure_button.click()
    with qtbot.waitSignal(panel.cancelled):
        panel.cancel_button.click()
    fake.waiting.pop(0)
    fake.reply()
    assert panel.measure_button.isVisible()
    assert panel.result is None


@pytest.mark.parametrize(("shown", "there", "goes_on"), [("empty", True, True), ("empty", False, False), ("run", True, False)])
def test_a_panel_in_a_new_window_goes_on_measuring_its_run(panel, fake, runs, qtbot, answers, shown, there, goes_on):
    fake.at_once = False
    panel.show_run("empty")
    fake.reply()
    panel.measure_button.click()
    panel._show_progress(panel._measuring, 0.4)
    heir = on_screen(qtbot, InvariancePanel(HeldAsker(answers), runs), 1000, 590)
    heir.show_run(shown)
    taken = []

    def take_over(question, *hearing):
        taken.append((question, hearing))
        return there

    heir.adopt(panel, take_over)
    assert heir.cancel_button.isVisible() == goes_on
    if not goes_on:
        assert heir.measure_button.isVisible()
        return
    ((question, (_, failed, progress)),) = taken
    assert question == MeasureInvariance("empty")
    assert heir.bar.value() == 40
    progress(0.6)
    assert heir.bar.value() == 60
    assert "60 %" in heir.card.state
    failed("No data.")
    assert heir.empty.text() == "No data."
    assert heir.measure_button.isVisible()
    heir.adopt(panel, take_over)
    taken[-1][1][0](answers(question))
    assert "keeps" in heir.summary.text()
    assert heir.cancel_button.isHidden()


def test_every_kept_checkpoint_may_be_asked_for(panel, fake, answers):
    answers.stored["run"] = invariance_of("run", epochs=(0, 4))
    panel.show_run("run")
    panel.every.setCurrentIndex(1)
    panel.measure_button.click()
    assert fake.questions[-1] == MeasureInvariance("run", every=True, again=False)
    panel.measure_button.click()
    assert fake.questions[-1] == MeasureInvariance("run", every=True, again=True)


def test_a_newer_checkpoint_is_said_and_measured_without_being_forced(panel, fake, answers):
    panel.show_run("run")
    answers.stale.add("run")
    panel.checkpoint_saved("run")
    assert "newer checkpoint" in panel.card.state
    panel.measure_button.click()
    assert fake.questions[-1] == MeasureInvariance("run", every=False, again=False)
    assert "newer" not in panel.card.state


def test_a_run_without_a_checkpoint_waits_for_one(panel, answers):
    answers.ready = False
    panel.show_run("empty")
    assert "no checkpoint yet" in panel.empty.text()
    assert not panel.measure_button.isEnabled()


def test_what_went_wrong_is_said_without_its_traceback(panel, fake):
    fake.at_once = False
    panel.show_run("empty")
    fake.reply()
    panel.measure_button.click()
    fake.refuse("run must be readable.\n\nTraceback: here")
    assert panel.empty.text() == "run must be readable."
    assert panel.measure_button.isVisible()


def test_an_answer_about_a_run_that_is_no_longer_shown_is_dropped(panel, fake):
    fake.at_once = False
    panel.show_run("run")
    panel.show_run("other")
    fake.reply()
    assert panel.result is None
    fake.reply()
    assert panel.result is not None
    assert panel.result.run == "other"


def test_every_figure_is_exported_as_csv_with_those_of_the_other_run(panel, tmp_path):
    panel.show_run("run")
    panel.export_csv(tmp_path / "one.csv")
    with (tmp_path / "one.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    result = panel.result
    # Three factors: the pixels once, two spaces at three epochs.
    assert len(lines) == 3 * (1 + 2 * 3)
    for line in lines:
        assert line["run"] == "Run"
        factor = next(factor for factor in result.factors if factor.name == line["factor"])
        assert int(line["test_images"]) == 300
        assert line["views_vary_it"] == {"shape": "", "size": "", "brightness": "true"}[factor.name]
        reading = factor.pixels if line["space"] == "pixels" else factor.at(line["space"], int(line["epoch"]))
        for name in ("score", "low", "high", "kept", "kept_low", "kept_high", "gain", "gain_low", "gain_high"):
            assert float(line[name]) == pytest.approx(getattr(reading, name), rel=1e-5, abs=1e-9)
        assert line["verdict"] == reading.verdict
    compare(panel, "other")
    panel.export_csv(tmp_path / "two.csv")
    with (tmp_path / "two.csv").open(encoding="utf-8", newline="") as file:
        assert [line["run"] for line in csv.DictReader(file)] == ["Run"] * 21 + ["Other"] * 21


def compare(panel, folder):
    panel.others.setCurrentIndex(panel.others.findData(folder))
    panel.others.activated.emit(panel.others.currentIndex())


def test_the_chart_is_a_figure_with_the_run_that_it_is_compared_with(panel):
    assert panel.figure_source() is None
    panel.show_run("run")
    source = panel.figure_source()
    assert (source.name, source.make(frozenset()).title) == ("invariance_run_epoch_004", "Run, epoch 4")
    compare(panel, "other")
    figure = panel.figure_source().make(frozenset())
    assert figure.title == "Run, epoch 4 – Other"
    assert any(mark.hollow for mark in figure.plots[0].marks)


def test_the_menu_exports_the_numbers_or_makes_a_figure(panel, qtbot, tmp_path, monkeypatch):
    names, warnings = [], []

    def ask(parent, title, name, kinds):
        names.append(name)
        return tmp_path / "nowhere" / name

    monkeypatch.setattr(saving, "ask_path", ask)
    monkeypatch.setattr(saving.QMessageBox, "warning", lambda *words: warnings.append(words[-1]))
    assert panel.export_button.isHidden()
    panel.show_run("run")
    actions = {action.text(): action for action in panel.export_button.menu().actions()}
    with qtbot.waitSignal(panel.figureRequested):
        actions["Figure…"].trigger()
    actions["Export numbers as CSV…"].trigger()
    assert names == ["invariance_run.csv"]
    assert "must be a file that can be written" in warnings[0]


def test_the_table_is_copied_whole(panel, qtbot):
    panel.show_run("run")
    panel.copy_button.click()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert len(lines) == 4
    assert all(len(line) == len(lines[0]) for line in lines)
    row = next(line for line in lines if line[0] == "shape")
    assert row[lines[0].index("Backbone, epoch 4")] == "0.80 (0.77 – 0.83) kept"


def test_it_fits_beside_the_list_on_a_small_screen(panel):
    panel.show_run("run")
    assert panel.minimumSizeHint().width() <= 1000
    assert panel.minimumSizeHint().height() <= 590
    assert Path(panel.result.run).name == "run"


def test_the_first_epoch_stands_below_the_start_of_the_axis(qtbot):
    plot = on_screen(qtbot, CoursePlot(), 260, 110)
    plot.show_factor(invariance_of("run").factors[0], (0, 2, 4), 4)
    texts = {text.text: text.x for text in painted_texts(plot)}
    assert texts["untrained"] > texts["0.5"] + 8, "not below the numbers of the other axis"
    assert texts["epoch 4"] > texts["untrained"]


def test_in_a_small_panel_the_chart_has_signs_without_words_and_the_course_its_height(qtbot, fake, runs):
    made = on_screen(qtbot, InvariancePanel(fake, runs), 688, 420)
    made.show_run("run")
    assert made.width() == 688, "nothing is scrolled sideways"
    assert made.below.height() >= 300
    assert made.factor.course.height() >= 70
    figures = [one.text.strip() for one in painted_texts(made.chart) if one.text.startswith("●")]
    assert figures
    assert all(text.replace("● ", "").replace(".", "").isdigit() for text in figures)
    made.resize(1200, 700)
    assert f"{figures[0]} kept" in [one.text for one in painted_texts(made.chart)]
