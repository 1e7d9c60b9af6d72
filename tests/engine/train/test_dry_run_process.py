"""A dry run in a child process: its measurements, errors, cancelling, and no side effects in the parent."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.execute import child_process
from engine.execute.progress import Cancelled
from engine.train.dry_run_process import dry_run_apart
from tests.engine.methods.conftest import one_thread, small
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.setup_questions import MeasureSpeed, Speed

__all__ = ["one_thread", "small"]

Small = Callable[..., RunConfig]


def test_measuring_during_a_run_does_not_change_the_run_s_random_numbers(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method with dropout, measured like the window does. The next random number of a run in another thread is the same at every
    moment: the process's generator is not seeded, read or restored, and its number of threads is not set."""
    config = small("exemplar_cnn", {"train": {"steps": 12}})
    state = torch.random.get_rng_state()
    touched: list[str] = []
    for module, name in (
        (torch, "manual_seed"),
        (torch.random, "set_rng_state"),
        (torch, "set_rng_state"),
        (torch.random, "fork_rng"),
        (torch, "set_num_threads"),
    ):
        monkeypatch.setattr(module, name, lambda *_, name=name, **__: touched.append(name))
    speed: Speed = EngineAnswers()(MeasureSpeed(config.model_dump(mode="json")), lambda share: None, lambda: True)
    assert touched == []
    assert torch.equal(torch.random.get_rng_state(), state)
    assert speed.images_per_second > 0
    assert speed.memory_bytes > 10_000_000
    assert speed.steps == 12
    assert speed.seconds == pytest.approx(12 * 16 / speed.images_per_second, rel=0.2)


def test_settings_that_do_not_fit_are_refused_with_their_key(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"train\.batch") as caught:
        dry_run_apart(small("simclr", {"train": {"batch": 1000}}))
    assert caught.value.problems[0].key == "train.batch"


def test_cancelling_ends_the_child_process(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        begun.append(real(*given, **named))
        return begun[-1]

    monkeypatch.setattr(child_process.subprocess, "Popen", popen)
    looks = iter([True, True, False])
    with pytest.raises(Cancelled):
        dry_run_apart(small("simclr"), lambda: next(looks))
    assert begun[0].poll() is not None


def test_a_process_that_ends_without_a_result_gives_an_error(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "child_environment", lambda threads: {"PYTHONPATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    with pytest.raises(RuntimeError, match="without an answer"):
        dry_run_apart(small("simclr"))
