"""Each split is spoiled in turn, and each result of an evaluation changes or does not change, as the protocol requires.

Training images are the kNN bank and the training data of probe and fine-tuning; validation images choose the L2 strength and the
learning rate; test images are used for the reported results only. A split is spoiled in its images (replaced by noise) or in its
labels (each replaced by the next class)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

import engine.evaluate.encoder as encoder_module
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.data.dataset import Dataset
from engine.evaluate.encoder import build_method
from engine.evaluate.protocol import evaluate
from engine.runs.run_folder import create_folder
from tests.engine.embed.world import small_world

CLASSES = 3

# Results that must change, and results that may change; all others must be identical.
KNN = {"knn", "knn_200"}
TEST = {*KNN, "linear", "rank", "finetune_100"}
MOVES: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("train", "labels"): (
        {*KNN, "linear", "linear validation", "finetune_100", "finetune_100 validation"},
        {"l2", "finetune_100 rate"},
    ),
    ("train", "images"): (
        {*KNN, "linear", "linear validation", "finetune_100", "finetune_100 validation"},
        {"l2", "finetune_100 rate"},
    ),
    ("validation", "labels"): (
        {"linear validation", "finetune_100 validation"},
        # Another strength or rate may be chosen, which gives another probe on the same test images.
        {"l2", "linear", "finetune_100", "finetune_100 rate"},
    ),
    ("validation", "images"): (
        {"linear validation", "finetune_100 validation"},
        {"l2", "linear", "finetune_100", "finetune_100 rate"},
    ),
    ("test", "labels"): ({*KNN, "linear", "finetune_100"}, set()),
    ("test", "images"): (TEST, set()),
}


def spoiled(dataset: Dataset, split: str, what: str) -> Dataset:
    """The data set with useless images or labels in one split, and unchanged mean and deviation."""
    index = dataset.splits[split]
    if what == "labels":
        labels = dataset.labels.copy()
        labels[index] = (labels[index] + 1) % CLASSES
        return dataclasses.replace(dataset, labels=labels)
    images = dataset.images.copy()
    images[index] = np.random.default_rng(7).integers(0, 256, images[index].shape, dtype=np.uint8)
    return dataclasses.replace(dataset, images=images)


@pytest.fixture(scope="module")
def world() -> Dataset:
    return small_world(images=120, size=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose trained weights are those of another seed, so that they differ from its initial ones."""
    config = RunConfig(
        method=MethodChoice(id="simclr"), views=ViewsConfig(groups=(ViewConfig(size=16),)), train=TrainConfig(seed=5)
    )
    folder = create_folder(tmp_path_factory.mktemp("runs"), config)
    other = config.model_copy(update={"train": TrainConfig(seed=6)})
    torch.save({"step": 3, "epoch": 1, "method": build_method(other).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


Figures = dict[str, dict[str, float]]


def figures_of(folder: Path, dataset: Dataset) -> Figures:
    """The stored results of the trained and the untrained encoder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoder_module, "open_dataset", lambda *_: dataset)
        # A file is given, so that no result is stored in the run folder or read from it.
        last = folder / "checkpoints" / "last.pt"
        result = evaluate(folder, last, parts=("knn", "linear", "finetune_100"), budget=320)
    figures: Figures = {}
    for encoder, scores in (("trained", result.trained), ("untrained", result.untrained)):
        values: dict[str, float | None] = {"rank": scores.rank, "l2": scores.l2}
        for part, figure in result.figures.items():
            values[part] = getattr(figure, encoder)
            by = figure.by if encoder == "trained" else figure.untrained_by
            values |= {f"{part} {name}": value for name, value in by.items() if name != "l2"}
        assert (scores.knn, scores.knn_200) == (values["knn"], values["knn_200"])
        assert (scores.linear, scores.linear_validation) == (values["linear"], values["linear validation"])
        figures[encoder] = {name: float(value) for name, value in values.items() if value is not None}
    return figures


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def honest(folder: Path, world: Dataset) -> Figures:
    return figures_of(folder, world)


def test_results_on_the_unspoiled_data_are_above_chance(honest: Figures) -> None:
    for figures in honest.values():
        assert set(figures) == {
            *("knn", "knn_200", "rank", "l2", "linear", "linear validation"),
            *("finetune_100", "finetune_100 validation", "finetune_100 rate"),
        }
        assert all(figures[name] > 0.8 for name in ("knn", "linear", "linear validation", "finetune_100"))


@pytest.mark.parametrize(("split", "what"), list(MOVES), ids=lambda value: value)
def test_a_spoiled_split_changes_the_results_that_use_it_only(
    split: str, what: str, folder: Path, world: Dataset, honest: Figures
) -> None:
    must, may = MOVES[split, what]
    for encoder, after in figures_of(folder, spoiled(world, split, what)).items():
        before = honest[encoder]
        same = before.keys() - must - may
        assert {name: after[name] for name in same} == {name: before[name] for name in same}, encoder
        for name in must - {"rank"}:
            assert after[name] < before[name] - 0.15, f"{name} ({encoder}) is a share of images whose class can no longer be known"
        if "rank" in must:
            assert after["rank"] != before["rank"]
