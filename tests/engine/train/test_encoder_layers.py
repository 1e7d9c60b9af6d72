"""Frozen first layers, and rates of the encoder and of its layers, in training."""

from __future__ import annotations

import copy

import pytest

from engine.config.errors import ConfigError
from engine.train.encoder_layers import copies
from engine.train.loop import take_step
from engine.train.setup import Session, prepare
from tests.engine.methods.conftest import Small

SGD = {"name": "sgd", "lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "schedule": "constant", "warmup": 0.0}


def moved(session: Session, steps: int = 2) -> dict[str, float]:
    """How far each entry of the state of the method's parts moved, at most."""
    before = copy.deepcopy(session.method.state_dict())
    for session.step in range(steps):
        take_step(session)
    return {name: float((value - before[name]).abs().max()) for name, value in session.method.state_dict().items()}


@pytest.mark.parametrize("method", ["simclr", "byol", "simsiam"])
def test_frozen_layers_and_their_statistics_stay_and_the_rest_moves(small: Small, method: str) -> None:
    far = moved(prepare(small(method, {"backbone": {"frozen": 2}})))
    frozen = {name: value for name, value in far.items() if ".stem." in f".{name}" or ".blocks.0." in f".{name}"}
    assert any(name.endswith("running_mean") for name in frozen)
    assert set(frozen.values()) == {0.0}
    assert all(value for name, value in far.items() if name.startswith("backbone.blocks.1.") and "conv" in name)


def test_a_teacher_of_the_same_architecture_is_frozen_too(small: Small) -> None:
    session = prepare(small("byol", {"backbone": {"frozen": 1}}))
    assert len(copies(session.method)) == 2
    assert len(session.frozen) == 2 * 2  # convolution and normalisation of the stem, in student and teacher


def test_rates_scale_the_steps_of_sgd(small: Small) -> None:
    plain = moved(prepare(small("simclr", {"optim": SGD})), 1)
    slow = moved(prepare(small("simclr", {"optim": SGD | {"encoder_rate": 0.5, "layer_decay": 0.5}})), 1)
    for name, factor in (("backbone.stem.0.weight", 0.5 * 0.5**5), ("backbone.blocks.3.conv1.weight", 0.25), ("projector", 1.0)):
        chosen = next(key for key in plain if key.startswith(name) and plain[key])
        assert slow[chosen] == pytest.approx(factor * plain[chosen], rel=1e-3)


def test_nothing_changes_where_nothing_is_set(small: Small) -> None:
    session = prepare(small("simsiam"))
    ids = [[id(p) for p in group["params"]] for group in session.optimiser.param_groups]
    named = {id(p) for p in session.method.parameters()}
    assert len(ids) == 4  # matrices and vectors of the encoder and of the predictor
    assert {one for group in ids for one in group} <= named
    assert session.frozen == []


def test_more_frozen_layers_than_there_are_name_the_setting(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"backbone\.frozen must be from 0 to 4"):
        prepare(small("simclr", {"backbone": {"frozen": 9}}))
