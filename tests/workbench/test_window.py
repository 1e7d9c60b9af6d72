"""The window: runs from start to end, colours of runs, closing, languages and themes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QMessageBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from engine.config.sweep import axis, sweep
from engine.execute.progress import Cancelled
from engine.runs.reader import read_config
from tests.workbench.bridge.test_queue import write_search
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import DescribeData
from workbench.bridge.evaluate_questions import EvaluateRun
from workbench.bridge.invariance_questions import MeasureInvariance
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.question import Question
from workbench.bridge.run_questions import ReadConfigs
from workbench.bridge.saved_queue import read_queues
from workbench.frame.actions import SECTIONS, SUBMENUS
from workbench.i18n.load import Translations
from workbench.requests import StartSearch
from workbench.window import ACTIONS, PANELS, WORKSPACES, Window

Make = Callable[..., Window]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Make:
    def window(hold: bool = False, answers: StandInAnswers | None = None, root: Path | None = None) -> Window:
        bridge = Bridge(root or tmp_path / "runs", StandInTrainer(hold), answers or StandInAnswers())
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        it = build_window(bridge, settings)
        qtbot.addWidget(it, before_close_func=lambda window: window.bridge.close(10))
        it.resize(1280, 720)
        it.show()
        qtbot.waitUntil(lambda: it.setup.ready, timeout=5000)
        return it

    return window


def test_the_first_window_fits_the_screen_and_a_set_size_is_kept(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    screen = QApplication.primaryScreen().availableGeometry()
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    window = build_window(bridge, QSettings(str(tmp_path / "new.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(10))
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready, timeout=5000)
    assert window.width() <= screen.width()
    assert window.frameGeometry().height() <= screen.height()
    assert (make().width(), make().height()) == (1280, 720)


def train_once(window: Window, qtbot: QtBot) -> None:
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)


def run_through(window: Window, qtbot: QtBot) -> str:
    train_once(window, qtbot)
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    return window.runs.rows()[-1].key


def test_a_finished_run_is_shown_by_every_panel(make: Make, qtbot: QtBot) -> None:
    window = make()
    key = run_through(window, qtbot)
    row = window.runs.row(key)
    assert row is not None
    assert (row.state, row.status.step, row.status.steps, row.status.best) == ("finished", 8, 8, pytest.approx(0.7))
    assert window.workspace == "train"
    assert window.notice.text == ""
    assert len(window.runs.rows()) == 1
    assert window.embedding.current_epoch == 2
    assert window.list.current() is not None
    assert window.list.current().key == key


def test_a_search_shows_each_of_its_runs_as_a_row_of_its_own(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    window, out = make(), write_search(tmp_path)
    window.take_request(StartSearch(str(out)))
    qtbot.waitUntil(lambda: len(window.runs.rows()) == 2, timeout=10_000)
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    window.refresh()
    rows = window.runs.rows()
    assert [row.state for row in rows] == ["finished", "finished"]
    assert len({row.key for row in rows}) == 2
    assert all(Path(row.folder).parent == tmp_path / "runs" for row in rows)
    # The run that trains is followed from one to the next.
    assert window.list.current() is not None
    assert window.list.current().key == next(job.folder for job in window.bridge.jobs())
    assert window.notice.text == ""


def test_buttons_match_the_state_of_the_run(make: Make, qtbot: QtBot) -> None:
    window = make(hold=True)
    assert window.top.start_button.text() == "Start"
    assert not window.top.stop_button.isEnabled()
    window.start()
    qtbot.waitUntil(lambda: window.top.stop_button.isEnabled() and window.top.pause_button.isEnabled())
    assert window.top.start_button.text() == "Queue"
    window.toggle_pause()
    qtbot.waitUntil(lambda: window.top.pause_button.text() == "Continue")
    window.toggle_pause()
    qtbot.waitUntil(lambda: window.top.pause_button.text() == "Pause")
    window.stop()
    qtbot.waitUntil(lambda: window.top.start_button.text() == "Start", timeout=10_000)
    qtbot.waitUntil(lambda: [row.state for row in window.runs.rows()] == ["stopped"])


def test_a_second_start_is_queued_and_can_be_withdrawn(make: Make, qtbot: QtBot) -> None:
    window = make(hold=True)
    window.start()
    qtbot.waitUntil(lambda: window.bridge.current() is not None and window.bridge.current().folder != "")
    window.start()
    qtbot.waitUntil(lambda: [row.state for row in window.runs.rows()].count("queued") == 1)
    waiting = next(row for row in window.runs.rows() if row.state == "queued")
    window.list.commandAsked.emit("withdraw", waiting.key)
    qtbot.waitUntil(lambda: len(window.runs.rows()) == 1)


def test_a_sweep_is_trained_run_by_run(make: Make, qtbot: QtBot) -> None:
    window = make()
    drafts = sweep({"method": {"id": "simclr"}}, [axis("optim.lr", "0.01, 0.1"), axis("train.seed", "0..1")], "lr")
    window.setup.sweepAsked.emit(drafts)
    qtbot.waitUntil(lambda: [row.state for row in window.runs.rows()] == ["finished"] * 4, timeout=20_000)
    configs = [read_config(Path(row.folder)) for row in sorted(window.runs.rows(), key=lambda row: row.title)]
    assert [(one["optim"]["lr"], one["train"]["seed"]) for one in configs] == [(0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]
    assert window.workspace == "train"


def test_a_thousand_runs_are_queued_with_one_insertion(make: Make, qtbot: QtBot) -> None:
    """Inserted one by one they made the window hang for seconds, because the list was sorted a thousand times."""
    window = make(hold=True)
    inserted: list[int] = []
    window.runs.rowsInserted.connect(lambda _, first, last: inserted.append(1 + last - first))
    drafts = sweep({"method": {"id": "simclr"}, "name": "a/b: c"}, [axis("train.seed", "0..999")])
    window.setup.sweepAsked.emit(drafts)
    assert inserted == [1000]
    assert len(window.bridge.jobs()) == 1000
    assert window.workspace == "train"
    window.leave("stop")
    qtbot.waitUntil(lambda: not any(job.live or job.waits for job in window.bridge.jobs()), timeout=10_000)


def test_a_replaced_window_gets_no_answer(make: Make, qtbot: QtBot) -> None:
    window = make()
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    answers: list[object] = []
    window.bridge.ask(ReadConfigs(()), answers.append, answers.append)
    window.retire()
    window.bridge.ask(ReadConfigs((), "mine"), lambda _: answers.append("mine"))
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    assert answers == ["mine"]


class HeldAnswers(StandInAnswers):
    """Evaluations and invariance measurements wait until `gate` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.called_off: list[Question] = []

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
        if isinstance(question, (EvaluateRun, MeasureInvariance)):
            progress(0.25)
            while not self.gate.wait(0.01):
                if not wanted():
                    self.called_off.append(question)
                    raise Cancelled
            progress(0.5)
        return super().__call__(question, progress, wanted)


