"""Events of a running run reach every panel that shows it, through the real wiring: a trainer in its thread, the inbox and timer of
the bridge, the window, the panel. No test calls a panel directly."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.events import (
    CheckpointSaved,
    EmbeddingDone,
    EpochDone,
    EvalDone,
    Event,
    PicturesReady,
    RunEnded,
    RunStarted,
    StepDone,
    Warned,
)
from engine.runs.writer import RunWriter
from engine.train.control import Control
from tests.workbench.build_window import build_window
from tests.workbench.painted import distance, pixel
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.evaluate_questions import ReadEvaluations
from workbench.bridge.invariance_questions import ReadInvariance
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.pair_questions import InspectPairs
from workbench.bridge.question import Question
from workbench.models.runs import RunRow
from workbench.window import Window


class ScriptedTrainer(StandInTrainer):
    """Emits the events of `script` in the thread of the run; RunEnded ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.script: queue.Queue[Event] = queue.Queue()

    def _go(self, folder: Path, config: RunConfig, emit: Callable[[Event], None], control: Control, start: int) -> None:
        with RunWriter(folder) as writer:
            while True:
                try:
                    event: Event = self.script.get(timeout=0.01)
                except queue.Empty:
                    if not control.stopping:
                        continue
                    event = RunEnded("stopped", 0, 0.0)
                writer(event)
                emit(event)
                if isinstance(event, RunEnded):
                    return


class NotedAnswers(StandInAnswers):
    """Records the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Question] = []

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
        self.questions.append(question)
        return super().__call__(question, progress, wanted)


class Live:
    """A window with a running run."""

    def __init__(self, window: Window, trainer: ScriptedTrainer, answers: NotedAnswers, qtbot: QtBot) -> None:
        self.window, self.trainer, self.answers, self.qtbot = window, trainer, answers, qtbot
        self.folder = ""

    def begin(self) -> None:
        """Start the run that Prepare describes."""
        self.window.start()
        self.qtbot.waitUntil(lambda: self.window.bridge.current() is not None and self.window.bridge.current().folder != "")
        self.folder = self.window.bridge.current().folder
        self.emit(RunStarted(Path(self.folder).name, "simclr", "shapes", "cpu", "fp32", 0, 80, 40, 8, 320, 1000, {}, chance=6.24))
        self.until(lambda: self.window.runs.row(self.folder) is not None and self.row.status.steps == 80)
        self.qtbot.waitUntil(lambda: self.window.run_selection.selected == self.folder)

    def emit(self, *events: Event) -> None:
        for event in events:
            self.trainer.script.put(event)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    @property
    def row(self) -> RunRow:
        row = self.window.runs.row(self.folder)
        assert row is not None
        return row


def step(number: int, loss: float = 5.0, std: float = 0.87) -> StepDone:
    return StepDone(number, number / 40, loss, 0.1, 640.0, number / 10, diagnostics={"std": std, "rank_features": 21.0})


@pytest.fixture
def live(qtbot: QtBot, tmp_path: Path) -> Live:
    trainer, answers = ScriptedTrainer(), NotedAnswers()
    bridge = Bridge(tmp_path / "runs", trainer, answers)
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(10))
    window.resize(1280, 720)
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready, timeout=8000)
    made = Live(window, trainer, answers, qtbot)
    made.begin()
    window.go("train")
    return made


def texts_of(widget: Any) -> list[str]:
    """The texts of the visible labels."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def drawn(live: Live, name: str) -> list[tuple[float, float]]:
    """The points of the run's curve in the plot `name`."""
    (card,) = [card for card in live.window.curves._cards if card.name == name]
    curve = card.plot._curves.get(live.folder)
    if curve is None:
        return []
    x, y = curve.line.getData()
    return [] if x is None else list(zip(x.tolist(), y.tolist(), strict=True))


