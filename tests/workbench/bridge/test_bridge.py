"""The bridge: answers in the GUI thread, stale answers dropped, runs one after another, all threads ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from engine.config.errors import complain
from engine.events import CheckpointSaved, Event, RunEnded, RunFailed, StepDone
from engine.train.control import Control
from workbench.bridge.bridge import Bridge
from workbench.bridge.inbox import Inbox
from workbench.bridge.question import Context, Lane, Question


def step(number: int, **diagnostics: float) -> StepDone:
    return StepDone(number, number / 10, 1.0 / number, 0.1, 100.0, float(number), diagnostics=diagnostics)


class FakeTrainer:
    """Emits `steps` steps, then waits at a gate until it is opened or the run is stopped."""

    def __init__(self, steps: int = 3, hold: bool = False, error: Exception | None = None) -> None:
        self.steps, self.error = steps, error
        self.order: list[str] = []
        self.gate = threading.Event()
        if not hold:
            self.gate.set()

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        return str((config or {}).get("train", {}).get("device", "cpu"))

    def begin(
        self, config: Mapping[str, Any], root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]
    ) -> None:
        folder = root / str(config["name"])
        self.order.append(folder.name)
        born(folder)
        self._go(emit, control)

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        self.order.append(f"resume {folder.name}")
        self._go(emit, control)

    def search(self, out: Path, root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]) -> bool:
        for number in range(2):
            self.order.append(f"search {out.name} {number}")
            born(root / f"{out.name}-{number}")
            self._go(emit, control)
            if control.stopping:
                return False
        return True

    def _go(self, emit: Callable[[Event], None], control: Control) -> None:
        if self.error is not None:
            raise self.error
        for number in range(1, self.steps + 1):
            emit(step(number))
        while not self.gate.wait(0.01) and not control.stopping:
            control.wait()
            if control.take_checkpoint_request():
                emit(CheckpointSaved(self.steps, 0, "here"))
        emit(RunEnded("stopped" if control.stopping else "finished", self.steps, 1.0))


@dataclass(frozen=True)
class Double(Question[int]):
    lane: ClassVar = Lane.QUICK
    value: int
    about: str = "it"

    @property
    def topic(self) -> str:
        return self.about

    def answer(self, context: Context) -> int:
        raise AssertionError("the tests' own function answers")


def double(question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
    assert isinstance(question, Double)
    if question.value < 0:
        raise complain("value", "at least 0", question.value)
    progress(0.5)
    return question.value * 2


@pytest.fixture
def bridges(tmp_path: Path, qtbot: QtBot) -> Any:
    made: list[Bridge] = []

    def make(trainer: FakeTrainer | None = None, answers: Any = double) -> Bridge:
        bridge = Bridge(tmp_path, trainer or FakeTrainer(), answers)
        made.append(bridge)
        return bridge

    before = set(threading.enumerate())
    yield make
    for bridge in made:
        assert bridge.close(5)
    assert set(threading.enumerate()) <= before


def test_answer_and_progress_are_delivered_in_the_gui_thread(bridges: Any, qtbot: QtBot) -> None:
    got: list[tuple[Any, bool]] = []
    here = QThread.currentThread()
    note = lambda value: got.append((value, QThread.currentThread() is here))  # noqa: E731
    bridges().ask(Double(4), note, None, note)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert got == [(0.5, True), (8, True)]


def test_a_config_error_is_delivered_as_its_message(bridges: Any, qtbot: QtBot) -> None:
    messages: list[str] = []
    bridges().ask(Double(-1), messages.append, messages.append)
    qtbot.waitUntil(lambda: bool(messages))
    assert messages == ["value must be at least 0. Got -1."]


def on(name: str, device: str) -> dict[str, Any]:
    return {"name": name, "train": {"device": device}}


def test_each_device_trains_one_run_at_a_time(bridges: Any, qtbot: QtBot) -> None:
    trainer = FakeTrainer(hold=True)
    bridge = bridges(trainer)
    keys = [
        bridge.start(on(*given)) for given in (("a", "cuda:0"), ("b", "cuda:0"), ("c", "cuda:1"), ("d", "cuda:1"), ("e", "cpu"))
    ]
    states = lambda: [next(job.state for job in bridge.jobs() if job.key == key) for key in keys]  # noqa: E731
    qtbot.waitUntil(lambda: states() == ["running", "queued", "running", "queued", "running"])
    assert sorted(trainer.order) == ["a", "c", "e"]
    trainer.gate.set()
    qtbot.waitUntil(lambda: states() == ["finished"] * 5)
    assert trainer.order.index("a") < trainer.order.index("b")
    assert trainer.order.index("c") < trainer.order.index("d")


def test_pause_and_stop_act_on_the_chosen_run(bridges: Any, qtbot: QtBot, tmp_path: Path) -> None:
    bridge = bridges(FakeTrainer(hold=True))
    for given in (("a", "cuda:0"), ("b", "cuda:1")):
        bridge.start(on(*given))
    qtbot.waitUntil(lambda: [job.state for job in bridge.jobs()] == ["running", "running"])
    assert bridge.current().title == "a"
    bridge.choose(str(tmp_path / "b"))
    assert bridge.current().title == "b"
    bridge.pause()
    assert [job.state for job in bridge.jobs()] == ["running", "paused"]
    bridge.choose(str(tmp_path / "gone"))
    bridge.stop()
    qtbot.waitUntil(lambda: [job.state for job in bridge.jobs()] == ["stopped", "paused"])
    bridge.unpause()
    assert bridge.current().title == "b"


def test_a_newer_question_replaces_a_waiting_one(bridges: Any, qtbot: QtBot) -> None:
    gate, seen, got = threading.Event(), [], []

    def slow(question: Any, progress: Any, wanted: Any) -> Any:
        seen.append(question.value)
        gate.wait(5)
        return question.value

    bridge = bridges(answers=slow)
    for value in range(5):
        bridge.ask(Double(value), got.append)
    bridge.ask(Double(9, "other"), got.append)
    qtbot.waitUntil(lambda: bool(seen))
    gate.set()
    qtbot.waitUntil(lambda: 9 in got)
    # The first may be running when it is replaced: then its answer is dropped. Those in between are never computed.
    assert got == [4, 9]
    assert set(seen) <= {0, 4, 9}


def test_questions_of_different_panels_do_not_replace_each_other(bridges: Any, qtbot: QtBot) -> None:
    bridge, got = bridges(), []
    bridge.asker("a")(Double(1), got.append)
    bridge.asker("b")(Double(2), got.append)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert sorted(got) == [2, 4]


def test_runs_are_trained_one_after_another_and_emit_all_events(bridges: Any, qtbot: QtBot, tmp_path: Path) -> None:
    trainer = FakeTrainer(steps=3, hold=True)
    bridge = bridges(trainer)
    events: list[tuple[str, Event]] = []
    states: list[tuple[str, str]] = []
    bridge.events.connect(lambda run, batch: events.extend((Path(run).name, event) for event in batch))
    bridge.jobChanged.connect(lambda job: states.append((Path(job.folder).name, job.state)))
    bridge.start({"name": "a"})
    bridge.start({"name": "b"})
    bridge.resume(str(tmp_path / "c"))
    trainer.gate.set()
    qtbot.waitUntil(lambda: states.count(("c", "finished")) == 1)
    assert trainer.order == ["a", "b", "resume c"]
    assert [name for name, event in events if isinstance(event, StepDone)] == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    assert states.index(("a", "finished")) < states.index(("b", "running"))
    assert not bridge.busy


def test_runs_can_be_paused_stopped_and_withdrawn(bridges: Any, qtbot: QtBot) -> None:
    trainer = FakeTrainer(hold=True)
    bridge = bridges(trainer)
    ended: list[str] = []
    bridge.jobChanged.connect(lambda job: ended.append(job.state))
    bridge.start({"name": "a"})
    waiting = bridge.start({"name": "b"})
    qtbot.waitUntil(lambda: bridge.current() is not None and bridge.current().state == "running")
    bridge.pause()
    assert bridge.current().state == "paused"
    bridge.unpause()
    assert bridge.current().state == "running"
    bridge.withdraw(waiting)
    bridge.pause()
    bridge.stop()
    assert bridge.current() is None or bridge.current().state == "stopping"
    qtbot.waitUntil(lambda: ended.count("stopped") == 1)
    assert trainer.order == ["a"]
    assert bridge.waiting() == {}


def test_a_run_that_cannot_start_fails_with_a_message(bridges: Any, qtbot: QtBot) -> None:
    bridge = bridges(FakeTrainer(error=complain("train.batch", "at most 10", 20, "Lower it.")))
    jobs: list[Any] = []
    bridge.jobChanged.connect(jobs.append)
    bridge.start({"name": "a"})
    qtbot.waitUntil(lambda: any(job.state == "failed" for job in jobs))
    assert jobs[-1].message == "train.batch must be at most 10. Got 20. Lower it."


def test_a_failed_run_has_remedy_and_traceback(bridges: Any, qtbot: QtBot) -> None:
    class Failing(FakeTrainer):
        def _go(self, emit: Callable[[Event], None], control: Control) -> None:
            emit(RunFailed("out of memory.", "Lower train.batch.", "Traceback", 3))

    bridge = bridges(Failing())
    jobs: list[Any] = []
    bridge.jobChanged.connect(jobs.append)
    bridge.start({"name": "a"})
    qtbot.waitUntil(lambda: any(job.state == "failed" for job in jobs))
    assert (jobs[-1].remedy, jobs[-1].traceback) == ("Lower train.batch.", "Traceback")


def test_closing_stops_a_run_and_the_timer(bridges: Any, qtbot: QtBot) -> None:
    bridge = bridges(FakeTrainer(hold=True))
    bridge.start({"name": "a"})
    qtbot.waitUntil(lambda: bridge.current() is not None and bridge.current().state == "running")
    assert bridge.close(5)
    assert not bridge._timer.isActive()


def test_a_full_inbox_drops_only_steps_without_diagnostics() -> None:
    inbox = Inbox(limit=100)
    for number in range(1, 1001):
        inbox.put("run", step(number, rank=1.0) if number % 50 == 0 else step(number))
        if number % 100 == 0:
            inbox.put("run", CheckpointSaved(number, 0, ""))
    [taken] = inbox.take()
    assert isinstance(taken, tuple)
    events = taken[1]
    assert len(events) < 500
    assert sum(isinstance(event, CheckpointSaved) for event in events) == 10
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps if event.diagnostics] == list(range(50, 1001, 50))
    assert [event.step for event in steps] == sorted({event.step for event in steps})
    assert steps[-1].step == 1000


def test_the_inbox_keeps_the_order_of_events_and_calls() -> None:
    inbox, order = Inbox(), []
    inbox.call(lambda: order.append("born"))
    inbox.put("a", step(1))
    inbox.put("a", step(2))
    inbox.call(lambda: order.append("ended"))
    for taken in inbox.take():
        if isinstance(taken, tuple):
            order.append(f"{taken[0]} {len(taken[1])}")
        else:
            taken()
    assert order == ["born", "a 2", "ended"]
