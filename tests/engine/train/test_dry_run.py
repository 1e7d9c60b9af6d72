"""The dry run estimates the duration of a run without side effects; minutes are converted to steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.open import open_dataset
from engine.events import Event, RunStarted
from engine.train import dry_run as dry_run_module
from engine.train.control import Control
from engine.train.dry_run import DryRun, dry_run, with_steps
from engine.train.train_run import train

Small = Callable[..., RunConfig]


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run_module, "MOST_STEPS", 2)


def test_a_dry_run_measures_speed_memory_and_duration(small: Small) -> None:
    speed = dry_run(small("simclr", {"train": {"steps": 40}}))
    assert speed.images_per_second > 0
    assert speed.memory_bytes > 10_000_000
    assert speed.steps == 40
    # 40 steps of 16 images at that speed, and some time for evaluating the validation images.
    assert 1.0 <= speed.seconds / (40 * 16 / speed.images_per_second) < 1.2


def test_a_length_in_epochs_is_converted_to_steps(small: Small) -> None:
    config = small("simclr", {"train": {"steps": 0, "epochs": 5}})
    assert dry_run(config).steps == 5 * (len(open_dataset(config.data).splits["train"]) // 16)


def test_generators_and_images_are_not_changed(small: Small) -> None:
    config = small("simclr")
    dataset = open_dataset(config.data)
    images, before = dataset.images.copy(), torch.random.get_rng_state()
    dry_run(config)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert (dataset.images == images).all()


def test_settings_that_do_not_fit_are_refused(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"train\.batch"):
        dry_run(small("simclr", {"train": {"batch": 1000}}))


def test_minutes_are_converted_to_steps_with_the_measured_speed(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run_module, "dry_run", lambda config, dataset=None: DryRun(100.0, 0, 123, 60.0))
    config = with_steps(small("simclr", {"train": {"steps": 0, "minutes": 1}}))
    assert config.train.steps == 123
    assert config.train.minutes == 1


def test_one_minute_gives_the_number_of_steps_that_fit(small: Small) -> None:
    speed = dry_run(small("simclr", {"train": {"steps": 0, "minutes": 1}}))
    assert 50 <= speed.seconds <= 60
    assert speed.steps == pytest.approx(60 * speed.images_per_second / 16, rel=0.1)


def test_steps_have_priority_over_minutes(small: Small) -> None:
    config = small("simclr", {"train": {"steps": 7, "minutes": 1}})
    assert with_steps(config) is config


def test_a_run_in_minutes_reports_its_steps(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run_module, "dry_run", lambda config, dataset=None: DryRun(100.0, 0, 2, 60.0))
    events: list[Event] = []
    train(small("simclr", {"train": {"steps": 0, "minutes": 1}}), events.append, Control())
    assert isinstance(events[0], RunStarted)
    assert events[0].steps == 2
    assert events[0].config["train"]["steps"] == 2
