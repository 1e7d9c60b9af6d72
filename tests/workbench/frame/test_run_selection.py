"""Which panels get the events of runs, and how often."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.events import EmbeddingDone, EvalDone, RunEnded, RunStarted, StepDone
from engine.runs.reader import METRICS, truncate_metrics
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.question import Question
from workbench.bridge.run_questions import ReadMetrics
from workbench.models.runs import RunsModel
from workbench.panels.runs.runs_view import CellDelegate
from workbench.widgets.panel_error import PanelError
from workbench.window import Window


class Answers(StandInAnswers):
    """Records the offsets from which metrics are read."""

    def __init__(self) -> None:
        super().__init__()
        self.offsets: list[int] = []

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> object:
        if isinstance(question, ReadMetrics):
            self.offsets.append(question.offset)
        return super().__call__(question, progress, wanted)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, answers: Answers) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), answers)
    it = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(it, before_close_func=lambda window: window.bridge.close(10))
    it.resize(1280, 720)
    it.show()
    qtbot.waitUntil(lambda: it.setup.ready, timeout=5000)
    it._poll.stop()
    return it


def step(number: int) -> StepDone:
    return StepDone(number, number / 10, 8.0 - number / 100, 0.1, 100.0, number / 10)


def own_run(window: Window) -> str:
    folder = str(create_folder(window.bridge.root, RunConfig(name="mine")))
    window.runs.add_job("job", "mine", "simclr", "shapes")
    window.runs.job_changed("job", folder, "running")
    window.list.select(folder)
    return folder


def started(at: int = 0) -> RunStarted:
    return RunStarted("r", "simclr", "shapes", "cpu", "fp32", at, 400, 10, 8, 80, 1234, {})


def at(window: Window, folder: str) -> int:
    row = window.runs.row(folder)
    assert row is not None
    return row.status.step


def test_lists_show_steps_twice_a_second_and_other_events_at_once(window: Window, qtbot: QtBot) -> None:
    folder = own_run(window)
    changed: list[str] = []
    window.runs.rowChanged.connect(changed.append)
    for number in range(1, 101):
        window.run_selection.take_events(folder, [step(number)])
    assert at(window, folder) == 1
    assert len(changed) == 1
    window.run_selection.take_events(folder, [step(101), EvalDone(10, 101, {"knn": 0.5}, 1.0)])
    assert at(window, folder) == 101
    assert len(changed) == 2
    window.run_selection.take_events(folder, [step(102)])
    window.run_selection.take_events(folder, [EvalDone(10, 102, {"knn": 0.6}, 1.0)])
    assert at(window, folder) == 102, "the step that waited is not lost behind an evaluation in a bundle of its own"
    window.run_selection.take_events(folder, [step(103)])
    assert at(window, folder) == 102
    qtbot.waitUntil(lambda: at(window, folder) == 103)
    # The curves got every step at once.
    assert window.curves._runs[folder].history.series["loss"].size == 103


@pytest.fixture
def measured_cells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A one for each time that a cell of the table is measured or painted. Qt keeps the method that it finds first."""
    calls: list[int] = []
    style = CellDelegate.initStyleOption
    monkeypatch.setattr(CellDelegate, "initStyleOption", lambda self, *what: (calls.append(1), style(self, *what))[1])
    return calls


def test_a_hidden_table_measures_no_cell(measured_cells: list[int], window: Window, qtbot: QtBot) -> None:
    folder = own_run(window)
    window.go("compare")
    qtbot.waitUntil(lambda: bool(measured_cells))
    window.go("train")
    qtbot.waitUntil(lambda: not window.table.isVisible())
    measured_cells.clear()
    steps = itertools.count(1)
    for _ in range(5):
        window.runs.feed(folder, [step(next(steps))])
    assert measured_cells == []
    window.go("compare")

    def measured() -> bool:
        window.runs.feed(folder, [step(next(steps))])
        return bool(measured_cells)

    qtbot.waitUntil(measured)


