"""A sweep's values parsed from text, and one config per combination."""

from __future__ import annotations

from typing import Any

import pytest

from engine.config.errors import ConfigError
from engine.config.sweep import Axis, axis, sweep
from engine.train.resolve import resolve


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.01, 0.1", (0.01, 0.1)),
        ("1e-3,1e-2", (0.001, 0.01)),
        ("0..4", (0, 1, 2, 3, 4)),
        (" 3 .. 3 ", (3,)),
        ("1e-4..1e-1 log 4", (0.0001, 0.001, 0.01, 0.1)),
        ("0.1..0.001 log 3", (0.1, 0.01, 0.001)),
        ("0..1 linear 5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("adamw, sgd", ("adamw", "sgd")),
        ("true, false", (True, False)),
        ("[1, 2], [3]", ([1, 2], [3])),
        ("7", (7,)),
    ],
)
def test_values_are_parsed_from_text(text: str, expected: tuple[Any, ...]) -> None:
    assert axis("some.key", text).values == expected


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("optim.lr", "", "optim.lr must be values with commas"),
        ("", "1, 2", "a key of the config"),
        ("optim.lr", "0.1, 0.1", "comes twice"),
        ("train.seed", "4..0", "to a higher one"),
        ("train.seed", "0..0.5", "whole number"),
        ("train.seed", "0..5000", "1,000"),
        ("optim.lr", "0..1 log 3", "above 0"),
        ("optim.lr", "1e-3..1 log 1", "2 to 1,000"),
        ("optim.lr", "a..b log 3", "values with commas"),
        ("optim.lr", "0..1 log " + "9" * 5000, "2 to 1,000"),
        # A regular expression tried every pair of dots, which took quadratic time.
        ("optim.lr", "a" + "." * 20_000 + " log 3", "values with commas"),
    ],
)
def test_invalid_lists_of_values_are_refused(key: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        axis(key, text)


def test_every_combination_is_one_config_with_a_name() -> None:
    base = {"method": {"id": "simclr", "out_dim": 64}, "optim": {"lr": 1.0, "weight_decay": 0.5}, "tags": ("mine",)}
    sweeps = sweep(base, [axis("optim.lr", "1e-5, 0.1"), axis("train.seed", "0..2")], "lr")
    assert [(one["optim"]["lr"], one["train"]["seed"]) for one in sweeps] == [
        (lr, seed) for lr in (1e-5, 0.1) for seed in (0, 1, 2)
    ]
    assert all(one["optim"]["weight_decay"] == 0.5 and one["method"]["out_dim"] == 64 for one in sweeps)
    assert sweeps[0]["name"] == "simclr · shapes · lr 1e-05 · s0"
    assert sweeps[0]["tags"] == ["mine", "lr"]
    assert base["optim"] == {"lr": 1.0, "weight_decay": 0.5}, "the base config is not changed"
    configs = [resolve(one) for one in sweeps]
    assert len({config.model_dump_json() for config in configs}) == 6
    assert configs[0].optim.lr == 1e-5


def test_keys_with_list_indices_and_unique_names() -> None:
    given = {"method": {"id": "simclr"}, "views": {"preset": "simclr"}}
    configs = sweep(
        given, [axis("views.groups.0.jitter", "0, 0.8"), axis("optim.name", "adamw, sgd"), axis("backbone.name", "resnet10_narrow")]
    )
    assert [resolve(one).views.groups[0].jitter for one in configs] == [0, 0, 0.8, 0.8]
    assert configs[0]["name"] == "simclr · shapes · jitter 0 · optim.name adamw · backbone.name resnet10_narrow · s0"


def test_without_an_axis_the_sweep_is_the_config_itself() -> None:
    assert sweep({"method": "byol", "name": "b"}, []) == [{"method": "byol", "name": "b", "tags": ["sweep"]}]


def test_too_many_combinations_and_duplicate_keys_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"at most 1,000 runs. Got 10000"):
        sweep({}, [Axis("a", tuple(range(100))), Axis("b", tuple(range(100)))])
    with pytest.raises(ConfigError, match="once in a sweep"):
        sweep({}, [Axis("a", (1,)), Axis("a", (2,))])
