"""Each result of an evaluation belongs to the encoder it is reported for: compared with scikit-learn on that encoder's features."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

import engine.evaluate.encoder as encoder_module
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.embed.features import encode
from engine.evaluate.encoder import build_method
from engine.evaluate.protocol import evaluate
from engine.method import Method
from engine.runs.evaluation import read_evaluation
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world


def config(seed: int) -> RunConfig:
    return RunConfig(
        method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=seed)
    )


def method_of(encoder: str) -> Method:
    """The initial method of a run of seed 5, or a "trained" one that uses lightness but no colour, which is worse here."""
    if encoder == "untrained":
        return build_method(config(5)).eval()
    made = build_method(config(6)).eval()
    first = next(weight for weight in made.encoder.parameters() if weight.dim() == 4)
    with torch.no_grad():
        first.copy_(first.mean(1, keepdim=True).expand_as(first))
    return made


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Images whose colour is their class in two thirds of the cases, so that no probe is perfect."""
    plain, draw = small_world(images=300, size=16), np.random.default_rng(2)
    labels = np.where(draw.random(len(plain)) < 0.35, draw.integers(0, 3, len(plain)), plain.labels)
    # Random brightness, to which encoders respond differently.
    light = draw.uniform(0.3, 1.0, (len(plain), 1, 1, 1))
    result = dataclasses.replace(plain, labels=labels, images=(plain.images * light).astype(np.uint8))
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: result)
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run with seed 5."""
    made = create_folder(tmp_path / "runs", config(5))
    torch.save({"step": 3, "epoch": 1, "method": method_of("trained").state_dict()}, made / "checkpoints" / "last.pt")
    return made


def test_knn_and_linear_probe_equal_scikit_learn_on_each_encoder_s_features(folder: Path, world: Dataset) -> None:
    torch.set_num_threads(1)
    result = evaluate(folder, parts=("knn", "linear"))
    kept = read_evaluation(folder)
    assert kept is not None
    train, test = world.splits["train"], world.splits["test"]
    step, figures = 1 / len(test), kept.at(None)
    for encoder in ("trained", "untrained"):
        x = encode(method_of(encoder).encoder, world, np.arange(len(world)), size=16).double().numpy()
        neighbours = KNeighborsClassifier(20, metric="cosine", weights=lambda away: np.exp((1 - away) / 0.07))
        knn = neighbours.fit(x[train], world.labels[train]).score(x[test], world.labels[test])
        scores = getattr(result, encoder)
        z = (x - x[train].mean(0)) / np.maximum(x[train].std(0), 1e-6 * x[train].std(0).max())
        oracle = LogisticRegression(C=1 / (scores.l2 * len(train)), tol=1e-8, max_iter=3000)
        linear = oracle.fit(z[train], world.labels[train]).score(z[test], world.labels[test])
        # A tie within rounding error may be decided differently.
        assert (scores.knn, scores.linear) == (pytest.approx(knn, abs=1.01 * step), pytest.approx(linear, abs=1.01 * step))
        assert (getattr(figures["knn"], encoder), getattr(figures["linear"], encoder)) == (scores.knn, scores.linear)
    for name in ("knn", "linear", "rank"):
        assert getattr(result.trained, name) < getattr(result.untrained, name) - 4 * step, f"{name} tells the encoders apart"
