"""Complete runs with one split spoiled: which losses, evaluations, snapshots and pictures may change.

test_monitor_wiring.py tests session and monitor; here the data are those that `train` opens, labels are spoiled separately, and one
method is supervised."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pytest

import engine.train.train_run as train_run
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.events import EmbeddingDone, EvalDone, Event, PicturesReady, StepDone
from engine.train import loop
from engine.train.control import Control
from engine.train.train_run import train

Small = Callable[..., RunConfig]
E = TypeVar("E")
MONITOR = {"embed_images": 24, "knn_k": 3, "knn_every": 1, "diagnose_every": 2}


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(autouse=True)
def every_step_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)


@pytest.fixture
def events_of(small: Small, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Event]]:
    """All events of a short run on a changed data set: `events_of("simclr", lambda dataset: ...)`."""

    def run(id: str, change: Callable[[Dataset], Dataset] = lambda dataset: dataset) -> list[Event]:
        opened: list[Dataset] = []

        def open_changed(*given: Any) -> Dataset:
            opened.append(change(open_dataset(*given)))
            return opened[-1]

        monkeypatch.setattr(train_run, "open_dataset", open_changed)
        events: list[Event] = []
        train(small(id, {"monitor": MONITOR, "data": {"test": 0.3, "validation": 0.3}}), events.append, Control())
        assert len(opened) == 1, "the run is on the changed data"
        return events

    return run


def spoiled(split: str, *what: str) -> Callable[[Dataset], Dataset]:
    """A function that replaces the "images" of a split by noise, or its "labels" by the next class."""

    def change(dataset: Dataset) -> Dataset:
        index, images, labels = dataset.splits[split], np.array(dataset.images), dataset.labels.copy()
        if "labels" in what:
            labels[index] = (labels[index] + 1) % len(dataset.classes)
        if "images" in what:
            images[index] = np.random.default_rng(7).integers(0, 256, images[index].shape, dtype=np.uint8)
        return dataclasses.replace(dataset, images=images, labels=labels)

    return change


def report(events: list[Event]) -> dict[str, list[object]]:
    """The reported values of a run, without times."""
    return {
        "loss": [(event.step, event.loss, dict(event.terms)) for event in of(StepDone, events)],
        "eval": [dict(event.values) for event in of(EvalDone, events)],
        "snapshot": [(e.index.tolist(), e.label.tolist(), e.features.tobytes()) for e in of(EmbeddingDone, events)],
        "pictures": [{name: sheet.tobytes() for name, sheet in event.pictures.items()} for event in of(PicturesReady, events)],
    }


@pytest.mark.parametrize("id", ["rotation", "supervised"])
def test_the_test_split_changes_nothing_that_a_run_reports(id: str, events_of: Callable[..., list[Event]]) -> None:
    honest, fooled = report(events_of(id)), report(events_of(id, spoiled("test", "images", "labels")))
    assert honest["snapshot"]
    assert honest["eval"]
    assert honest["pictures"]
    assert fooled == honest


@pytest.mark.parametrize("split", ["train", "validation"])
def test_labels_change_knn_accuracy_and_nothing_else_of_a_self_supervised_run(
    split: str, events_of: Callable[..., list[Event]]
) -> None:
    honest, fooled = report(events_of("simclr")), report(events_of("simclr", spoiled(split, "labels")))
    assert fooled["loss"] == honest["loss"]
    assert [row[2] for row in fooled["snapshot"]] == [row[2] for row in honest["snapshot"]]  # type: ignore[index]
    assert fooled["pictures"] == honest["pictures"]
    assert [row["knn"] for row in fooled["eval"]] != [row["knn"] for row in honest["eval"]]  # type: ignore[index]
    without = [[{k: v for k, v in row.items() if k != "knn"} for row in story["eval"]] for story in (honest, fooled)]  # type: ignore[attr-defined]
    assert without[0] == without[1]


def test_training_labels_change_the_loss_of_a_supervised_method_only(events_of: Callable[..., list[Event]]) -> None:
    honest, fooled = report(events_of("supervised")), report(events_of("supervised", spoiled("train", "labels")))
    assert fooled["loss"] != honest["loss"]
    validation = report(events_of("supervised", spoiled("validation", "labels")))
    assert validation["loss"] == honest["loss"]
