"""The invariance of a run with each split spoiled in turn: probes are fitted on training images and scored on test images, and each
space has its own scores."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

import engine.evaluate.encoder as encoder_module
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.embed.features import encode
from engine.evaluate import probes
from engine.evaluate.encoder import build_method
from engine.runs.run_folder import create_folder
from engine.study.invariance import invariance
from tests.engine.embed.world import small_world

IMAGES = (72, 24, 24)


@pytest.fixture(scope="module")
def world() -> Dataset:
    return small_world(images=120, size=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = RunConfig(
        method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5)
    )
    folder = create_folder(tmp_path_factory.mktemp("runs"), config)
    method = build_method(config.model_copy(update={"train": TrainConfig(seed=6)}))
    torch.save({"step": 3, "epoch": 1, "method": method.state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


def scores(folder: Path, dataset: Dataset, *spaces: str) -> dict[str, dict[str, float]]:
    """By space the score of each factor after the last epoch, of spaces that are measured in one call."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoder_module, "open_dataset", lambda *_: dataset)
        patched.setattr(probes, "LOGISTIC_GRID", (0.1,))  # with one strength the validation split has no effect
        result = invariance(folder, images=IMAGES, again=True, spaces=spaces)
    values: dict[str, dict[str, float]] = {space: {} for space in spaces}
    for space in spaces:
        for factor in result.factors:
            reading = factor.at(space, result.last)
            assert reading is not None
            values[space][factor.name] = reading.score
    return values


def spoiled(dataset: Dataset, split: str) -> Dataset:
    labels = dataset.labels.copy()
    labels[dataset.splits[split]] = (labels[dataset.splits[split]] + 1) % 3
    return dataclasses.replace(dataset, labels=labels)


@pytest.mark.parametrize(("split", "falls"), [("train", True), ("validation", False), ("test", True)])
def test_labels_of_a_split_change_the_class_score_only(split: str, falls: bool, folder: Path, world: Dataset) -> None:
    honest, fooled = (scores(folder, data, "features")["features"] for data in (world, spoiled(world, split)))
    assert honest["class"] > 0.8
    assert (fooled["class"] < 0.3) if falls else (fooled["class"] == honest["class"])
    rest = honest.keys() - {"class"}
    assert {"mean lightness", "brightness", "crop x"} <= rest
    assert {name: fooled[name] for name in rest} == {name: honest[name] for name in rest}


@pytest.mark.parametrize("space", ["features", "embedding"])
def test_a_space_s_score_equals_scikit_learn_on_its_features(space: str, folder: Path, world: Dataset) -> None:
    """With labels that no probe predicts perfectly, so that backbone and projector have different scores."""
    draw = np.random.default_rng(1)
    labels = np.where(draw.random(len(world)) < 0.3, draw.integers(0, 3, len(world)), world.labels)
    noisy = dataclasses.replace(world, labels=labels)
    method = build_method(
        RunConfig(method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=6))
    ).eval()
    rows = encode(method.encoder, noisy, np.arange(len(noisy)), size=16)
    if space == "embedding":
        with torch.no_grad():
            rows = method.projector(rows)  # type: ignore[operator]
    x = rows.double().numpy()
    train, test = noisy.splits["train"], noisy.splits["test"]
    x = (x - x[train].mean(0)) / np.maximum(x[train].std(0), 1e-6 * x[train].std(0).max())
    oracle = LogisticRegression(C=1 / (0.1 * len(train)), tol=1e-8, max_iter=5000).fit(x[train], labels[train])
    assert scores(folder, noisy, space)[space]["class"] == pytest.approx(
        oracle.score(x[test], labels[test]), abs=1 / len(test) + 1e-9
    )


def test_spaces_measured_together_have_the_scores_of_each_alone(folder: Path, world: Dataset) -> None:
    together = scores(folder, world, "features", "embedding")
    alone = {space: scores(folder, world, space)[space] for space in ("features", "embedding")}
    assert together == alone
    assert alone["features"] != alone["embedding"]
