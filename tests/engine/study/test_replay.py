"""A replayed step has exactly the batches of the training step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.catalogue import load
from engine.config.run import RunConfig
from engine.method import Batch, Method, Out, Progress
from engine.runs.reader import read_metrics
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.study.replay import batches_of
from engine.train.control import Control
from engine.train.train_run import train

Small = Callable[..., RunConfig]
STEPS, LOOKED_AT = 26, 20


@dataclass(frozen=True)
class Seen:
    """Copies of the arguments of a method's forward pass, and its generator's state."""

    index: Tensor
    views: list[Tensor]
    label: Tensor | None
    generator: Tensor


def seen(batch: Batch) -> Seen:
    views = [view.clone() for view in (*batch.views, *batch.local)]
    return Seen(batch.index.clone(), views, batch.label, batch.generator.get_state().clone())


def train_and_record(config: RunConfig, root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, dict[int, list[Seen]]]:
    """A run's folder, and the batches of each step, counted from 1."""
    kind = load(config.method.id)
    forward = kind.forward
    recorded: dict[int, list[Seen]] = defaultdict(list)

    def recording(self: Method, batch: Batch, at: Progress) -> Out:
        recorded[at.step + 1].append(seen(batch))
        return forward(self, batch, at)

    monkeypatch.setattr(kind, "forward", recording)
    folder = create_folder(root, config)
    with RunWriter(folder) as writer:
        assert train(config, writer, Control(), folder).state == "finished"
    return folder, recorded


@pytest.mark.parametrize(
    ("id", "changes"),
    [
        pytest.param("simclr", {}, marks=pytest.mark.slow),
        pytest.param("simclr", {"optim": {"accumulate": 3}}, marks=pytest.mark.slow),
        pytest.param("simclr", {"train": {"order": "sliding_window", "window": 0.6, "stride": 0.5}}, marks=pytest.mark.slow),
        ("simclr", {"train": {"order": "sliding_window", "window": 0.6}, "optim": {"accumulate": 2}}),
        ("dino", {"views": {"preset": "dino"}}),
        ("mae", {"optim": {"accumulate": 2}}),
    ],
    ids=["plain", "accumulated", "window", "window, accumulated", "small crops", "masks"],
)
def test_a_replayed_step_has_the_same_batches(
    id: str, changes: Mapping[str, Any], small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = {"train": {"batch": 8, "steps": STEPS, **changes.get("train", {})}, "monitor": {"pictures": False, "embed_images": 0}}
    folder, recorded = train_and_record(small(id, {**changes, **cheap}), tmp_path, monkeypatch)
    logged = [line["step"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"]
    assert logged == list(range(1, STEPS + 1)) == sorted(recorded)

    batches = batches_of(folder)
    accumulate = dict(changes.get("optim", {})).get("accumulate", 1)
    for step in np.random.default_rng(0).choice(logged, LOOKED_AT, replace=False):
        again = [seen(batches.at(number)) for number in batches.logged(int(step))]
        assert 1 <= len(again) == len(recorded[step]) <= accumulate
        for now, then in zip(again, recorded[step], strict=True):
            assert torch.equal(now.index, then.index)
            assert len(now.views) == len(then.views) >= 1
            assert all(torch.equal(a, b) for a, b in zip(now.views, then.views, strict=True))
            assert torch.equal(now.generator, then.generator), "masks and orders would be drawn otherwise"
            assert (now.label is None) == (then.label is None)


def test_another_step_has_other_batches(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: in the next step everything differs."""
    cheap = {"train": {"steps": 4}, "monitor": {"pictures": False, "embed_images": 0}}
    folder, recorded = train_and_record(small("simclr", cheap), tmp_path, monkeypatch)
    beside = seen(batches_of(folder).at(batches_of(folder).logged(3)[0]))
    assert not torch.equal(beside.index, recorded[2][0].index)
    assert not torch.equal(beside.views[0], recorded[2][0].views[0])
    assert not torch.equal(beside.generator, recorded[2][0].generator)
