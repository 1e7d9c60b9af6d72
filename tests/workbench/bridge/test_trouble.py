"""Errors in trainer, answers and workers become messages and do not stop other work."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch
from pytestqt.qtbot import QtBot

from engine.embed import umap
from engine.embed.job import MapFailed
from engine.events import Event, RunEnded
from engine.execute.progress import Cancelled
from engine.runs.reader import snapshot_path
from engine.train.control import Control
from workbench.bridge import evaluate_questions
from workbench.bridge.bridge import Bridge
from workbench.bridge.evaluate_questions import EvaluateRun
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.run_questions import ReadConfigs

Answers = Callable[[Any, Callable[[float], None], Callable[[], bool]], Any]


class Trainer:
    """Runs end at once. `trouble[name]` is raised by the run of that name, or when its device is requested."""

    def __init__(self, trouble: Mapping[str, Exception], where: str = "run") -> None:
        self.trouble, self.where = trouble, where
        self.order: list[str] = []

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        name = str((config or {}).get("name"))
        if self.where == "device" and name in self.trouble:
            raise self.trouble[name]
        return "cuda:0"

    def begin(
        self, config: Mapping[str, Any], root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]
    ) -> None:
        name = str(config["name"])
        self.order.append(name)
        born(root / name)
        if self.where == "run" and name in self.trouble:
            raise self.trouble[name]
        emit(RunEnded("finished", 3, 1.0))

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        raise AssertionError

    def search(self, out: Path, root: Path, emit: Callable[[Event], None], control: Control, born: Callable[[Path], None]) -> bool:
        raise AssertionError


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Bridge]]:
    made: list[Bridge] = []

    def bridge(trainer: Trainer | None = None, answers: Answers | None = None) -> Bridge:
        made.append(Bridge(tmp_path, trainer or Trainer({}), answers))
        return made[-1]

    yield bridge
    for one in made:
        assert one.close(10)


def run_all(bridge: Bridge, qtbot: QtBot, names: str) -> dict[str, Any]:
    """Queue a run for each name and wait for their ends. The last job of each."""
    ended: dict[str, Any] = {}
    bridge.jobChanged.connect(
        lambda job: ended.update({job.title: job}) if job.state in ("failed", "finished", "stopped") else None
    )
    for name in names:
        bridge.start({"name": name})
    qtbot.waitUntil(lambda: len(ended) == len(names), timeout=10_000)
    return ended


def test_the_queue_continues_after_a_run_out_of_gpu_memory(make: Callable[..., Bridge], qtbot: QtBot) -> None:
    trainer = Trainer({"a": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")})
    ended = run_all(make(trainer), qtbot, "abc")
    assert trainer.order == ["a", "b", "c"]
    assert {name: job.state for name, job in ended.items()} == {"a": "failed", "b": "finished", "c": "finished"}
    assert "out of memory" in ended["a"].message


def test_an_error_of_the_device_query_does_not_end_the_queue(make: Callable[..., Bridge], qtbot: QtBot) -> None:
    """For example a failing driver or a removed folder. It once ended the whole queue."""
    trainer = Trainer({"b": RuntimeError("CUDA driver error"), "a": OSError("gone")}, where="device")
    bridge = make(trainer)
    ended = run_all(bridge, qtbot, "abcd")
    assert {job.state for job in ended.values()} == {"finished"}
    assert sorted(trainer.order) == ["a", "b", "c", "d"]


def test_an_error_in_an_answer_callback_does_not_block_other_answers(
    make: Callable[..., Bridge], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: caught.append(kind))
    bridge = make(answers=lambda question, progress, wanted: question.purpose)
    delivered: list[str] = []

    def broken(_: str) -> None:
        raise RuntimeError("Internal C++ object already deleted.")

    bridge.ask(ReadConfigs((), "a"), broken)
    bridge.ask(ReadConfigs((), "b"), delivered.append)
    qtbot.waitUntil(lambda: not any(line.busy for line in bridge._queues.values()))
    bridge.drain()  # both at once
    assert delivered == ["b"]
    assert caught == [RuntimeError]


def test_an_unexpected_error_becomes_a_one_line_message(
    make: Callable[..., Bridge], qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    """The traceback is printed on the console only."""
    bridge = make(answers=lambda question, progress, wanted: {}[question.purpose])
    messages: list[str] = []
    bridge.ask(ReadConfigs((), "a"), messages.append, messages.append)
    qtbot.waitUntil(lambda: bool(messages))
    assert messages == ["KeyError: 'a'"]
    assert "Traceback" in capfd.readouterr().err


def test_a_closed_window_gets_no_answer_and_the_work_continues(make: Callable[..., Bridge], qtbot: QtBot) -> None:
    """Another language creates a new window: answers to panels of the old one would reach deleted widgets."""
    gate, done = threading.Event(), list[str]()

    def answers(question: Any, progress: Callable[[float], None], wanted: Callable[[], bool]) -> str:
        gate.wait(10)
        progress(0.5)
        if wanted():
            done.append(question.purpose)
        return str(question.purpose)

    bridge = make(answers=answers)
    old: list[object] = []
    new: list[object] = []
    bridge.ask(ReadConfigs((), "a"), old.append, old.append, old.append)
    bridge.change_window()
    bridge.ask(ReadConfigs((), "b"), new.append, new.append)
    gate.set()
    qtbot.waitUntil(lambda: new == ["b"])
    assert old == []
    assert done == ["a", "b"]


def test_the_next_window_takes_over_running_and_waiting_questions(make: Callable[..., Bridge], qtbot: QtBot) -> None:
    gate, begun, cancelled = threading.Event(), threading.Event(), list[str]()

    def answers(question: Any, progress: Callable[[float], None], wanted: Callable[[], bool]) -> str:
        begun.set()
        gate.wait(10)
        progress(0.5)
        if question.purpose == "fails":
            raise ValueError("no")
        if not wanted():
            cancelled.append(question.purpose)
        return str(question.purpose)

    bridge = make(answers=answers)
    old: list[object] = []
    new: list[object] = []
    questions = [ReadConfigs((), name) for name in ("goes", "waits", "fails", "cancelled", "left")]
    for question in questions:
        bridge.ask(question, old.append, old.append, old.append, "panel")
    assert begun.wait(10)
    bridge.change_window()
    take = bridge.taker("panel")
    taken = [take(question, lambda answer: new.append((answer, "answer")), new.append, new.append) for question in questions[:4]]
    assert taken == [True] * 4
    assert not take(ReadConfigs((), "never asked"), new.append)
    assert not bridge.taker("another panel")(questions[0], new.append)
    bridge.cancel(questions[3], "panel")
    gate.set()
    qtbot.waitUntil(lambda: not bridge.busy)
    assert new == [0.5, ("goes", "answer"), 0.5, ("waits", "answer"), 0.5, "ValueError: no"]
    assert old == []
    assert not take(questions[0], new.append)  # already answered
    assert cancelled == []


def test_a_call_that_arrives_as_the_bridge_goes_idle_is_delivered(
    make: Callable[..., Bridge], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It once stayed in the inbox until the next question."""
    bridge, calls = make(), list[str]()
    ends = iter([True])

    def working() -> bool:
        if next(ends, False):
            bridge._inbox.call(lambda: calls.append("ended"))
        return False

    monkeypatch.setattr(bridge, "_working", working)
    bridge.drain()
    qtbot.waitUntil(lambda: calls == ["ended"], timeout=5000)


