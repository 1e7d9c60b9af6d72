"""Baselines beyond the conformance tests: the untrained encoder does not change, the loss uses labels, checkpoints load."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.evaluate.encoder import load_encoder, untrained_encoder
from engine.events import PicturesReady, StepDone
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.setup import Session, prepare
from engine.train.train_run import train
from tests.engine.methods.test_conformance import forward, same, state

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


@pytest.mark.parametrize("optimiser", ["adamw", "sgd", "lars"])
def test_a_run_of_the_untrained_encoder_changes_no_weight(optimiser: str, small: Small, tmp_path: Path) -> None:
    config = small("random", {"optim": {"name": optimiser, "weight_decay": 0.5, "clip": 1.0, "accumulate": 2}})
    events = []
    assert train(config, events.append, Control(), tmp_path).state == "finished"
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.loss for event in steps] == [0.0] * 6
    assert any(isinstance(event, PicturesReady) for event in events)
    trained, config = load_encoder(tmp_path)
    assert same(state(trained), state(untrained_encoder(config)))


def test_the_untrained_encoder_stays_in_eval_mode(prepared: Prepared) -> None:
    session = prepared("random")
    session.method.train()
    before = state(session.method)
    take_step(session)
    assert session.method.training
    assert not any(module.training for module in session.method.backbone.modules())
    assert same(state(session.method), before)


@pytest.mark.parametrize("id", ["supervised", "supcon"])
def test_data_without_two_classes_is_refused_before_the_run(id: str, small: Small, prepared: Prepared) -> None:
    dataset = prepared(id).dataset
    for labels in (dataset.labels * 0 - 1, dataset.labels * 0):
        with pytest.raises(ConfigError, match=rf"labels of two classes or more, for {id}\. Got"):
            prepare(small(id), dataclasses.replace(dataset, labels=labels))


def test_the_classifier_has_one_output_per_class_and_is_initialised_from_the_seed(prepared: Prepared) -> None:
    sessions = [prepared("supervised"), prepared("supervised"), prepared("supervised", {"train": {"seed": 1}})]
    classes = int(sessions[0].dataset.labels.max()) + 1
    heads = [session.method.classifier.weight for session in sessions]
    assert heads[0].shape == (classes, sessions[0].method.backbone.dim)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])
    assert sessions[0].method.chance(16) == math.log(classes)


def test_a_supervised_run_is_loaded_without_its_data(small: Small, tmp_path: Path) -> None:
    train(small("supervised"), lambda event: None, Control(), tmp_path)
    encoder, config = load_encoder(tmp_path)
    assert not same(state(encoder), state(untrained_encoder(config)))


def test_images_without_a_label_give_a_loss_and_a_gradient_of_0(prepared: Prepared) -> None:
    session = prepared("supervised")
    label = session.batches.at(0).label
    assert label is not None
    nothing = forward(session, label=torch.full_like(label, -1))
    assert nothing.loss.item() == 0
    assert float(nothing.terms["accuracy"]) == 0
    nothing.loss.backward()
    assert all(p.grad is not None and (p.grad == 0).all() for p in session.method.parameters())


def test_pictures_are_made_of_unlabelled_images_and_of_unknown_classes(prepared: Prepared) -> None:
    for id in ("supervised", "supcon"):
        session = prepared(id)
        batch = session.batches.of(session.dataset.splits["train"][:6])
        assert batch.label is not None
        for value in (-1, 99):
            session.method.eval()
            with torch.no_grad():
                pictures = session.method.pictures(dataclasses.replace(batch, label=torch.full_like(batch.label, value)))
            assert all(images.isfinite().all() for images in pictures.values())
