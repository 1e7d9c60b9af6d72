"""Cancelled work stops: the worker of a map, the opening of data. And config checks use the opened data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.data import image_store
from engine.embed import umap
from engine.runs.reader import snapshot_path
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages
from workbench.bridge.map_questions import Map, MapSnapshot
from workbench.bridge.setup_questions import CheckConfig, Checked


class StubbornJob:
    """A UMAP job without progress that runs until it is cancelled, or until `finish` is set, then with a map."""

    made: list[StubbornJob] = []

    def __init__(self) -> None:
        self.begun, self.finish, self.stop = threading.Event(), threading.Event(), threading.Event()
        self.cancelled = 0
        self.made.append(self)

    def run(self, features: np.ndarray, progress: Callable[[float], None], **settings: object) -> np.ndarray:
        self.begun.set()
        self.stop.clear()
        while not self.finish.wait(0.005):
            if self.stop.is_set():
                self.begun.clear()
                raise umap.Cancelled
        return np.asarray(features[:, :2])

    def cancel(self) -> None:
        self.cancelled += 1
        self.stop.set()

    def close(self) -> None:
        self.stop.set()


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


def test_a_cancelled_map_frees_its_worker_for_the_next_map(bridge: Bridge, qtbot: QtBot, run: str) -> None:
    question = MapSnapshot(run, 1, "umap")
    results: list[object] = []
    bridge.ask(question, results.append, results.append, scope="embedding")
    qtbot.waitUntil(lambda: bool(StubbornJob.made) and StubbornJob.made[0].begun.is_set(), timeout=10_000)
    bridge.cancel(MapSnapshot("", 0, "umap"), "embedding")
    [job] = StubbornJob.made
    qtbot.waitUntil(lambda: not job.begun.is_set() and not bridge.busy)
    assert (job.cancelled, results) == (1, [])

    bridge.ask(question, results.append, results.append, scope="embedding")
    job.finish.set()
    qtbot.waitUntil(lambda: len(results) == 1)
    assert isinstance(results[0], Map)


def test_a_cancel_does_not_stop_a_map_of_another_scope(bridge: Bridge, qtbot: QtBot, run: str) -> None:
    results: list[object] = []
    bridge.ask(MapSnapshot(run, 1, "umap"), results.append, results.append, scope="other")
    qtbot.waitUntil(lambda: bool(StubbornJob.made) and StubbornJob.made[0].begun.is_set(), timeout=10_000)
    bridge.cancel(MapSnapshot("", 0, "umap"), "embedding")
    [job] = StubbornJob.made
    assert job.cancelled == 0
    job.finish.set()
    qtbot.waitUntil(lambda: len(results) == 1)
    assert isinstance(results[0], Map)


def test_opening_data_can_be_cancelled_and_started_again(
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
    results: list[object] = []
    closed: list[int] = []
    bridge.opening.connect(lambda name, share: names.append(name))
    bridge.opened.connect(lambda: closed.append(1))
    bridge.ask(DescribeData(data), results.append, results.append, scope="a")
    bridge.ask(DescribeData(data), results.append, results.append, scope="b")  # waits for the first
    qtbot.waitUntil(lambda: bool(names), timeout=10_000)
    bridge.cancel_opening()
    gate.set()
    qtbot.waitUntil(lambda: len(results) == 2 and len(closed) == 1, timeout=10_000)
    assert all("cancelled" in str(result) for result in results)
    assert set(names) == {"shapes"}
    assert not any((tmp_path / "root").rglob("*.*"))

    # Questions that follow automatically do not open the data again; DescribeData does.
    bridge.ask(GetImages(data, (0,)), results.append, results.append)
    qtbot.waitUntil(lambda: len(results) == 3, timeout=20_000)
    assert "cancelled" in str(results.pop())
    bridge.ask(DescribeData(data), results.append, results.append, scope="a")
    qtbot.waitUntil(lambda: len(results) == 3, timeout=20_000)
    assert isinstance(results[-1], DataInfo)


def test_a_config_check_uses_the_opened_data(bridge: Bridge, qtbot: QtBot) -> None:
    def check(**more: object) -> Checked:
        results: list[Checked] = []
        config = {"method": {"id": "simclr"}, "data": {"source": "shapes", "count": 90}, **more}
        bridge.ask(CheckConfig(config), results.append)
        qtbot.waitUntil(lambda: bool(results), timeout=20_000)
        return results[0]

    assert check(train={"batch": 16}).problems == ()
    [(key, message)] = check(train={"batch": 256}).problems
    assert key == "train.batch"
    assert "the number of training images" in message
    # A check does not download a data set, and a missing one is reported by DescribeData.
    assert check(data={"source": "food101", "root": "/nowhere"}).problems == ()
    assert check(data={"source": "/nowhere/at/all"}).problems == ()


def test_a_config_check_names_what_a_folder_lacks(bridge: Bridge, qtbot: QtBot, tmp_path: Path) -> None:
    for k in range(40):
        Image.new("RGB", (16, 16), (6 * k, 0, 0)).save(tmp_path / f"{k:02}.png")
    results: list[Checked] = []
    config = {"method": {"id": "clip"}, "data": {"source": str(tmp_path)}, "train": {"batch": 16}}
    bridge.ask(DescribeData(config["data"]), lambda _: bridge.ask(CheckConfig(config), results.append))
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    [(key, message)] = results[0].problems
    assert key == "data.source"
    assert "captions, which CLIP needs" in message
    assert "shapes, simple_shapes, scenes" in message