@pytest.fixture
def run(tmp_path: Path) -> str:
    return snapshot(tmp_path, np.random.default_rng(0).normal(size=(30, 4)))


def snapshot(folder: Path, features: np.ndarray) -> str:
    path = snapshot_path(folder, 1)
    path.parent.mkdir()
    with np.errstate(over="ignore"):
        half = features.astype(np.float16)
    np.savez(path, features=half, index=np.arange(30), label=np.arange(30) % 3, step=np.int64(4))
    return str(folder)


class Job:
    """A map job that takes the next entry of `does` each time: an exception is raised, else a map is returned."""

    does: list[Any] = []

    def run(self, features: np.ndarray, **_: object) -> np.ndarray:
        next_one = self.does.pop(0)
        if isinstance(next_one, Exception):
            raise next_one
        return np.asarray(features[:, :2])

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("does", [[MapFailed("The process that makes the map ended by itself (exit code -9).")], [Cancelled(), 0]])
def test_a_crashed_worker_is_reported_and_a_cancelled_one_is_restarted(
    does: list[Any], make: Callable[..., Bridge], qtbot: QtBot, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Job.does = list(does)
    monkeypatch.setattr(umap, "UmapJob", Job)
    bridge = Bridge(Path(run))
    came: list[Any] = []
    failed: list[str] = []
    bridge.ask(MapSnapshot(run, 1, "umap"), came.append, failed.append)
    qtbot.waitUntil(lambda: bool(came or failed), timeout=10_000)
    assert bridge.close(10)
    if len(does) == 1:
        assert failed == ["The process that makes the map ended by itself (exit code -9)."]
    else:
        assert len(came[0].xy) == 30


@pytest.mark.parametrize("size", [np.nan, np.inf, 1e9])
def test_the_map_of_a_diverged_run_fails_with_a_message(size: float, qtbot: QtBot, tmp_path: Path) -> None:
    whole = snapshot(tmp_path / "a", np.full((30, 4), size)) if (tmp_path / "a").mkdir() is None else ""
    part = np.random.default_rng(0).normal(size=(30, 4))
    part[3] = size
    some = snapshot(tmp_path / "b", part) if (tmp_path / "b").mkdir() is None else ""
    bridge = Bridge(tmp_path)
    results: list[Any] = []
    bridge.ask(MapSnapshot(whole, 1, "pca"), results.append, results.append)
    bridge.ask(MapSnapshot(some, 1, "pca"), results.append, results.append, scope="other")
    qtbot.waitUntil(lambda: len(results) == 2, timeout=10_000)
    assert bridge.close(10)
    assert "The run diverged" in results[0]
    assert np.isfinite(results[1].xy).all()


def test_closing_the_window_ends_the_process_of_an_evaluation(
    make: Callable[..., Bridge], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "pid"
    begin = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid()))"
    text = begin + """; print('{"share": 0.1}', flush=True); time.sleep(99)"""
    follow = evaluate_questions.follow
    monkeypatch.setattr(evaluate_questions, "follow", lambda _, *rest: follow([sys.executable, "-c", text], *rest))
    bridge = Bridge(tmp_path)
    shares: list[float] = []
    bridge.ask(EvaluateRun(str(tmp_path), ("knn",)), lambda _: None, None, shares.append)
    qtbot.waitUntil(lambda: shares == [0.1], timeout=20_000)
    assert bridge.close(20)
    assert not psutil.pid_exists(int(note.read_text()))
