"""A dry run in a process of its own: it measures, tells what does not fit, ends when nobody waits, and changes nothing here."""

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


def test_measuring_beside_a_run_touches_nothing_that_the_run_draws_from(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method with dropout, measured as the window does. What a run in another thread would draw next is the same at every moment:
    nobody here seeds, reads or restores the process's generator, nor sets its threads."""
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
    found: Speed = EngineAnswers()(MeasureSpeed(config.model_dump(mode="json")), lambda share: None, lambda: True)
    assert touched == []
    assert torch.equal(torch.random.get_rng_state(), state)
    assert found.images_per_second > 0
    assert found.memory_bytes > 10_000_000
    assert found.steps == 12
    assert found.seconds == pytest.approx(12 * 16 / found.images_per_second, rel=0.2)


def test_what_does_not_fit_is_told_by_its_key(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"train\.batch") as caught:
        dry_run_apart(small("simclr", {"train": {"batch": 1000}}))
    assert caught.value.problems[0].key == "train.batch"


def test_it_ends_with_its_process_when_nobody_waits(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_process_that_ends_without_an_answer_is_told(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "child_environment", lambda threads: {"PYTHONPATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    with pytest.raises(RuntimeError, match="without an answer"):
        dry_run_apart(small("simclr"))