def test_health_shows_the_running_run(live: Live) -> None:
    assert live.window.health.isVisible()
    live.emit(*(step(number) for number in range(1, 31)), EvalDone(1, 40, {"knn": 0.417}, 0.1))
    # The evaluation may arrive after the steps, in another bundle of events.
    live.until(lambda: live.window.health.card.state == "step 30" and "0.417" in texts_of(live.window.health))
    shown = texts_of(live.window.health)
    assert "5.00" in shown, "the mean loss"
    assert "0.870" in shown, "the deviation of the embedding"
    live.emit(*(step(number, std=0.0001) for number in range(31, 61)))
    live.until(lambda: live.window.health.word.text() == "Complete collapse")


def test_health_of_a_selected_run_ignores_events_of_another(live: Live) -> None:
    live.emit(step(1), EvalDone(0, 1, {"knn": 0.3}, 0.1), RunEnded("finished", 1, 1.0))
    live.until(lambda: live.row.state == "finished")
    first = live.folder
    live.begin()
    assert live.folder != first
    live.window.list.select(first)
    live.until(lambda: live.window.health.card.state == "step 1")
    live.emit(*(step(number) for number in range(1, 8)), EvalDone(1, 7, {"knn": 0.9}, 0.1))
    live.until(lambda: (live.row.status.step, live.row.status.best) == (7, 0.9))
    assert live.window.health.card.state == "step 1"
    assert "0.900" not in texts_of(live.window.health)
    live.window.list.select(live.folder)
    assert live.window.health.card.state == "step 7"
    assert "0.900" in texts_of(live.window.health)


