"""The stages of a run, and the transitions between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.augment.pipeline import Pipeline
from engine.catalogue import entry
from engine.config.run import RunConfig, ViewsConfig
from engine.data.sampler import RepeatedSampler
from engine.events import CheckpointSaved, Event, StepDone
from engine.method import Method, Stage, Turn
from engine.methods.baseline.supervised import Supervised
from engine.methods.contrastive.simclr import SimCLR
from engine.runs.reader import checkpoint_path
from engine.study.replay import views_sheet
from engine.study.sample_losses import measure
from engine.study.views_preview import ViewsPreviewer
from engine.train import dry_run as dry_runs
from engine.train import known_labels, loop
from engine.train.control import Control
from engine.train.dry_run import dry_run
from engine.train.loop import take_step
from engine.train.setup import Session, prepare
from engine.train.stages import Span, span_at, spans
from engine.train.train_run import Longer, resume, train

Small = Callable[..., RunConfig]


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 1001])
def test_the_stages_cover_every_step_once_and_the_method_has_at_least_one(steps: int) -> None:
    parts = spans((Stage("first", 0.3), Stage("second", 0.5)), steps)
    assert [part.name for part in parts] == ["first", "second", ""]
    assert (parts[0].first, parts[-1].last) == (0, steps)
    assert all(one.last == other.first for one, other in pairwise(parts))
    assert parts[-1].last > parts[-1].first


def test_shares_are_rounded_to_whole_steps() -> None:
    assert spans((Stage("tokenizer", 0.25),), 10) == (Span("tokenizer", 0, 2), Span("", 2, 10))
    assert spans((), 10) == (Span("", 0, 10),)


def test_each_step_has_its_stage() -> None:
    parts = spans((Stage("tokenizer", 0.5),), 10)
    assert [span_at(parts, step).name for step in (0, 4, 5, 9, 10)] == ["tokenizer", "tokenizer", "", "", ""]


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """SimCLR with a stage in the first half, which trains in the same way, and the list of stages by step."""
    stages: list[str] = []
    forward = SimCLR.forward

    def noting(self: SimCLR, batch, at):  # type: ignore[no-untyped-def]
        stages.append(at.stage)
        return forward(self, batch, at)

    monkeypatch.setattr(Method, "stages", lambda self: (Stage("warm", 0.5),))
    monkeypatch.setattr(SimCLR, "forward", noting)
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    return stages


def test_a_stage_is_reported_and_has_its_own_schedule_and_checkpoint(small: Small, staged: list[str], tmp_path: Path) -> None:
    events: list[Event] = []
    train(small("simclr", {"train": {"steps": 8}, "optim": {"warmup": 0.0}}), events.append, Control(), tmp_path)
    assert staged == ["warm"] * 4 + [""] * 4
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [step.stage for step in steps] == staged
    # The schedule starts again.
    assert [step.lr for step in steps[:4]] == pytest.approx([step.lr for step in steps[4:]])
    assert steps[3].lr < steps[4].lr
    saved = [Path(event.path).name for event in events if isinstance(event, CheckpointSaved)]
    assert saved == ["warm.pt", "last.pt"]
    assert torch.load(tmp_path / "checkpoints" / "warm.pt", weights_only=True)["step"] == 4
    assert checkpoint_path(tmp_path).exists()


def test_stopping_within_a_stage_and_resuming_give_the_same_losses(small: Small, staged: list[str], tmp_path: Path) -> None:
    for name in ("whole", "parted"):
        (tmp_path / name).mkdir()
    whole: list[Event] = []
    train(small("simclr", {"train": {"steps": 8}}), whole.append, Control(), tmp_path / "whole")
    parted: list[Event] = []
    control = Control()

    def stop_at_two(event: Event) -> None:
        parted.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.stop()

    train(small("simclr", {"train": {"steps": 8}}), stop_at_two, control, tmp_path / "parted")
    resume(tmp_path / "parted", parted.append, Control())
    assert [(e.step, e.loss) for e in parted if isinstance(e, StepDone)] == [
        (e.step, e.loss) for e in whole if isinstance(e, StepDone)
    ]


def test_a_dry_run_measures_every_stage(small: Small, staged: list[str]) -> None:
    dry_run(small("simclr"))
    assert set(staged) == {"warm", ""}


OWN_OPTIM = {"name": "sgd", "lr": 0.25, "momentum": 0.5, "weight_decay": 0.0, "warmup": 0.0, "schedule": "constant", "clip": 0.0}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The supervised method, which is given a tenth of the labels: all images in its first half, which has SimCLR's views; then the
    labelled images alone, with views and an optimiser of their own."""
    monkeypatch.setattr(Supervised, "stages", lambda self: (Stage("first", 0.5, views="none"),))
    monkeypatch.setattr(
        Supervised, "own_stage", lambda self: Stage("", 0.0, views="crop_flip", optim=OWN_OPTIM, labelled=True), raising=False
    )
    monkeypatch.setattr(Supervised, "label_share", classmethod(lambda cls, config: 0.1))
    monkeypatch.setattr(known_labels, "entry", lambda id: replace(entry(id), labels="few"))
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)


