"""The stages of a run, and the transitions between them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from engine.config.run import RunConfig
from engine.events import CheckpointSaved, Event, StepDone
from engine.method import Method, Stage
from engine.methods.contrastive.simclr import SimCLR
from engine.runs.reader import checkpoint_path
from engine.train import loop
from engine.train.control import Control
from engine.train.dry_run import dry_run
from engine.train.stages import Span, span_at, spans
from engine.train.train_run import resume, train

Small = Callable[..., RunConfig]


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 1001])
def test_the_stages_cover_every_step_once_and_the_method_has_at_least_one(steps: int) -> None:
    parts = spans((Stage("first", 0.3), Stage("second", 0.5)), steps)
    assert [part.name for part in parts] == ["first", "second", ""]
    assert (parts[0].first, parts[-1].last) == (0, steps)
    assert all(one.last == other.first for one, other in pairwise(parts))
    assert parts[-1].last > parts[-1].first


def test_shares_are_rounded_to_whole_steps() -> None:
    assert spans((Stage("tokenizer", 0.25),), 10) == (Span("tokenizer", 0, 2), Span("", 2, 10))
    assert spans((), 10) == (Span("", 0, 10),)


def test_each_step_has_its_stage() -> None:
    parts = spans((Stage("tokenizer", 0.5),), 10)
    assert [span_at(parts, step).name for step in (0, 4, 5, 9, 10)] == ["tokenizer", "tokenizer", "", "", ""]


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """SimCLR with a stage in the first half, which trains in the same way, and the list of stages by step."""
    stages: list[str] = []
    forward = SimCLR.forward

    def noting(self: SimCLR, batch, at):  # type: ignore[no-untyped-def]
        stages.append(at.stage)
        return forward(self, batch, at)

    monkeypatch.setattr(Method, "stages", lambda self: (Stage("warm", 0.5),))
    monkeypatch.setattr(SimCLR, "forward", noting)
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    return stages


def test_a_stage_is_reported_and_has_its_own_schedule_and_checkpoint(small: Small, staged: list[str], tmp_path: Path) -> None:
    events: list[Event] = []
    train(small("simclr", {"train": {"steps": 8}, "optim": {"warmup": 0.0}}), events.append, Control(), tmp_path)
    assert staged == ["warm"] * 4 + [""] * 4
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [step.stage for step in steps] == staged
    # The schedule starts again.
    assert [step.lr for step in steps[:4]] == pytest.approx([step.lr for step in steps[4:]])
    assert steps[3].lr < steps[4].lr
    saved = [Path(event.path).name for event in events if isinstance(event, CheckpointSaved)]
    assert saved == ["warm.pt", "last.pt"]
    assert torch.load(tmp_path / "checkpoints" / "warm.pt", weights_only=True)["step"] == 4
    assert checkpoint_path(tmp_path).exists()


def test_stopping_within_a_stage_and_resuming_give_the_same_losses(small: Small, staged: list[str], tmp_path: Path) -> None:
    for name in ("whole", "parted"):
        (tmp_path / name).mkdir()
    whole: list[Event] = []
    train(small("simclr", {"train": {"steps": 8}}), whole.append, Control(), tmp_path / "whole")
    parted: list[Event] = []
    control = Control()

    def stop_at_two(event: Event) -> None:
        parted.append(event)
        if isinstance(event, StepDone) and event.step == 2:
            control.stop()

    train(small("simclr", {"train": {"steps": 8}}), stop_at_two, control, tmp_path / "parted")
    resume(tmp_path / "parted", parted.append, Control())
    assert [(e.step, e.loss) for e in parted if isinstance(e, StepDone)] == [
        (e.step, e.loss) for e in whole if isinstance(e, StepDone)
    ]


def test_a_dry_run_measures_every_stage(small: Small, staged: list[str]) -> None:
    dry_run(small("simclr"))
    assert set(staged) == {"warm", ""}
