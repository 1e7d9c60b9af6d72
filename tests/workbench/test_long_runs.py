"""A run with very many steps is read in a background thread, in pieces, and the window gets the finished series."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.health import Watch
from engine.runs.reader import METRICS, read_metrics
from engine.runs.run_folder import create_folder
from engine.runs.status import FILE, Status, write_status
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.panels.curves.history import History
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Series
from workbench.window import Window

STEPS = 6_000


def line(step: int) -> dict[str, Any]:
    return {
        "event": "StepDone",
        "step": step,
        "epoch": step / 10,
        "loss": 8 - step / STEPS,
        "lr": 0.001,
        "images_per_second": 345.6,
        "stage": "",
        "seconds": step / 50,
        "terms": {"positives": 0.1},
        "diagnostics": {"std": 0.9, "rank_features": 30.0} if step % 10 == 0 else {},
    }


def lines(first: int, last: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [{"event": "RunStarted", "step": 0, "batch": 8, "chance": 6.2}] if first == 1 else []
    for step in range(first, last + 1):
        events.append(line(step))
        if step % 1000 == 0:
            events.append({"event": "EvalDone", "step": step, "epoch": step // 10, "values": {"knn": step / STEPS}})
            events.append({"event": "CheckpointSaved", "step": step, "epoch": step // 10})
    return events


def write(folder: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    it = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(it, before_close_func=lambda window: window.bridge.close(10))
    it.resize(1280, 720)
    return it


def test_lines_in_batches_give_the_same_series_as_one_by_one() -> None:
    one, many = History(), History()
    events = [*lines(1, 1500), {"event": "RunStarted", "step": 1200, "batch": 8}, *lines(1201, 1300)]
    for event in events:
        one.take_line(event)
    for start in range(0, len(events), 333):
        many.take_lines(events[start : start + 333])
    assert one.series.keys() == many.series.keys()
    for name, series in one.series.items():
        for kind in ("step", "epoch", "images", "seconds"):
            np.testing.assert_array_equal(series.x(kind), many.series[name].x(kind))  # type: ignore[arg-type]
        np.testing.assert_array_equal(series.y, many.series[name].y)
    assert one.marks == many.marks
    assert many.series["loss"].x("step")[-1] == 1300


def test_extend_equals_append_row_by_row() -> None:
    one, many = Series(), Series()
    rows = np.random.default_rng(0).random((500, 5))
    rows[7, 4] = np.inf
    for step, epoch, images, seconds, value in rows:
        one.append(value, step=step, epoch=epoch, images=images, seconds=seconds)
    for part in np.array_split(rows, 7):
        many.extend(part)
    many.extend(np.zeros((0, 5)))
    np.testing.assert_array_equal(one.y, many.y)
    np.testing.assert_array_equal(one.x("images"), many.x("images"))
    np.testing.assert_allclose(one.smoothed(0.9), many.smoothed(0.9))


def test_malformed_lines_are_ignored() -> None:
    history, watch = History(), Watch()
    history.take_lines(
        [
            {"event": "StepDone"},
            {"event": "StepDone", "step": "x", "loss": 1.0},
            {"event": "StepDone", "step": 1, "loss": 10**400, "terms": "none", "diagnostics": [1]},
            {"event": "EvalDone", "values": 3},
            {"event": "EvalDone", "step": 2, "values": {"knn": "high"}},
            {"event": "CheckpointSaved"},
        ]
    )
    watch.take_lines([])
    assert history.series["loss"].size == 1
    assert np.isnan(history.series["eval.knn"].y[0])


def test_metrics_are_read_in_pieces_of_whole_lines(tmp_path: Path) -> None:
    write(tmp_path, lines(1, 300))
    whole, end = read_metrics(tmp_path)
    read: list[dict[str, Any]] = []
    offset, pieces = 0, 0
    while True:
        part, after = read_metrics(tmp_path, offset, 1000)
        if after == offset:
            break
        read, offset, pieces = [*read, *part], after, pieces + 1
    assert read == whole
    assert offset == end
    assert pieces > 30
    # A line that is longer than a piece is read whole.
    long = {"event": "Warned", "step": 300, "message": "x" * 5000}
    write(tmp_path, [long])
    assert read_metrics(tmp_path, offset, 1000)[0] == [long]


def test_a_long_run_is_read_in_the_background(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_folder(window.bridge.root, RunConfig(name="long"))
    write(folder, lines(1, STEPS))
    write_status(folder, Status("finished", STEPS, STEPS, started=1.0))
    assert (folder / FILE).is_file()
    threads: set[int] = set()
    most = 0

    def noted(take: Any) -> Any:
        def call(self: Any, lines: Sequence[Mapping[str, Any]]) -> Any:
            nonlocal most
            threads.add(threading.get_ident())
            most = max(most, len(lines))
            return take(self, lines)

        return call

    monkeypatch.setattr(History, "take_lines", noted(History.take_lines))
    monkeypatch.setattr(Watch, "take_lines", noted(Watch.take_lines))
    key = str(folder)
    window.show()
    qtbot.waitUntil(lambda: key in window.curves._runs and "loss" in window.curves._runs[key].history.series, timeout=20000)
    series = window.curves._runs[key].history.series
    assert series["loss"].size == STEPS
    assert series["eval.knn"].y[-1] == 1.0
    assert threads
    assert threading.get_ident() not in threads
    assert most < STEPS / 2
    assert window.health._watches[key].verdict().step == STEPS
    # Later lines are added in pieces too: no more than a few hundred lines per iteration of the event loop.
    most = 0
    write(folder, lines(STEPS + 1, 2 * STEPS))
    window.run_selection._loaded.discard(key)
    window.run_selection._load(key)
    qtbot.waitUntil(lambda: series["loss"].size == 2 * STEPS, timeout=20000)
    assert most < STEPS / 2


def test_a_wide_line_is_painted_as_segments(qtbot: QtBot) -> None:
    """A noisy curve over the whole plot as one path takes a second to paint with a wide pen."""
    plot = CurvePlot("loss")
    qtbot.addWidget(plot)
    series = Series()
    series.extend(np.random.default_rng(0).random((2000, 5)).cumsum(0))
    plot.set_curve("a", series, "a", "#5aa9e6")
    plot.refresh()
    drawn = plot._curves["a"].line
    assert drawn.opts["pen"].widthF() > 1
    assert drawn._shouldUseDrawLineSegments(drawn.opts["pen"])
