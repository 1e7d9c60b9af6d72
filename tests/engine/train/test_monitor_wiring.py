"""Measurements during a run: their images, their encoder, no smoothing, and no use of the test split."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.events import EmbeddingDone, EvalDone, Event, PicturesReady
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.monitor import Monitor
from engine.train.setup import Session, prepare
from engine.train.train_run import train

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]
E = TypeVar("E")
SPLITS = ("train", "validation", "test")
CONFIG = {"monitor": {"embed_images": 40, "knn_k": 5}}


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def evaluate_times(session: Session, times: int = 1) -> list[Event]:
    """The events of some evaluations."""
    events: list[Event] = []
    monitor = Monitor(session, events.append)
    for epoch in range(times):
        monitor.look(epoch)
    return events


def features(session: Session, encoder: Any, index: np.ndarray) -> Tensor:
    """Features of the stored images, one at a time, in eval mode."""
    encoder.eval()
    with torch.no_grad():
        pixels = torch.tensor(session.dataset.images[index]).float() / 255
        images = (pixels - torch.tensor(session.dataset.mean).view(3, 1, 1)) / torch.tensor(session.dataset.std).view(3, 1, 1)
        return torch.cat([encoder(image[None]) for image in images])


def naive_knn(session: Session, encoder: Any, k: int) -> float:
    """1805.01978, Sec. 3.4: validation images are classified by training images; a neighbour votes with exp(cosine / .07)."""
    data = session.dataset
    train, queries = data.splits["train"], data.splits["validation"]
    bank, asking = features(session, encoder, train), features(session, encoder, queries)
    right = 0
    for row, image in zip(asking, queries, strict=True):
        cosine = [float(row @ other / (row.norm() * other.norm())) for other in bank]
        votes: dict[int, float] = {}
        for i in sorted(range(len(train)), key=lambda i, cosine=cosine: -cosine[i])[:k]:  # type: ignore[misc]
            label = int(data.labels[train[i]])
            votes[label] = votes.get(label, 0.0) + math.exp(cosine[i] / 0.07)
        right += max(votes, key=lambda label, votes=votes: votes[label]) == int(data.labels[image])  # type: ignore[misc]
    return right / len(queries)


@pytest.mark.parametrize("id", ["simclr", "dino"])
def test_knn_classifies_validation_images_with_the_current_kept_encoder(prepared: Prepared, id: str) -> None:
    """DINO's is the teacher. Two evaluations of two encoders give both accuracies without averaging."""
    session = prepared(id, {**CONFIG, "data": {"count": 96}})
    encoder = session.method.teacher[0] if id == "dino" else session.method.backbone  # type: ignore[index]
    events: list[Event] = []
    monitor = Monitor(session, events.append)
    expected = []
    for epoch in range(3):
        with torch.no_grad():
            for p in encoder.parameters():  # type: ignore[union-attr]
                p.add_(0.4 * epoch * p.abs().mean() * torch.randn(p.shape, generator=torch.Generator().manual_seed(epoch)))
        session.method.train()
        monitor.look(epoch)
        assert session.method.training
        expected.append(naive_knn(session, copy.deepcopy(encoder), 5))
    assert [event.values["knn"] for event in of(EvalDone, events)] == pytest.approx(expected)
    assert len(set(expected)) > 1, "these encoders do not tell a mean from the last value"


def test_snapshots_are_the_encoder_s_features_of_training_and_validation_images(prepared: Prepared) -> None:
    """Row i is image index[i] with its label; there are no test images."""
    session = prepared("dino", CONFIG)
    with torch.no_grad():
        for p in session.method.teacher.parameters():  # type: ignore[union-attr,operator]
            p.mul_(1.5)
    one, two = (of(EmbeddingDone, evaluate_times(session))[0] for _ in range(2))
    data = session.dataset
    assert np.array_equal(one.index, two.index)
    assert len(set(one.index.tolist())) == 40
    assert not set(one.index.tolist()) & set(data.splits["test"].tolist())
    assert set(one.index.tolist()) & set(data.splits["validation"].tolist())
    assert np.array_equal(one.label, data.labels[one.index])
    expected = features(session, copy.deepcopy(session.method.teacher[0]), one.index)  # type: ignore[index]
    assert torch.allclose(torch.tensor(one.features).float(), expected, rtol=2e-2, atol=2e-2)


def spoiled(dataset: Dataset, split: str) -> Dataset:
    """The data with noise in place of one split's images, and with reversed labels."""
    images, labels = np.array(dataset.images), np.array(dataset.labels)
    index = dataset.splits[split]
    images[index] = np.random.default_rng(1).integers(0, 256, images[index].shape, dtype=np.uint8)
    labels[index] = labels[index][::-1]
    return dataclasses.replace(dataset, images=images, labels=labels)


@pytest.mark.parametrize("id", ["simclr", "mae"])
def test_the_splits_on_which_a_run_s_measurements_depend(small: Small, id: str) -> None:
    """Each split is spoiled in turn: the test split changes no event of a run; the validation split changes measurements and
    pictures, but no loss."""
    config = small(id, {**CONFIG, "train": {"batch": 8, "steps": 3}})
    runs: dict[str, dict[str, Any]] = {}
    plain = prepare(config).dataset
    for split in ("none", *SPLITS):
        session = prepare(config, plain if split == "none" else spoiled(plain, split))
        losses = []
        for _ in range(2):
            out, _ = take_step(session)
            session.step += 1
            losses.append(out.loss.item())
        events = evaluate_times(session)
        (figures,), (snapshot,), (pictures,) = of(EvalDone, events), of(EmbeddingDone, events), of(PicturesReady, events)
        validation = np.isin(snapshot.index, session.dataset.splits["validation"])
        runs[split] = {
            "losses": losses,
            "knn": figures.values["knn"],
            "figures": {name: value for name, value in figures.values.items() if name != "knn"},
            "validation rows": snapshot.features[validation].tobytes(),
            "training rows": snapshot.features[~validation].tobytes(),
            "pictures": {name: picture.tobytes() for name, picture in pictures.pictures.items()},
        }
    moved = {split: {name for name in runs["none"] if runs[split][name] != runs["none"][name]} for split in SPLITS}
    assert moved["test"] == set()
    assert {"figures", "validation rows", "pictures"} <= moved["validation"]
    assert not {"losses", "training rows"} & moved["validation"]
    assert "losses" in moved["train"]


@pytest.mark.parametrize(("every", "epochs"), [(2, [0, 2, 4, 5]), (3, [0, 3, 5])])
def test_evaluations_have_the_given_interval_and_include_the_last_epoch(small: Small, every: int, epochs: list[int]) -> None:
    monitor = {"knn_every": every, "pictures": False, "knn_images": 10, "embed_images": 4}
    config = small("simclr", {"train": {"batch": 16, "steps": 0, "epochs": 5}, "monitor": monitor})
    events: list[Event] = []
    train(config, events.append, Control())
    assert [event.epoch for event in of(EvalDone, events)] == epochs
    assert [event.epoch for event in of(EmbeddingDone, events)] == epochs