def test_curves_have_every_step_and_every_evaluation(live: Live) -> None:
    losses = {number: 6 - 0.3 * number + (number % 2) for number in range(1, 13)}
    checks = {0: 0.31, 4: 0.52, 8: 0.37, 12: 0.66}
    live.window.curves._toolbar.slider.setValue(0)
    for number, loss in losses.items():
        live.emit(step(number, loss))
    live.emit(*(EvalDone(number // 4, number, {"knn": value}, 0.1) for number, value in checks.items()))
    live.until(lambda: len(drawn(live, "eval.knn")) == len(checks))
    live.until(lambda: len(drawn(live, "loss")) == len(losses))
    assert drawn(live, "eval.knn") == [(float(number), value) for number, value in checks.items()]
    assert drawn(live, "loss") == [(float(number), pytest.approx(loss)) for number, loss in losses.items()]


def test_pictures_of_a_run_are_shown_when_they_are_ready(live: Live) -> None:
    sheet = np.zeros((16, 16, 3), np.uint8)
    sheet[:, :] = (200, 40, 90)
    live.emit(step(4), PicturesReady(1, 4, {"views": sheet}))
    live.until(lambda: live.window.sees.current_epoch == 1)
    picture = live.window.sees.picture
    live.until(lambda: distance(pixel(picture, QPointF(picture.width() / 2, 8)), QColor(200, 40, 90)) < 6)
    assert "epoch 1" in live.window.sees.card.state


def test_pictures_and_snapshots_of_another_run_are_not_shown(live: Live) -> None:
    features = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float16)
    live.emit(step(1), EmbeddingDone(0, 1, features, np.arange(40), np.arange(40) % 4), RunEnded("finished", 1, 1.0))
    live.until(lambda: live.row.state == "finished")
    first = live.folder
    live.begin()
    live.window.list.select(first)
    live.emit(
        step(5),
        PicturesReady(7, 5, {"views": np.full((8, 8, 3), 200, np.uint8)}),
        EmbeddingDone(7, 5, features, np.arange(40), np.arange(40) % 4),
        EvalDone(7, 5, {"knn": 0.5}, 0.1),
    )
    live.until(lambda: (live.row.status.step, live.row.status.best) == (5, 0.5))
    assert live.window.sees.current_epoch is None
    assert list(live.window.embedding.time_line.epochs) == [0]
    live.window.list.select(live.folder)
    assert live.window.sees.current_epoch == 7
    assert list(live.window.embedding.time_line.epochs) == [7]


def test_lists_and_status_line_show_the_progress_of_the_run(live: Live) -> None:
    live.emit(step(20, loss=4.321), EvalDone(1, 20, {"knn": 0.456}, 0.1), EpochDone(1, 20, 4.321, 2.0))
    live.until(lambda: live.row.status.step == 20 and live.row.status.best == pytest.approx(0.456))
    assert live.row.status.loss == pytest.approx(4.321)
    live.window._show_status()
    assert "step 20/80" in live.window.status.text
    live.window.go("compare")
    view = live.window.table.view
    model = view.model()
    heads = {str(model.headerData(column, Qt.Orientation.Horizontal)): column for column in range(model.columnCount())}
    cells = [
        str(model.index(row, heads[name]).data() or "")
        for row in range(model.rowCount())
        for name in ("Best kNN", "Loss")
        if name in heads
    ]
    assert ".456" in cells


def test_a_snapshot_adds_an_epoch_to_the_map_and_the_comparison(live: Live) -> None:
    features = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float16)
    for epoch in (0, 1, 2):
        live.emit(step(epoch + 1), EmbeddingDone(epoch, epoch, features, np.arange(40), np.arange(40) % 4))
        live.until(lambda epoch=epoch: live.window.embedding.current_epoch == epoch)
    assert list(live.window.embedding.time_line.epochs) == [0, 1, 2]
    live.window.go("explore")
    live.until(lambda: any(isinstance(question, MapSnapshot) and question.epoch == 2 for question in live.answers.questions))
    live.until(lambda: len(live.window.embedding.plot.xy) == 40)
    sides = live.window.versus.sides
    offered = [side.epoch.itemData(at) for side in sides[:1] for at in range(side.epoch.count())]
    assert {0, 1, 2} <= {int(epoch) for epoch in offered if epoch is not None}
    # While the newest epoch is shown, the next one is shown when it arrives.
    live.emit(EmbeddingDone(3, 3, features, np.arange(40), np.arange(40) % 4))
    live.until(lambda: any(isinstance(question, MapSnapshot) and question.epoch == 3 for question in live.answers.questions))


@pytest.mark.parametrize("name", ["pairs", "invariance", "evaluate"])
def test_a_new_checkpoint_updates_the_panels_that_read_it(live: Live, name: str) -> None:
    kinds = {"pairs": InspectPairs, "invariance": ReadInvariance, "evaluate": ReadEvaluations}
    panel = live.window.panels[name]
    live.window.go("compare" if name == "evaluate" else "explore")
    live.window.workspaces.bring(name)

    def count() -> int:
        return sum(isinstance(question, kinds[name]) for question in live.answers.questions)

    ready = {"pairs": lambda: live.window.pairs.shown is not None, "invariance": lambda: bool(live.window.invariance.chart.factors)}
    live.until(lambda: panel.isVisible() and count() > 0 and ready.get(name, lambda: True)())

    before = count()
    live.emit(CheckpointSaved(8, 1, "last.pt"))
    if name == "pairs":  # it only marks what it shows as stale
        live.until(lambda: live.window.pairs._stale)
    else:
        live.until(lambda: count() > before)


def test_a_warning_is_a_mark_on_the_loss(live: Live) -> None:
    live.emit(step(1), step(2), Warned("The loss jumped.", 2, "loss"), step(3))
    live.until(lambda: any(mark.kind == "warning" for mark in live.window.curves._runs[live.folder].marks))
    (mark,) = [mark for mark in live.window.curves._runs[live.folder].marks if mark.kind == "warning"]
    assert mark.step == 2
    assert "The loss jumped." in mark.text


def test_the_last_events_of_a_run_are_shown_after_its_end(live: Live) -> None:
    live.emit(step(1), step(2), EvalDone(1, 2, {"knn": 0.61}, 0.1), RunEnded("finished", 2, 1.0))
    live.until(lambda: live.row.state == "finished")
    assert live.window.health.card.state == "step 2"
    live.until(lambda: drawn(live, "eval.knn") == [(2.0, 0.61)])
    assert live.row.status.best == pytest.approx(0.61)
    assert live.window.top.start_button.text() == "Start"