def test_only_new_metrics_of_a_run_of_another_process_are_read(window: Window, qtbot: QtBot, answers: Answers) -> None:
    folder = create_folder(window.bridge.root, RunConfig(name="theirs"))
    key = str(folder)

    def look(size: int) -> None:
        window.refresh()
        qtbot.waitUntil(lambda: loss() == size, timeout=5000)

    def loss() -> int:
        run = window.curves._runs.get(key)
        return run.history.series["loss"].size if run is not None and "loss" in run.history.series else 0

    with RunWriter(folder) as write:
        for event in (started(), *map(step, range(1, 21))):
            write(event)
        write(EvalDone(2, 20, {"knn": 0.2}, 0.1))
        look(20)
        before = (folder / METRICS).stat().st_size
        for number in range(21, 31):
            write(step(number))
        write(EvalDone(3, 30, {"knn": 0.3}, 0.1))
        look(30)
        assert answers.offsets[0] == 0
        assert answers.offsets[-1] == before
        # The end of the run is read too, and then nothing more.
        write(step(31))
        write(RunEnded("finished", 31, 3.1))
    look(31)
    read = len(answers.offsets)
    window.refresh()
    assert len(answers.offsets) == read
    # Resumed from step 20: later steps are removed, and the curve continues from there.
    truncate_metrics(folder, 20)
    with RunWriter(folder) as write:
        write(started(20))
        write(step(21))
        write(EvalDone(3, 21, {"knn": 0.25}, 0.1))
        look(22)  # a gap among them
        assert window.curves._runs[key].history.series["loss"].x("step").tolist() == [*range(1, 21), 20, 21]
        write(dataclasses.replace(step(22), loss=1.5))
        write(RunEnded("stopped", 22, 2.2))
    look(23)
    assert window.curves._runs[key].history.series["loss"].y[-1] == 1.5


def two_runs(window: Window) -> tuple[str, str]:
    """Two finished runs on disk with a snapshot each."""
    folders = []
    for name, method in (("first", "simclr"), ("second", "byol")):
        folder = create_folder(window.bridge.root, RunConfig(name=name))
        with RunWriter(folder) as write:
            write(RunStarted(name, method, "shapes", "cpu", "fp32", 0, 400, 10, 8, 80, 1234, {}))
            write(EmbeddingDone(1, 1, np.zeros((40, 8), np.float16), np.arange(40), np.arange(40) % 4))
            write(RunEnded("finished", 1, 1.0))
        folders.append(str(folder))
    window.refresh()
    return folders[0], folders[1]


def click_run(window: Window, key: str) -> None:
    view = window.list.list
    model = view.model()
    indices = [model.index(row, 0) for row in range(model.rowCount())]
    index = next(one for one in indices if one.data(RunsModel.RowRole).key == key)
    view.scrollTo(index)
    spot = view.visualRect(index).topLeft() + QPoint(40, 10)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_another_run_can_be_selected_while_the_trail_of_a_marked_sample_is_drawn(window: Window, qtbot: QtBot) -> None:
    """A regression test: rows of the previous map were used as indices of the next map, which had no points yet."""
    first, second = two_runs(window)
    window.go("explore")
    click_run(window, first)
    plot = window.embedding.plot
    qtbot.waitUntil(lambda: len(plot.xy) == 40)
    window.embedding.tools.trails.click()
    spot = plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(*plot.xy[5].tolist())))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert plot.marked >= 0
    with qtbot.captureExceptions() as raised:
        click_run(window, second)
    assert raised == []
    assert window.run_selection.selected == second
    assert [window.embedding._folder, window.evaluate._folder, window.pairs._folder] == [second] * 3
    qtbot.waitUntil(lambda: len(plot.xy) == 40)


def test_a_failing_panel_shows_its_error_and_the_others_show_the_run(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, panel_errors: list[str]
) -> None:
    first, second = two_runs(window)
    click_run(window, first)
    monkeypatch.setattr(window.pairs, "show_run", lambda folder: [][3])
    click_run(window, second)
    error = window.pairs.findChild(PanelError)
    assert error is not None
    assert "'second' cannot be shown here: IndexError" in error.text
    assert panel_errors == ["'second' cannot be shown here: IndexError: list index out of range."]
    panel_errors.clear()
    assert [window.embedding._folder, window.invariance._folder, window.evaluate._folder] == [second] * 3
    assert window.versus.left.choice.folder == second
    assert not window.pairs.choices.isEnabledTo(window.pairs)
    assert error.size() == window.pairs.size()
    monkeypatch.undo()
    error.retry.click()
    assert error.text == ""
    assert window.pairs._folder == second
    assert window.pairs.choices.isEnabledTo(window.pairs)


