"""The expected duration of a run."""

from __future__ import annotations

from typing import Any

from engine.config.run import RunConfig
from engine.runs.expected_time import expected_seconds, remaining_seconds, speed_key
from engine.runs.status import Status


def config(**train: Any) -> dict[str, Any]:
    return RunConfig.model_validate({"train": {"epochs": 10, **train}}).model_dump(mode="json")


HALF = Status(step=50, steps=100, epoch=5.0, epochs=10, seconds=60.0)


def test_the_time_per_epoch_or_step_of_a_past_run_is_scaled_to_the_length() -> None:
    assert expected_seconds(config(), [HALF]) == 120
    assert expected_seconds(config(epochs=30), [HALF]) == 360
    assert expected_seconds(config(steps=25), [HALF]) == 30
    assert expected_seconds(config(minutes=3.0), []) == 180


def test_without_a_usable_run_it_is_unknown() -> None:
    assert expected_seconds(config(), []) is None
    begun = Status(step=1, steps=100, epoch=0.1, epochs=10, seconds=20.0)
    assert expected_seconds(config(), [begun]) is None, "1 % of a run, with its warm-up, does not tell its speed"
    assert expected_seconds(config(), [begun, HALF]) == 120


def test_the_rest_of_a_run_and_more_epochs() -> None:
    assert remaining_seconds(HALF) == 60
    assert remaining_seconds(HALF, more_epochs=5) == 120
    assert remaining_seconds(Status()) is None


def test_settings_that_change_the_speed_are_told_from_those_that_do_not() -> None:
    base = config()
    same = config(seed=3, epochs=99)
    same["optim"]["lr"], same["name"] = 0.5, "another"
    assert speed_key(same) == speed_key(base)
    written = config()
    for view in written["views"]["groups"]:
        view["size"] = view["size"] or written["data"]["size"]
    assert speed_key(written) == speed_key(base), "0 stands for the size of the images, which a run writes"
    for part, key, value in (("data", "size", 128), ("train", "batch", 16), ("backbone", "name", "resnet50")):
        other = config()
        other[part][key] = value
        assert speed_key(other) != speed_key(base)
