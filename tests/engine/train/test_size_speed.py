"""The speed at a size is measured on the same network and views, and turned into the time of the whole run."""

from __future__ import annotations

import pytest

from engine.train import size_speed
from engine.train.resolve import resolve
from engine.train.size_speed import images_per_second, measured_config, seconds_of


def test_the_measured_config_differs_in_data_and_length_alone() -> None:
    given = {"method": {"id": "vicreg"}, "data": {"source": "digits"}, "train": {"batch": 512, "epochs": 9, "device": "cpu"}}
    config = resolve(given)
    measured = measured_config(config, 64)
    assert (measured.data.size, measured.train.batch) == (64, 32)
    for part in ("method", "views", "backbone"):
        assert getattr(measured, part) == getattr(config, part)
    assert (measured.train.device, measured.train.precision) == (config.train.device, config.train.precision)


def test_the_time_of_a_run_from_its_speed() -> None:
    config = resolve({"train": {"epochs": 10, "batch": 50, "device": "cpu"}})
    by_epochs = seconds_of(config, images=1000, speed=100.0)
    # 10,000 images at 100 a second, and a twentieth of the time for checks.
    assert by_epochs == pytest.approx(100 / 0.95)
    by_steps = resolve({"train": {"steps": 20, "batch": 50, "device": "cpu"}, "optim": {"accumulate": 2}})
    assert seconds_of(by_steps, images=1000, speed=100.0) == pytest.approx(20 / 0.95)
    by_minutes = resolve({"train": {"minutes": 3, "device": "cpu"}})
    assert seconds_of(by_minutes, images=1000, speed=100.0) == 180


def test_a_size_is_measured_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_speed, "BATCH", 4)
    monkeypatch.setattr(size_speed, "COUNT", 24)
    assert images_per_second(resolve({"train": {"device": "cpu", "threads": 1}}), 32) > 0