@pytest.mark.parametrize("cancel", [False, True], ids=["ends", "cancelled"])
def test_measurements_continue_in_the_window_of_another_language(make: Make, qtbot: QtBot, cancel: bool) -> None:
    answers = HeldAnswers()
    window = make(answers=answers)
    run_through(window, qtbot)
    window.evaluate.start()
    window.invariance.measure()
    qtbot.waitUntil(lambda: window.evaluate.bar.value() == 250)
    workspace = window.workspace
    window.retire()
    new = Window(window.bridge, window.settings)
    qtbot.addWidget(new)
    new.adopt(window)
    new.go(workspace)
    new.show()
    window.hide()
    assert new.evaluate.bar.value() == 250
    assert not new.evaluate.bar.isHidden()
    assert not new.invariance.cancel_button.isHidden()  # it waits for the evaluation
    if cancel:
        new.invariance.cancel()  # first: it begins as soon as the evaluation is over
        new.evaluate.cancel()
        qtbot.waitUntil(lambda: not new.bridge.busy, timeout=10_000)
        assert [type(question) for question in answers.called_off] == [EvaluateRun]  # the other had not begun
    else:
        answers.gate.set()
        qtbot.waitUntil(lambda: not new.bridge.busy, timeout=10_000)
        assert new.evaluate.figures.isVisibleTo(new.evaluate)
        assert new.invariance.result is not None
    assert new.evaluate.bar.isHidden()
    assert new.invariance.cancel_button.isHidden()
    assert (window.evaluate.bar.value(), window.evaluate.bar.isHidden()) == (250, False)  # the old window got no further progress
    new.retire()