def test_a_run_whose_metrics_cannot_be_drawn_leaves_the_curves_of_the_others(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, panel_errors: list[str]
) -> None:
    folder = own_run(window)
    window.go("train")  # a hidden workspace is not laid out
    monkeypatch.setattr(window.curves, "take_events", lambda key, events: 1 / 0)
    window.run_selection.take_events(folder, [step(1)])
    window.run_selection.take_events(folder, [step(2)])
    assert panel_errors == ["'mine' cannot be shown here: ZeroDivisionError: division by zero."]
    panel_errors.clear()
    error = window.curves.findChild(PanelError)
    assert error is not None
    assert error.height() < window.curves.height()
    assert window.health._watches[folder] is not None
    error.close_button.click()
    assert error.text == ""


def click_row(window: Window, key: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    view = window.table.view
    spot = view.visualRect(window.table.order.index_of(key)).topLeft() + QPoint(60, 10)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, spot)


def test_ctrl_click_in_compare_adds_a_run_to_the_selection_and_removes_it(window: Window, qtbot: QtBot) -> None:
    first, second = two_runs(window)
    window.go("compare")
    click_row(window, first)
    assert window.run_selection.selected == first
    click_row(window, second, Qt.KeyboardModifier.ControlModifier)
    assert sorted(window.table.chosen) == sorted((first, second))
    assert sorted(window.table.view.chosen()) == sorted((first, second))
    assert window.run_selection.selected == second
    click_row(window, second, Qt.KeyboardModifier.ControlModifier)
    assert window.table.chosen == [first]
    click_row(window, first, Qt.KeyboardModifier.ControlModifier)
    assert window.table.chosen == []
    click_row(window, first)
    click_row(window, second, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(window.table.chosen) == sorted((first, second))


def test_a_filter_that_hides_the_selected_run_does_not_change_the_selection(window: Window, qtbot: QtBot) -> None:
    first, second = two_runs(window)
    click_run(window, second)
    for field in (window.list._filter, window.table.filter):
        field.setText("first")
        assert window.run_selection.selected == second
        assert window.embedding._folder == second
        field.clear()
        assert window.run_selection.selected == second
    assert window.list.current().key == second
    click_run(window, first)
    assert window.run_selection.selected == first


def test_a_run_started_by_the_queue_does_not_change_the_selection(qtbot: QtBot, tmp_path: Path) -> None:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(hold=True), StandInAnswers())
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(10))
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready, timeout=5000)
    done, _ = two_runs(window)
    window.start()
    qtbot.waitUntil(
        lambda: window.run_selection.selected not in ("", done), timeout=5000
    )  # a run that is started by the user is selected
    begun = window.run_selection.selected
    assert window.list.current().key == begun
    window.start()
    window.start()
    click_run(window, done)
    window.go("explore")

    def going(number: int) -> bool:
        return sum(bool(job.folder) for job in bridge.jobs()) == number

    window.stop()
    qtbot.waitUntil(lambda: going(2), timeout=5000)
    qtbot.waitUntil(lambda: not [row for row in window.runs.rows() if row.key == bridge.jobs()[1].key], timeout=5000)
    assert [window.run_selection.selected, window.embedding._folder, window.list.current().key] == [done] * 3
    # It has a quiet mark until it is selected.
    assert window.runs.row(bridge.jobs()[1].folder).news
    click_run(window, bridge.jobs()[1].folder)
    assert not window.runs.row(bridge.jobs()[1].folder).news
    window.stop()
    qtbot.waitUntil(lambda: going(3), timeout=5000)
    assert window.list.current().key == window.run_selection.selected == bridge.jobs()[1].folder
    window.stop()
    qtbot.waitUntil(lambda: bridge.current() is None, timeout=5000)