def session_of(small: Small, **parts: Any) -> Session:
    return prepare(small("supervised", {"train": {"steps": 8}, **parts}))


def test_a_stage_has_the_views_of_its_preset(small: Small, few: None) -> None:
    session = session_of(small)
    first = session.feed
    index = first.index(0)
    stored = session.dataset.images[index]
    # The preset "none" changes nothing.
    assert np.array_equal((first.pixels(0)[0] * 255).round().byte().numpy(), stored)
    session.step = 4
    own, number = session.feed, 4
    index = own.index(number)
    drawn = Pipeline(ViewsConfig(preset="crop_flip"), 32)
    draws = drawn.draw(len(index), 0, number // own.steps_per_epoch, number)
    [expected] = drawn.apply(torch.from_numpy(session.dataset.images[index]), draws, index)
    assert torch.equal(own.pixels(number)[0], expected)
    assert not torch.equal(session.batches.pixels(number)[0], expected)


def test_a_labelled_stage_trains_on_the_few_and_knows_no_other_label(small: Small, few: None) -> None:
    session = session_of(small)
    labels, train = session.dataset.labels, session.dataset.splits["train"]
    # A tenth of the training images, as many of each class.
    each = round(0.1 * len(train) / len(np.unique(labels[train])))
    known = np.flatnonzero(session.batches.labels[train] >= 0)
    assert Counter(labels[train[known]]) == dict.fromkeys(np.unique(labels[train]).tolist(), each)
    assert np.array_equal(session.batches.labels[train[known]], labels[train[known]])
    first = session.feed.at(0)
    assert first.label is not None
    assert set(first.index.tolist()) - set(train[known].tolist())
    assert [int(label) >= 0 for label in first.label] == [index in train[known] for index in first.index.tolist()]
    session.step = 4
    seen = Counter(index for number in range(4, 8) for index in session.feed.at(number).index.tolist())
    assert set(seen) == set(train[known].tolist())
    assert max(seen.values()) - min(seen.values()) <= 2
    # The labels of other splits stay: an accuracy can be measured there.
    others = session.dataset.splits["validation"]
    assert np.array_equal(session.batches.labels[others], labels[others])


@pytest.mark.parametrize(("images", "batch"), [(3, 8), (5, 5), (7, 2)])
def test_few_images_are_repeated_evenly_in_batches_of_any_size(images: int, batch: int) -> None:
    index = np.arange(images) * 10
    sampler = RepeatedSampler(index, batch, seed=3)
    listed = np.concatenate([sampler.at(step) for step in range(images * 4)])
    assert all(len(sampler.at(step)) == batch for step in range(4))
    for start in range(0, len(listed) - images + 1, images):
        assert sorted(listed[start : start + images]) == index.tolist()
    assert not np.array_equal(listed[:images], listed[images : 2 * images]) or images == 3


def test_a_stage_has_its_own_optimiser_values(small: Small, few: None) -> None:
    session = session_of(small, optim={"warmup": 0.0})
    _, rate = take_step(session)
    assert rate == pytest.approx(session.config.optim.lr)
    session.step = 4
    before = {name: p.detach().clone() for name, p in session.method.named_parameters()}
    gradients: dict[str, torch.Tensor] = {}
    take = session.optimiser_of(Turn()).step

    def noting() -> None:
        gradients.update({name: p.grad.clone() for name, p in session.method.named_parameters() if p.grad is not None})
        take()

    session.optimiser_of(Turn()).step = noting  # type: ignore[method-assign,assignment]
    _, rate = take_step(session)
    assert rate == 0.25
    # Plain gradient descent, without moments of the first stage.
    for name, p in session.method.named_parameters():
        torch.testing.assert_close(p.detach(), before[name] - 0.25 * gradients[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("stop", [4, 6])
def test_a_run_stopped_in_any_stage_resumes_to_the_bit(small: Small, few: None, tmp_path: Path, stop: int) -> None:
    whole: list[Event] = []
    train(small("supervised", {"train": {"steps": 8}}), whole.append, Control())
    parted: list[Event] = []
    control = Control()

    def stop_there(event: Event) -> None:
        parted.append(event)
        if isinstance(event, StepDone) and event.step == stop:
            control.stop()

    train(small("supervised", {"train": {"steps": 8}}), stop_there, control, tmp_path)
    resume(tmp_path, parted.append, Control())
    figures = [[(e.step, e.loss, e.lr, dict(e.terms)) for e in events if isinstance(e, StepDone)] for events in (parted, whole)]
    assert figures[0] == figures[1]
    assert len({rate for _, _, rate, _ in figures[0][4:]}) == 1


def test_replay_shows_the_views_and_images_of_the_stage(small: Small, few: None, tmp_path: Path) -> None:
    train(small("supervised", {"train": {"steps": 8}}), lambda event: None, Control(), tmp_path)
    session = session_of(small)
    for step in (1, 7):
        session.step = step - 1
        stored, [view] = session.dataset.images[session.feed.index(step - 1)], session.feed.pixels(step - 1)
        sheet = views_sheet(tmp_path, step, rows=2)
        assert np.array_equal(sheet[:32, :32], stored[0].transpose(1, 2, 0))
        shown = (view[0] * 255).round().byte().permute(1, 2, 0).numpy()
        assert np.array_equal(sheet[:32, 34:66], shown)
        preview = ViewsPreviewer().preview(session.config, session.dataset, [0, 1], seed=0, step=step)
        assert np.array_equal(preview.originals[0], stored[0].transpose(1, 2, 0))
        assert np.array_equal(preview.views[0][0], shown)


def test_the_loss_of_an_image_without_a_label_is_not_shown_in_a_labelled_stage(small: Small, few: None) -> None:
    session = session_of(small)
    index = np.sort(session.dataset.splits["train"])
    known = session.batches.labels[index] >= 0
    measured = measure(session.method, session.config, session.dataset, index, step=6, rounds=1)
    assert measured.loss is not None
    assert np.array_equal(np.isfinite(measured.loss), known)


def test_a_dry_run_measures_stages_of_their_own(small: Small, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_runs, "MEASURE_SECONDS", 1e-9)
    assert dry_run(small("supervised")).images_per_second > 0


def test_a_run_that_is_lengthened_does_not_repeat_a_finished_stage(small: Small, few: None, tmp_path: Path) -> None:
    control, events = Control(), list[Event]()

    def stop_at_six(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == 6:
            control.stop()

    train(small("supervised", {"train": {"steps": 8}}), stop_at_six, control, tmp_path)
    resume(tmp_path, events.append, Control(), longer=Longer(20, "steps"))
    steps = [event for event in events if isinstance(event, StepDone)]
    assert (steps[0].step, steps[-1].step) == (7, 20)
    assert {event.stage for event in steps} == {""}
