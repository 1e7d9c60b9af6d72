"""The preview of augmentations: it shows the views of a training step, and does not change training."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.augment.presets import groups
from engine.catalogue import load
from engine.config.run import RunConfig
from engine.events import EvalDone, Event, RunEnded, StepDone
from engine.method import Batch, Method, Out, Progress
from engine.runs.reader import read_config
from engine.train.control import Control
from engine.train.train_run import train
from tests.engine.methods.conftest import one_thread, small
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.question import Question
from workbench.bridge.trainer import EngineTrainer
from workbench.bridge.view_questions import ComparePresets, PreviewViews, ViewsPreview

__all__ = ["one_thread", "small"]

Small = Callable[..., RunConfig]
QUIET = {"pictures": False, "embed_images": 0}


def ask(answers: EngineAnswers, question: Question) -> Any:
    return answers(question, lambda share: None, lambda: True)


# What the preview shows


@pytest.mark.parametrize(
    ("id", "changes"),
    [
        ("simclr", {}),
        ("simclr", {"optim": {"accumulate": 3}}),
        ("simclr", {"train": {"order": "sliding_window", "window": 0.6}}),
        ("dino", {"views": {"preset": "dino"}}),
    ],
    ids=["plain", "accumulated", "window", "small crops"],
)
def test_the_preview_of_a_step_shows_the_pixels_that_the_step_saw(
    id: str, changes: Mapping[str, Any], small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 24
    cheap = {"train": {"batch": 8, "steps": steps, "seed": 5, **changes.get("train", {})}, "monitor": QUIET}
    kind = load(id)
    forward = kind.forward
    saw: dict[int, tuple[np.ndarray, list[np.ndarray]]] = {}

    def recording(self: Method, batch: Batch, at: Progress) -> Out:
        # Of the batches that a step accumulates, the preview shows the first.
        if at.step + 1 not in saw:
            views = [batch.pixels(view).permute(0, 2, 3, 1).numpy().copy() for view in (*batch.views, *batch.local)]
            saw[at.step + 1] = (batch.index.numpy().copy(), views)
        return forward(self, batch, at)

    monkeypatch.setattr(kind, "forward", recording)
    folders: list[Path] = []
    config = small(id, {**changes, **cheap})
    EngineTrainer().begin(config.model_dump(mode="json"), tmp_path, lambda event: None, Control(), folders.append)
    answers, stored = EngineAnswers(), read_config(folders[0])
    for step in np.random.default_rng(1).choice(np.arange(1, steps + 1), 20, replace=False):
        shown: ViewsPreview = ask(answers, PreviewViews(stored, tuple(range(8)), seed=5, step=int(step)))
        _, views = saw[int(step)]
        assert len(shown.views) == len(views)
        for picture, view in zip(shown.views, views, strict=True):
            # A pixel of the preview is the pixel of training rounded to one of 256 values.
            assert np.abs(picture / 255 - view).max() <= 0.5 / 255 + 1e-5


# What the preview does not change


def questions(config: Mapping[str, Any]) -> itertools.cycle[Question]:
    """The questions of a user who drags a slider, compares presets and views logged steps, repeated forever."""
    sequence: list[Question] = []
    for turn in range(6):
        views = {"preset": "simclr", "groups": [{**group.model_dump(), "hue": turn / 20} for group in groups("simclr")]}
        # With other views the method is built again to show its inputs; its weights are drawn and discarded.
        sequence += [
            PreviewViews({**config, "views": views}, (0, 1, 2), seed=turn),
            ComparePresets(config, turn, turn, ("weak", "simclr", "byol")),
            PreviewViews(config, (0, 1), seed=0, step=1 + turn),
        ]
    return itertools.cycle(sequence)


def learned(config: RunConfig, previewed: bool) -> tuple[list[float], list[Mapping[str, float]], int]:
    """The losses and evaluation values of a run, and the number of answers between its first and last step."""
    events: list[Event] = []
    over, began, given, failed = threading.Event(), threading.Event(), [0], []

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone):
            began.set()
        if isinstance(event, RunEnded):
            over.set()

    def work() -> None:
        answers = EngineAnswers()
        for question in questions(config.model_dump(mode="json")):
            if over.is_set():
                return
            try:
                ask(answers, question)
            except Exception as error:  # asserted below, in the thread of the test
                failed.append(error)
                return
            given[0] += began.is_set()

    asker = threading.Thread(target=work)
    if previewed:
        asker.start()
    try:
        train(config, emit, Control())
    finally:
        over.set()
        if previewed:
            asker.join()
    assert not failed, failed
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    looks = [event.values for event in events if isinstance(event, EvalDone)]
    return losses, looks, given[0]


@pytest.mark.parametrize(
    ("id", "changes"),
    [
        # Both use the global generator in each step: for stochastic depth and for dropout.
        ("mae", {"backbone": {"name": "vit_micro", "drop_path": 0.3}}),
        ("exemplar_cnn", {}),
    ],
)
def test_constant_previews_change_no_loss_of_a_run(id: str, changes: Mapping[str, Any], small: Small) -> None:
    config = small(id, {**changes, "train": {"steps": 14}, "monitor": {"knn_every": 2, "embed_images": 0}})
    alone, looks, _ = learned(config, previewed=False)
    beside, same_looks, given = learned(config, previewed=True)
    assert given >= 5, "too few previews were made"
    assert len(alone) == 14
    assert beside == alone
    assert same_looks == looks


def test_no_preview_question_changes_the_global_random_generator(small: Small) -> None:
    """A method that is built to show its inputs draws weights, and some draw memories."""
    answers, before = EngineAnswers(), torch.random.get_rng_state()
    for id in ("mae", "exemplar_cnn", "supervised", "simclr"):
        config = small(id).model_dump(mode="json")
        for question in (
            PreviewViews(config, (0, 1), 0),
            ComparePresets(config, 0, 0, ("weak",)),
            PreviewViews(config, (0,), 0, 2),
        ):
            ask(answers, question)
    assert torch.equal(torch.random.get_rng_state(), before)
