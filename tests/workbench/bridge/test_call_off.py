"""What is called off really stops: the map's worker is told, and the next map is made as ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.embed import umap
from engine.runs.reader import snapshot_path
from workbench.bridge.bridge import Bridge
from workbench.bridge.questions import Map, MapSnapshot


class StubbornJob:
    """A UMAP job that says nothing and goes on until it is cancelled; with `go` set it ends with a map."""

    made: list[StubbornJob] = []

    def __init__(self) -> None:
        self.begun, self.go, self.off = threading.Event(), threading.Event(), threading.Event()
        self.cancelled = 0
        self.made.append(self)

    def run(self, features: np.ndarray, progress: Callable[[float], None], **settings: object) -> np.ndarray:
        self.begun.set()
        self.off.clear()
        while not self.go.wait(0.005):
            if self.off.is_set():
                self.begun.clear()
                raise umap.Cancelled
        return np.asarray(features[:, :2])

    def cancel(self) -> None:
        self.cancelled += 1
        self.off.set()

    def close(self) -> None:
        self.off.set()


@pytest.fixture
def run(tmp_path: Path) -> str:
    path = snapshot_path(tmp_path, 1)
    path.parent.mkdir()
    features = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float16)
    np.savez(path, features=features, index=np.arange(30), label=np.arange(30) % 3, step=np.int64(4))
    return str(tmp_path)


@pytest.fixture
def bridge(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    monkeypatch.setattr(umap, "UmapJob", StubbornJob)
    StubbornJob.made.clear()
    bridge = Bridge(tmp_path)
    yield bridge
    assert bridge.close(5)


def test_a_cancelled_map_lets_its_worker_go_and_the_next_one_comes(bridge: Bridge, qtbot: QtBot, run: str) -> None:
    question = MapSnapshot(run, 1, "umap")
    heard: list[object] = []
    bridge.ask(question, heard.append, heard.append, scope="embedding")
    qtbot.waitUntil(lambda: bool(StubbornJob.made) and StubbornJob.made[0].begun.is_set(), timeout=10_000)
    bridge.cancel(MapSnapshot("", 0, "umap"), "embedding")
    [job] = StubbornJob.made
    qtbot.waitUntil(lambda: not job.begun.is_set() and not bridge.busy)
    assert (job.cancelled, heard) == (1, [])

    bridge.ask(question, heard.append, heard.append, scope="embedding")
    job.go.set()
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert isinstance(heard[0], Map)


def test_a_cancel_does_not_stop_what_others_wait_for(bridge: Bridge, qtbot: QtBot, run: str) -> None:
    heard: list[object] = []
    bridge.ask(MapSnapshot(run, 1, "umap"), heard.append, heard.append, scope="other")
    qtbot.waitUntil(lambda: bool(StubbornJob.made) and StubbornJob.made[0].begun.is_set(), timeout=10_000)
    bridge.cancel(MapSnapshot("", 0, "umap"), "embedding")
    [job] = StubbornJob.made
    assert job.cancelled == 0
    job.go.set()
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert isinstance(heard[0], Map)