def test_runs_on_disk_appear_and_can_be_resumed_and_cloned(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    first = make(hold=True)
    first.setup.set_draft({"method": {"id": "byol"}, "train": {"batch": 32}})
    qtbot.waitUntil(lambda: first.setup.ready)
    first.start()
    qtbot.waitUntil(lambda: first.top.stop_button.isEnabled() and bool(first.runs.rows()[0].folder))
    first.stop()
    qtbot.waitUntil(lambda: first.bridge.current() is None, timeout=10_000)
    first.bridge.close(10)
    first.close()

    second = make()
    qtbot.waitUntil(lambda: [row.state for row in second.runs.rows()] == ["stopped"])
    key = second.runs.rows()[0].key
    second.commands.clone(key)
    qtbot.waitUntil(lambda: second.setup.ready)
    assert second.setup.draft()["train"]["batch"] == 32
    assert second.setup.draft()["method"]["id"] == "byol"
    second.commands.resume(key)
    qtbot.waitUntil(lambda: [row.state for row in second.runs.rows()] == ["finished"], timeout=10_000)


def test_a_run_keeps_its_colour_when_it_gets_its_folder(make: Make, qtbot: QtBot) -> None:
    window = make()
    run_through(window, qtbot)
    first = window.runs.rows()[0]
    run_through(window, qtbot)
    qtbot.waitUntil(lambda: len([row for row in window.runs.rows() if row.state == "finished"]) == 2, timeout=10_000)
    hues = [row.hue for row in window.runs.rows()]
    assert hues[0] == first.hue
    assert len(set(hues)) == 2


def test_runs_keep_their_colours_after_a_restart(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    window = make()
    for number in (1, 2, 3):
        window.start()
        qtbot.waitUntil(lambda n=number: [row.state for row in window.runs.rows()].count("finished") == n, timeout=10_000)
    colours = {row.folder: window.runs.colour(row.key) for row in window.runs.rows()}
    assert len(set(colours.values())) == 3
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    window.close()
    oldest = sorted(colours)[0]
    shutil.rmtree(oldest)
    again = make()
    qtbot.waitUntil(lambda: len(again.runs.rows()) == 2)
    del colours[oldest]
    assert {row.folder: again.runs.colour(row.key) for row in again.runs.rows()} == colours


def test_the_recipe_of_a_method_sets_the_views(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.setup.set_draft({"method": {"id": "byol"}})
    qtbot.waitUntil(lambda: window.setup.ready)
    assert window.setup.draft()["views"]["preset"] == "byol"
    window.augment.viewsChanged.emit({"preset": "byol", "groups": [{"count": 2}]})
    assert window.setup.draft()["views"]["groups"] == [{"count": 2}]


def test_closing_while_training_asks_and_stops_the_run(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make(hold=True)
    window.start()
    qtbot.waitUntil(lambda: window.top.pause_button.isEnabled())
    answers = iter(("cancel", "stop"))

    def answer(box: QMessageBox) -> int:
        wanted = next(answers)
        role = QMessageBox.ButtonRole.AcceptRole if wanted == "stop" else QMessageBox.ButtonRole.RejectRole
        button = next(one for one in box.buttons() if box.buttonRole(one) == role)
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    window.close()
    assert window.isVisible()
    assert window.bridge.current().state == "running"
    with qtbot.waitSignal(window.closed, timeout=10_000):
        window.close()
    assert [job.state for job in window.bridge.jobs()] == ["stopped"]


def test_cancelling_a_umap_ends_its_computation(make: Make, qtbot: QtBot) -> None:
    class Endless(StandInAnswers):
        """Computes a UMAP until it is cancelled."""

        begun = ended = False

        def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
            if not isinstance(question, MapSnapshot) or question.kind != "umap":
                return super().__call__(question, progress, wanted)
            self.begun = True
            while wanted():
                progress(0.5)
                time.sleep(0.005)
            self.ended = True
            raise RuntimeError("not wanted any more")

    answers = Endless()
    window = make(answers=answers)
    train_once(window, qtbot)
    window.go("explore")
    window.embedding.choose_kind("umap")
    qtbot.waitUntil(lambda: answers.begun, timeout=5000)
    window.embedding.cancel_map()
    qtbot.waitUntil(lambda: answers.ended and not window.bridge.busy, timeout=5000)
    assert "PCA" in window.embedding.map_card.title


def test_opening_data_shows_progress_and_can_be_cancelled(make: Make, qtbot: QtBot) -> None:
    class Slow(StandInAnswers):
        """Opens data until it is cancelled."""

        def _DescribeData(self, question: DescribeData) -> Any:
            for _ in range(2000):
                self.progress(0.25)
                time.sleep(0.005)

        def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
            if isinstance(question, DescribeData):
                self.progress = progress
            return super().__call__(question, progress, wanted)

    window = make(answers=Slow())
    assert window.busy.text == ""
    qtbot.waitUntil(window.busy.isVisible, timeout=5000)
    assert window.busy.text == "Opening shapes… 25 %"
    window.busy.cancel_button.click()
    qtbot.waitUntil(lambda: not window.busy.isVisible() and not window.bridge.busy, timeout=5000)
    assert "cancelled" in window.setup.form.problems()["data.source"]


def test_shortcuts_and_ids_are_unique_and_methods_exist() -> None:
    keys = [row.shortcut for row in ACTIONS if row.shortcut]
    assert len(set(keys)) == len(keys)
    assert len({row.id for row in ACTIONS}) == len(ACTIONS)
    assert all(callable(getattr(Window, row.method)) for row in ACTIONS)
    assert {row.menu for row in ACTIONS} == {"", *SUBMENUS, *SECTIONS}
    assert {row.workspace for row in PANELS} == set(WORKSPACES)


def test_workspaces_are_opened_by_their_actions(make: Make, qtbot: QtBot) -> None:
    window = make()
    for workspace in (*WORKSPACES[1:], WORKSPACES[0]):
        window.actions_by_id[workspace].trigger()
        assert window.workspace == workspace
    assert [window.actions_by_id[workspace].shortcut().toString() for workspace in WORKSPACES] == [
        "Ctrl+1",
        "Ctrl+2",
        "Ctrl+3",
        "Ctrl+4",
    ]


def test_every_focusable_widget_has_an_accessible_name(make: Make, qtbot: QtBot) -> None:
    window = make()
    nameless = []
    for kind in (QAbstractButton, QLineEdit, QComboBox, QSlider):
        for widget in window.findChildren(kind):
            assert isinstance(widget, QWidget)
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(widget.parent(), (QComboBox, QAbstractSpinBox)):
                continue
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            if not widget.accessibleName() and not any(letter.isalpha() for letter in text):
                parent = widget.parent()
                nameless.append(f"{type(widget).__name__} {widget.objectName()!r} in {type(parent).__name__}")
    assert nameless == []


def test_what_can_be_undone_stays_in_the_window_of_another_language(make: Make, qtbot: QtBot) -> None:
    window = make()
    begin = window.setup.given()
    for key, value in (("train.epochs", 7), ("train.batch", 32)):
        window.setup._set(key, value)
    last = window.setup.given()
    window.setup.undo()
    window.setup.set_views({"preset": "byol"})
    window.setup.undo()
    translations = Translations()
    translations.load("zh_CN")
    try:
        window.save_layout()
        window.retire()
        new = Window(window.bridge, window.settings)
        qtbot.addWidget(new)
        new.adopt(window)
        new.show()
        window.hide()
        qtbot.waitUntil(lambda: new.setup.ready)
        assert new.setup.history.undo_title == "轮数"
        new.setup.redo()
        assert new.setup.draft()["views"]["preset"] == "byol"
        new.setup.undo()
        assert "train" in new.setup.given()
        new.setup.undo()
        assert {**new.setup.given(), "data": {}} == {**begin, "data": {}}
        new.setup.redo()
        assert new.setup.form.value("train.epochs") == last["train"]["epochs"]
        new.close()
    finally:
        translations.load("en")


def test_the_layout_is_restored_and_can_be_reset(make: Make, qtbot: QtBot) -> None:
    first = make()
    start = first.workspaces.sizes()
    first.workspaces.setSizes([400, 800])
    moved = first.workspaces.sizes()
    assert moved != start
    first.setup.set_draft({"train": {"batch": 77}})
    qtbot.waitUntil(lambda: not first.bridge.busy)
    first.close()
    second = make()
    assert second.workspaces.sizes() == pytest.approx(moved, abs=4)
    assert second.setup.draft()["train"]["batch"] == 77
    second.reset_layout()
    assert second.workspaces.sizes() == pytest.approx(start, abs=4)


def test_a_workspace_that_was_never_shown_has_its_usual_heights_after_a_restart(make: Make, qtbot: QtBot) -> None:
    def heights(window: Window) -> list[int]:
        return window.workspaces._lower["health"].sizes()

    make().close()
    second = make()
    second.go("train")
    qtbot.waitUntil(lambda: sum(heights(second)) > 400)
    usual = heights(second)
    assert usual[0] > 200, "the card of Health"
    second.workspaces._lower["health"].setSizes([usual[0] + 60, usual[1] - 60])
    moved = heights(second)
    second.close()
    make().close()
    fourth = make()
    fourth.go("train")
    qtbot.waitUntil(lambda: sum(heights(fourth)) > 400)
    assert heights(fourth) == pytest.approx(moved, abs=4), "a height that was set stays, also where it was not shown in between"


def test_a_theme_changes_the_whole_window(make: Make, qtbot: QtBot, qapp: QApplication) -> None:
    window = make()
    window.set_theme("light")
    assert not theme.current().dark
    light = window.grab().toImage().pixelColor(4, 360).lightness()
    window.toggle_theme()
    assert theme.current().dark
    assert window.grab().toImage().pixelColor(4, 360).lightness() < 60 < 200 < light


def test_the_window_fits_a_small_screen(make: Make, qtbot: QtBot) -> None:
    window = make()
    for workspace in WORKSPACES:
        window.go(workspace)
        assert window.minimumSizeHint().width() <= 1280
        assert window.minimumSizeHint().height() <= 720


def test_a_failed_start_shows_a_message(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where the folder of runs should be")
    window = make(root=tmp_path / "blocked")
    window.start()
    qtbot.waitUntil(lambda: window.notice.text != "", timeout=5000)
    assert "blocked" in window.notice.text
    assert window.top.start_button.text() == "Start"


def test_the_queue_is_shown_after_a_restart_and_starts_when_asked(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    window = make(hold=True)
    drafts = [{"method": {"id": "simclr"}, "name": f"run {k}", "train": {"seed": k}} for k in range(4)]
    window.setup.sweepAsked.emit(drafts)
    qtbot.waitUntil(lambda: window.bridge.current() is not None and bool(window.bridge.current().folder))
    # The file is written while the program runs, so that the queue survives a kill: the rest of the run that trains is part of it.
    folder = window.bridge.current().folder
    saved = lambda: [run.folder or run.config["name"] for run in read_queues(window.bridge.root)]  # noqa: E731
    qtbot.waitUntil(lambda: saved() == [folder, "run 1", "run 2", "run 3"])
    window.leave("stop")
    qtbot.waitUntil(lambda: not any(job.live or job.waits for job in window.bridge.jobs()), timeout=10_000)
    window.bridge.close()

    again = make()
    qtbot.waitUntil(lambda: again.list.queue.isVisibleTo(again))
    assert [entry.title for entry in again.list.queue.entries] == ["run 1", "run 2", "run 3"]
    assert all(entry.held for entry in again.list.queue.entries)
    assert not any(job.live for job in again.bridge.jobs())
    qtbot.mouseClick(again.list.queue.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in again.bridge.jobs()] == ["finished"] * 3, timeout=20_000)
    qtbot.waitUntil(lambda: not again.list.queue.isVisibleTo(again))
    qtbot.waitUntil(lambda: read_queues(again.bridge.root) == (), timeout=5_000)


def test_stop_all_keeps_the_queue_and_a_new_start_does_not_start_it(make: Make, qtbot: QtBot) -> None:
    window = make(hold=True)
    window.setup.sweepAsked.emit([{"method": {"id": "simclr"}, "name": f"run {k}"} for k in range(3)])
    qtbot.waitUntil(lambda: window.list.queue.stop_button.isVisibleTo(window))
    window.actions_by_id["stop_all"].trigger()
    qtbot.waitUntil(lambda: window.bridge.current() is None, timeout=10_000)
    assert [job.state for job in window.bridge.jobs()] == ["stopped", "queued", "queued"]
    window.start()
    qtbot.waitUntil(lambda: window.bridge.current() is not None)
    assert len(window.bridge.waiting()) == 2
    window.actions_by_id["start_queue"].trigger()
    assert all(job.waits for job in window.bridge.jobs() if job.state == "queued")


def test_an_entry_of_the_queue_is_edited_in_place(make: Make, qtbot: QtBot) -> None:
    window = make(hold=True)
    window.setup.sweepAsked.emit([{"method": {"id": "simclr"}, "name": f"run {k}", "train": {"batch": 32}} for k in range(4)])
    card = window.list.queue
    qtbot.waitUntil(lambda: [entry.title for entry in card.entries] == ["run 1", "run 2", "run 3"])
    card.edited.emit(card.entries[1].key)
    qtbot.waitUntil(lambda: card.entries[1].edited and card.entries[1].held)
    assert window.workspace == "prepare"
    assert window.top.start_button.text() == "Save"
    window.setup.set_draft({**window.setup.draft(), "name": "other", "train": {"batch": 48}})
    window.start()
    qtbot.waitUntil(lambda: [entry.title for entry in card.entries] == ["run 1", "other", "run 3"])
    assert [run.config["train"]["batch"] for run in window.bridge.waiting().values()] == [32, 48, 32]
    assert not any(job.held for job in window.bridge.jobs())
    assert window.top.start_button.text() == "Queue"


def test_a_run_that_the_queue_starts_is_marked_and_not_selected(make: Make, qtbot: QtBot) -> None:
    window = make()
    run_through(window, qtbot)
    first = window.run_selection.selected
    window.setup.sweepAsked.emit([{"method": {"id": "simclr"}, "name": f"run {k}"} for k in range(2)])
    qtbot.waitUntil(lambda: [row.state for row in window.runs.rows()].count("finished") == 3, timeout=20_000)
    second = next(row for row in window.runs.rows() if row.title == "run 1")
    assert window.run_selection.selected != second.key
    assert second.news
    window.list.select(second.key)
    assert not window.runs.row(second.key).news
    assert not window.runs.row(first).news


def test_the_title_has_the_progress_and_the_end_offers_the_next_step(make: Make, qtbot: QtBot) -> None:
    window = make(hold=True)
    assert window.windowTitle() == "Parallax"
    window.setup.sweepAsked.emit([{"method": {"id": "simclr"}, "name": "mine"}])
    qtbot.waitUntil(lambda: window.windowTitle() == "… mine - Parallax")
    window.bridge._jobs._trainer.gate.set()
    qtbot.waitUntil(lambda: "mine has finished in 8 s." in window.news.text, timeout=10_000)
    qtbot.waitUntil(lambda: window.windowTitle() == "Parallax")
    step = next(button for button in window.news.findChildren(QAbstractButton) if button.text() == "Open the map")
    window.go("prepare")
    step.click()
    assert (window.workspace, window.news.text) == ("explore", "")


def test_the_list_of_runs_folds_and_stays_folded(make: Make, qtbot: QtBot) -> None:
    window = make()
    run_through(window, qtbot)
    wide = window.list.width()
    window.actions_by_id["fold"].trigger()
    qtbot.waitUntil(lambda: window.list.width() <= 44)
    assert window.list.list.isVisibleTo(window)
    window.close()
    again = make()
    qtbot.waitUntil(lambda: again.list.width() <= 44)
    again.actions_by_id["fold"].trigger()
    qtbot.waitUntil(lambda: again.list.width() == pytest.approx(wide, abs=4))
