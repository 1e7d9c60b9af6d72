"""Answers of the bridge about the invariance of a run, and cancelling the measurement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import engine.study.invariance
from engine.config.run import RunConfig
from engine.execute.progress import Cancelled
from engine.runs.invariance_file import write_invariance
from engine.runs.reader import checkpoint_path
from engine.runs.run_folder import create_folder
from tests.workbench.stand_ins import invariance_of
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance
from workbench.bridge.question import Lane


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create_folder(tmp_path, RunConfig())


def read(folder: Path) -> Any:
    return EngineAnswers()(ReadInvariance(str(folder)), lambda share: None, lambda: True)


def test_a_run_without_a_checkpoint_is_not_ready(folder: Path) -> None:
    answer = read(folder)
    assert (answer.result, answer.ready, answer.kept, answer.stale) == (None, False, 0, False)


def test_a_stored_result_is_stale_when_the_checkpoint_is_newer(folder: Path) -> None:
    checkpoint_path(folder).write_bytes(b"weights")
    checkpoint_path(folder, 2).write_bytes(b"weights")
    invariance = invariance_of(folder.name)
    write_invariance(folder, invariance)
    answer = read(folder)
    assert (answer.result.epochs, answer.result.sentence("features")) == (invariance.epochs, invariance.sentence("features"))
    assert (answer.ready, answer.kept, answer.stale) == (True, 1, True)  # the marks in the stand-in's result are of other files


def test_a_cancelled_measurement_raises_cancelled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    def stand_in(folder: Path, epochs: str, again: bool, progress: Any) -> None:
        calls.append((folder, epochs, again))
        progress(0.5, "half way")
        write_invariance(folder, invariance_of(folder.name))

    monkeypatch.setattr(engine.study.invariance, "invariance", stand_in)
    shares: list[float] = []
    answer = EngineAnswers()(MeasureInvariance(str(folder), every=True), shares.append, lambda: True)
    assert calls == [(folder, "all", False)]
    assert shares == [0.5]
    assert answer.result is not None
    with pytest.raises(Cancelled):
        EngineAnswers()(MeasureInvariance(str(folder), again=True), shares.append, lambda: False)
    assert calls[-1] == (folder, "last", True)
    assert shares == [0.5]


def test_measuring_has_the_long_lane_and_reading_the_quick_one() -> None:
    assert MeasureInvariance.lane is Lane.LONG
    assert ReadInvariance.lane is Lane.QUICK
