"""Maps are aligned sample by sample, independent of the order of rows and of missing samples.

Here every epoch has another order of samples, and some samples are missing in the other epochs: code that matches row i of one map
to row i of the other aligns different samples."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.embed import umap
from engine.runs.reader import snapshot_path
from tests.workbench.bridge.test_maps import TurningJob
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.map_questions import Map, MapSnapshot
from workbench.bridge.versus_questions import CompareSpaces, LayMap, SpaceAt

EPOCHS = (1, 3, 7)
SAMPLES = 48
# The features of each sample, the same at every epoch up to the signs of the axes.
SPACE = np.random.default_rng(0).normal(size=(SAMPLES, 6)) * [5, 3, 1, 1, 1, 1]


def samples_of(epoch: int) -> np.ndarray:
    """40 of the 48 samples, in an order that depends on the epoch."""
    return np.random.default_rng(epoch).permutation(SAMPLES)[:40]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(umap, "UmapJob", TurningJob)
    monkeypatch.setattr(TurningJob, "begun", [])
    for epoch in EPOCHS:
        path = snapshot_path(tmp_path, epoch)
        path.parent.mkdir(exist_ok=True)
        index = samples_of(epoch)
        signs = np.random.default_rng(100 + epoch).choice([-1, 1], 6)
        features = (SPACE[index] * signs).astype(np.float16)
        np.savez(path, features=features, index=index * 3, label=index % 4, step=np.int64(epoch))
    return str(tmp_path)


def ask(answers: EngineAnswers, question: Any) -> Any:
    return answers(question, lambda share: None, lambda: True)


def positions(made: Map) -> dict[int, np.ndarray]:
    return dict(zip(made.index.tolist(), made.xy, strict=True))


@pytest.mark.parametrize("order", list(itertools.permutations(EPOCHS)), ids=str)
@pytest.mark.parametrize("kind", ["pca", "umap"])
def test_samples_are_aligned_by_index_when_rows_are_in_another_order(run: str, kind: str, order: tuple[int, ...]) -> None:
    answers = EngineAnswers()
    maps = [ask(answers, MapSnapshot(run, epoch, kind)) for epoch in order]
    for made, epoch in zip(maps, order, strict=True):
        assert made.index.tolist() == (samples_of(epoch) * 3).tolist()
        assert made.label.tolist() == (samples_of(epoch) % 4).tolist()
    for one, other in itertools.combinations(maps, 2):
        here, there = positions(one), positions(other)
        shared = here.keys() & there.keys()
        assert 30 < len(shared) < 40
        moved = np.array([np.linalg.norm(here[sample] - there[sample]) for sample in shared])
        spread = float(np.linalg.norm(one.xy - one.xy.mean(0), axis=1).mean())
        assert moved.max() < 0.3 * spread
        apart = [np.linalg.norm(here[a] - there[b]) for a, b in itertools.pairwise(sorted(shared))]
        assert float(np.mean(apart)) > 0.5 * spread, "other samples are at other positions"


def test_two_spaces_are_compared_sample_by_sample(run: str) -> None:
    """Both epochs have the same features up to signs, so every sample keeps all its neighbours."""
    compared = ask(EngineAnswers(), CompareSpaces(SpaceAt(run, 1), SpaceAt(run, 7), 5))
    assert compared.index.tolist() == sorted(set((samples_of(1) * 3).tolist()) & set((samples_of(7) * 3).tolist()))
    assert float(compared.kept.min()) == 1.0
    assert compared.cka == pytest.approx(1.0, abs=1e-3)


def test_a_map_is_aligned_by_the_given_rows() -> None:
    """`rows` are the rows of the map that correspond to the samples of `onto`, in the order of `onto`."""
    xy = np.random.default_rng(5).normal(size=(30, 2))
    angle = 1.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = (xy @ turn * 3 + [4, -2]).astype(np.float32)
    rows = np.random.default_rng(6).permutation(30)[:20]
    laid = ask(EngineAnswers(), LayMap(turned, rows, xy[rows].astype(np.float32)))
    np.testing.assert_allclose(laid, xy, atol=1e-4)
