"""What is called off really stops: the worker of a map, the opening of data; and what a check finds once data are there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.data import image_store
from engine.embed import umap
from engine.runs.reader import snapshot_path
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages
from workbench.bridge.map_questions import Map, MapSnapshot
from workbench.bridge.setup_questions import CheckConfig, Checked


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


def test_opening_data_can_be_called_off_and_begun_again(
    bridge: Bridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    append = image_store._append

    def slow(*given: object) -> None:
        gate.wait(10)
        append(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(image_store, "_append", slow)
    data = {"source": "shapes", "count": 1500, "storage": "disk", "root": str(tmp_path / "root")}
    names: list[str] = []
    heard: list[object] = []
    over: list[int] = []
    bridge.opening.connect(lambda name, share: names.append(name))
    bridge.opened.connect(lambda: over.append(1))
    bridge.ask(DescribeData(data), heard.append, heard.append, scope="a")
    bridge.ask(DescribeData(data), heard.append, heard.append, scope="b")  # waits behind the first
    qtbot.waitUntil(lambda: bool(names), timeout=10_000)
    bridge.cancel_opening()
    gate.set()
    qtbot.waitUntil(lambda: len(heard) == 2 and len(over) == 1, timeout=10_000)
    assert all("cancelled" in str(said) for said in heard)
    assert set(names) == {"shapes"}
    assert not any((tmp_path / "root").rglob("*.*"))

    # What follows by itself does not begin it again; asking what is in the data does.
    bridge.ask(GetImages(data, (0,)), heard.append, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 3, timeout=20_000)
    assert "cancelled" in str(heard.pop())
    bridge.ask(DescribeData(data), heard.append, heard.append, scope="a")
    qtbot.waitUntil(lambda: len(heard) == 3, timeout=20_000)
    assert isinstance(heard[-1], DataInfo)


def test_a_check_knows_the_data(bridge: Bridge, qtbot: QtBot) -> None:
    def check(**more: object) -> Checked:
        heard: list[Checked] = []
        config = {"method": {"id": "simclr"}, "data": {"source": "shapes", "count": 90}, **more}
        bridge.ask(CheckConfig(config), heard.append)
        qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
        return heard[0]

    assert check(train={"batch": 16}).problems == ()
    [(key, said)] = check(train={"batch": 256}).problems
    assert key == "train.batch"
    assert "the number of training images" in said
    # A set that is not on this machine is not fetched by a check, and one that is not there at all is told by others.
    assert check(data={"source": "food101", "root": "/nowhere"}).problems == ()
    assert check(data={"source": "/nowhere/at/all"}).problems == ()
