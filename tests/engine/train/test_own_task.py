"""The score of a method's own task on images that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.events import EvalDone, Event
from engine.method import Batch, TaskScore
from engine.methods.pretext.rotation import Rotation
from engine.train.control import Control
from engine.train.own_task import TaskResult, evaluate_task, score_task
from engine.train.setup import Session
from engine.train.train_run import train

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def test_the_score_is_the_mean_over_whole_batches(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    session = prepared("rotation")
    seen: list[list[int]] = []

    def task_score(self: Rotation, batch: Batch) -> TaskScore:
        assert not self.training
        assert not torch.is_grad_enabled()
        seen.append(batch.index.tolist())
        return TaskScore("accuracy", torch.tensor(float(len(seen))), 0.25)

    monkeypatch.setattr(Rotation, "task_score", task_score)
    index = session.dataset.splits["train"][:10]
    assert score_task(session.method, session.batches, index, 4) == TaskResult("accuracy", 1.5, 0.25, True, 8)
    assert seen == [index[:4].tolist(), index[4:8].tolist()]


def test_fewer_images_than_a_batch_make_one_batch_and_no_images_give_no_score(prepared: Prepared) -> None:
    session = prepared("rotation")
    score = score_task(session.method, session.batches, session.dataset.splits["train"][:3], 16)
    assert score is not None
    assert score.images == 3
    assert score_task(session.method, session.batches, np.zeros(0, np.int64), 16) is None


def test_a_method_without_a_task_has_no_score(prepared: Prepared) -> None:
    session = prepared("simclr")
    assert score_task(session.method, session.batches, session.dataset.splits["train"][:8], 4) is None


@pytest.mark.parametrize(
    ("value", "higher", "better"), [(0.3, True, True), (0.2, True, False), (0.3, False, False), (0.2, False, True)]
)
def test_better_depends_on_the_direction_of_the_score(value: float, higher: bool, better: bool) -> None:
    assert TaskResult("measure", value, 0.25, higher, 8).better is better


def test_a_run_reports_the_score_and_its_folder_can_be_evaluated(small: Small, tmp_path: Path) -> None:
    events: list[Event] = []
    train(small("rotation"), events.append, Control(), tmp_path)
    reported = [event.values for event in events if isinstance(event, EvalDone)]
    assert all(0 <= values["task"] <= 1 and values["task_trivial"] == 0.25 for values in reported)
    score = evaluate_task(tmp_path)
    assert score is not None
    assert (score.name, score.baseline, score.higher) == ("accuracy", 0.25, True)
    assert evaluate_task(tmp_path) == score


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        evaluate_task(tmp_path)
