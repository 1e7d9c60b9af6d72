"""Which settings a speed depends on, and how long a run takes by it."""

from __future__ import annotations

import json

import pytest

from engine.config.text import merge
from engine.train.resolve import resolve
from workbench.bridge.measured_speeds import MOST_SPEEDS, MeasuredSpeeds, Speed, changed_settings, run_seconds, speed_settings


def settings(**changes: object) -> dict[str, object]:
    given = merge({"method": {"id": "simclr"}, "train": {"device": "cpu"}}, changes)
    return speed_settings(resolve(given).model_dump(mode="json"))


@pytest.mark.parametrize(
    "change",
    [
        {"optim": {"lr": 0.5, "weight_decay": 0.1, "schedule": "step", "warmup": 0.2}},
        {"train": {"epochs": 3, "seed": 7, "minutes": 2}},
        {"name": "mine", "notes": "a note", "tags": ["x"]},
        {"monitor": {"knn_k": 3}},
    ],
    ids=str,
)
def test_what_is_learned_for_how_long_does_not_matter(change: dict[str, object]) -> None:
    assert settings(**change) == settings()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"train": {"batch": 64}}, "train.batch"),
        ({"backbone": {"name": "resnet18"}}, "backbone.name"),
        ({"data": {"size": 64}}, "data.size"),
        ({"optim": {"accumulate": 2}}, "optim.accumulate"),
        ({"views": {"groups": {0: {"blur": 0.5}}}}, "views.groups.0.blur"),
        ({"method": {"hidden_dim": 64}}, "method.hidden_dim"),
    ],
    ids=str,
)
def test_what_a_step_computes_matters(change: dict[str, object], key: str) -> None:
    assert changed_settings(settings(), settings(**change)) == [key]


def test_another_method_is_one_change() -> None:
    assert changed_settings(settings(), settings(method={"id": "mae"}, backbone={"name": "vit_micro"}))[0] == "method.id"
    changed = changed_settings(settings(), settings(method={"id": "mae"}))
    assert not [key for key in changed if key.startswith(("views.", "method.")) and key != "method.id"]


def test_the_time_of_a_run_follows_its_length() -> None:
    speed = Speed(100.0, 0, 400, 50.0, 20)
    assert run_seconds(speed, {"epochs": 20, "minutes": 0.0, "steps": 0}) == 50.0
    assert run_seconds(speed, {"epochs": 40, "minutes": 0.0, "steps": 0}) == 100.0
    assert run_seconds(speed, {"epochs": 40, "minutes": 0.0, "steps": 80}) == 10.0
    assert run_seconds(speed, {"epochs": 40, "minutes": 2.0, "steps": 0}) == 120.0
    assert run_seconds(None, {"epochs": 40, "minutes": 2.0, "steps": 0}) == 120.0
    assert run_seconds(None, {"epochs": 40, "minutes": 0.0, "steps": 0}) is None


def test_speeds_are_kept_as_text_and_what_is_none_is_left_out() -> None:
    kept = MeasuredSpeeds([Speed(100.0, 5, 400, 50.0, 20, {"train.batch": 64})])
    kept.add(Speed(200.0, 6, 400, 25.0, 20, {"train.batch": 32}))
    read = MeasuredSpeeds.from_json(kept.to_json())
    assert read.find({"train.batch": 64}) == Speed(100.0, 5, 400, 50.0, 20, {"train.batch": 64})
    assert read.newest == Speed(200.0, 6, 400, 25.0, 20, {"train.batch": 32})
    for text in ("", "{", "3", "[1, null, {}]", json.dumps([{"settings": {}, "steps": 0}]), '[{"settings": 1, "steps": "x"}]'):
        assert MeasuredSpeeds.from_json(text).newest is None, text


def test_a_new_speed_replaces_that_of_the_same_settings_and_the_oldest() -> None:
    speeds = MeasuredSpeeds()
    for batch in range(MOST_SPEEDS + 5):
        speeds.add(Speed(1.0, 0, 1, 1.0, 1, {"train.batch": batch}))
    speeds.add(Speed(2.0, 0, 1, 1.0, 1, {"train.batch": 10}))
    assert speeds.find({"train.batch": 10}).images_per_second == 2.0
    assert speeds.find({"train.batch": 0}) is None
    assert len(json.loads(speeds.to_json())) == MOST_SPEEDS
