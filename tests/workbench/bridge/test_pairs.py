"""Answers about pairs of views of a run on disk: plain arrays, and the checkpoint is loaded once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled
from engine.study.pair_measures import cosines
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength

CONFIG = {
    "method": {"id": "simclr", "temperature": 0.3},
    "data": {"source": "shapes", "count": 64, "size": 32},
    "train": {"batch": 16, "steps": 2, "device": "cpu", "precision": "fp32", "threads": 1},
    "monitor": {"embed_images": 0, "knn_every": 1000},
}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    train(resolve(CONFIG), lambda event: None, Control(), tmp_path)
    return str(tmp_path)


def test_pairs_of_a_batch_and_a_strength_curve(folder: str) -> None:
    answers, shares = EngineAnswers(), list[float]()
    pairs = answers(InspectPairs(folder, "train", 10, 4), shares.append, lambda: True)
    assert pairs.originals.shape == pairs.views[0].shape == (10, 32, 32, 3)
    assert (pairs.temperature, set(pairs.spaces)) == (0.3, {"features", "embedding"})
    assert pairs.overlap.shape == (10,)
    assert shares[-1] == 1.0
    for space in pairs.spaces.values():
        assert space.matrix.shape == (20, 20)
        assert sorted(space.clusters.tolist()) == list(range(10))
    curve = answers(MeasureStrength(folder, "hue", "train", 6), shares.append, lambda: True)
    assert curve.images == 6
    assert curve.spaces["features"].mean[0] == pytest.approx(1, abs=1e-5)
    assert np.all(curve.spaces["features"].low <= curve.spaces["features"].high)


def test_a_checkpoint_is_loaded_once_until_it_changes(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.study import spaces as module

    opened = []
    load = module.method_at

    def counting(*arguments: object) -> object:
        opened.append(arguments)
        return load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "method_at", counting)
    answers = EngineAnswers()
    for seed in (0, 1):
        answers(InspectPairs(folder, "train", 4, seed), lambda share: None, lambda: True)
    assert len(opened) == 1
    file = Path(folder) / "checkpoints" / "last.pt"
    file.write_bytes(file.read_bytes())
    answers(InspectPairs(folder, "train", 4, 0), lambda share: None, lambda: True)
    assert len(opened) == 2


def test_an_unwanted_question_raises_cancelled(folder: str) -> None:
    with pytest.raises(Cancelled):
        EngineAnswers()(InspectPairs(folder), lambda share: None, lambda: False)


def test_a_run_without_a_checkpoint_raises_an_error(folder: str) -> None:
    (Path(folder) / "checkpoints" / "last.pt").unlink()
    with pytest.raises(ConfigError, match="saved none yet"):
        EngineAnswers()(InspectPairs(folder), lambda share: None, lambda: True)


def test_cosines_are_at_most_1() -> None:
    rows = np.ones((3, 4))
    assert cosines(rows, rows).max() <= 1
