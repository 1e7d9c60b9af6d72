"""Each figure of an evaluation is of the encoder under whose name it stands: computed anew by scikit-learn on its own features."""

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
    """The method that a run of seed 5 begins from; or another one, "trained" to see light and no colour, which is worse here."""
    if encoder == "untrained":
        return build_method(config(5)).eval()
    made = build_method(config(6)).eval()
    first = next(weight for weight in made.encoder.parameters() if weight.dim() == 4)
    with torch.no_grad():
        first.copy_(first.mean(1, keepdim=True).expand_as(first))
    return made


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Images whose colour is a class for two thirds of them, so that no probe has them all."""
    plain, draw = small_world(images=300, size=16), np.random.default_rng(2)
    labels = np.where(draw.random(len(plain)) < 0.35, draw.integers(0, 3, len(plain)), plain.labels)
    # Random brightness: encoders differ in what they make of it.
    light = draw.uniform(0.3, 1.0, (len(plain), 1, 1, 1))
    result = dataclasses.replace(plain, labels=labels, images=(plain.images * light).astype(np.uint8))
    monkeypatch.setattr(encoder_module, "open_dataset", lambda *_: result)
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run begun from seed 5."""
    made = create_folder(tmp_path / "runs", config(5))
    torch.save({"step": 3, "epoch": 1, "method": method_of("trained").state_dict()}, made / "checkpoints" / "last.pt")
    return made


def test_knn_and_linear_probe_are_those_of_scikit_learn_on_the_encoder_s_own_features(folder: Path, world: Dataset) -> None:
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
        # A draw to the last digit may fall to either side.
        assert (scores.knn, scores.linear) == (pytest.approx(knn, abs=1.01 * step), pytest.approx(linear, abs=1.01 * step))
        assert (getattr(figures["knn"], encoder), getattr(figures["linear"], encoder)) == (scores.knn, scores.linear)
    for name in ("knn", "linear", "rank"):
        assert getattr(result.trained, name) < getattr(result.untrained, name) - 4 * step, f"{name} tells the encoders apart"
