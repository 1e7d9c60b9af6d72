"""The turns of a step: which networks move, when, with which values, and what of them is restored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.events import Event, StepDone
from engine.method import Batch, Method, Out, ParameterGroup, Progress, Turn, main_turn
from engine.methods.contrastive.simclr import SimCLR
from engine.train import checkpoint, loop
from engine.train import dry_run as dry_runs
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.setup import Session, prepare
from engine.train.train_run import resume, train
from tests.engine.methods.conftest import Small

SGD = {"name": "sgd", "lr": 0.25, "momentum": 0.5, "weight_decay": 0.0, "schedule": "constant", "warmup": 0.0, "clip": 0.0}
TURNS = (Turn("head", every=2, offset=1, optim=SGD), Turn("body"), Turn("both", every=3, optim={"beta1": 0.5}))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, float, float]]:
    """SimCLR in three turns: the projector alone at odd steps, the encoder, and both together at every third step. The step, turn,
    loss and a draw of the batch's generator of every forward pass."""
    calls: list[tuple[int, str, float, float]] = []
    forward = SimCLR.forward

    def noting(self: SimCLR, batch: Batch, at: Progress) -> Out:
        out = forward(self, batch, at)
        if self.training:
            calls.append((at.step, at.turn, out.loss.item(), float(torch.rand((), generator=batch.generator))))
        return replace(out, terms={f"loss of {at.turn}": out.loss})

    def groups(self: SimCLR) -> list[ParameterGroup]:
        head, body = list(self.projector.parameters()), list(self.backbone.parameters())
        return [ParameterGroup(head, turn="head"), ParameterGroup(body, turn="body"), ParameterGroup([*head, *body], turn="both")]

    monkeypatch.setattr(SimCLR, "forward", noting)
    monkeypatch.setattr(SimCLR, "turns", lambda self: TURNS, raising=False)
    monkeypatch.setattr(SimCLR, "parameter_groups", groups)
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    return calls


def session_of(small: Small, **parts: Any) -> Session:
    return prepare(small("simclr", {"train": {"steps": 8}, **parts}))


def test_a_method_has_one_turn_without_a_name(small: Small) -> None:
    session = session_of(small)
    assert session.method.turns() == (Turn(),)
    assert session.own_optimisers == {}
    assert session.optimiser_of(Turn()) is session.optimiser


def test_the_main_turn_is_the_last_that_moves_at_every_step() -> None:
    assert main_turn(TURNS).name == "body"
    assert main_turn((Turn("one"), Turn("two"), Turn("three", offset=1))).name == "two"


def test_each_turn_moves_in_its_order_at_its_steps(small: Small, seen: list[Any]) -> None:
    session = session_of(small)
    for step in range(7):
        session.step = step
        take_step(session)
    order = [[turn for at, turn, *_ in seen if at == step] for step in range(7)]
    assert order == [
        ["body", "both"], ["head", "body"], ["body"], ["head", "body", "both"], ["body"], ["head", "body"], ["body", "both"],
    ]  # fmt: skip


def test_the_turns_of_a_step_see_the_same_batch_and_draws_and_the_weights_left_by_the_turn_before(
    small: Small, seen: list[Any]
) -> None:
    session = session_of(small)
    session.step = 3
    take_step(session)
    (_, _, first, draw), (_, _, second, other), (_, _, third, last) = seen
    assert draw == other == last
    # One batch and one network would give one loss.
    assert len({first, second, third}) == 3
    generator = session.batches.at(3).generator
    assert draw == float(torch.rand((), generator=generator))


def test_a_turn_has_its_own_optimiser_with_its_own_values(small: Small, seen: list[Any]) -> None:
    session = session_of(small, optim={"warmup": 0.0, "lr": 0.01, "beta1": 0.8})
    assert session.own_optimisers.keys() == {"head", "both"}
    head, both = (session.optimiser_of(turn) for turn in (TURNS[0], TURNS[2]))
    assert isinstance(head, torch.optim.SGD)
    assert head.param_groups[0]["momentum"] == 0.5
    assert both.param_groups[0]["betas"] == (0.5, 0.999)
    assert session.optimiser.param_groups[0]["betas"] == (0.8, 0.999)
    held = [p for group in session.optimiser.param_groups for p in group["params"]]
    assert set(held) == set(session.method.backbone.parameters())

    session.step = 1
    weights = {name: p.detach().clone() for name, p in session.method.named_parameters()}
    gradients: dict[str, torch.Tensor] = {}
    take = head.step

    def noting() -> None:
        gradients.update({name: p.grad.clone() for name, p in session.method.named_parameters() if p.grad is not None})
        take()

    head.step = noting  # type: ignore[method-assign,assignment]
    _, rate = take_step(session)
    # Plain gradient descent, whose rate is constant; the run's rate is that of the main turn.
    for name, p in session.method.projector.named_parameters():
        torch.testing.assert_close(p.detach(), weights[f"projector.{name}"] - 0.25 * gradients[f"projector.{name}"])
    assert 0 < rate < 0.01
    # The encoder had a gradient of the head's loss, by which it did not move: what it moved by is Adam's first step.
    assert any(name.startswith("backbone") for name in gradients)
    largest = max(
        (p.detach() - weights[name]).abs().max().item() for name, p in session.method.named_parameters() if "backbone" in name
    )
    assert largest == pytest.approx(rate, rel=0.02)


def test_the_gradients_of_a_turn_are_those_of_its_loss_alone(small: Small, seen: list[Any]) -> None:
    """At a rate of 0 of all others, what a turn's optimiser gets is the gradient of its own loss."""
    session = session_of(small)
    session.step = 3
    got: dict[str, float] = {}
    for turn in TURNS:
        optimiser = session.optimiser_of(turn)
        held = [p for group in optimiser.param_groups for p in group["params"]]

        def noting(name: str = turn.name, held: list[Any] = held) -> None:
            got[name] = float(sum(p.grad.square().sum() for p in held))

        optimiser.step = noting  # type: ignore[method-assign,assignment]
    take_step(session)
    session.method(session.batches.at(3), Progress(3, 8, 0, 1)).loss.backward()
    parts = {
        "head": list(session.method.projector.parameters()),
        "body": list(session.method.backbone.parameters()),
        "both": list(session.method.parameters()),
    }
    for name, held in parts.items():
        expected = float(sum(p.grad.square().sum() for p in held if p.grad is not None))
        assert got[name] == pytest.approx(expected, rel=1e-4)


def test_the_loss_is_that_of_the_main_turn_and_the_terms_are_those_of_all(small: Small, seen: list[Any]) -> None:
    session = session_of(small)
    session.step = 3
    out, _ = take_step(session)
    losses = {turn: loss for _, turn, loss, _ in seen}
    assert out.loss.item() == losses["body"]
    assert {name: torch.as_tensor(value).item() for name, value in out.terms.items()} == {
        f"loss of {turn}": loss for turn, loss in losses.items()
    }


def test_accumulated_batches_are_seen_by_each_turn(small: Small, seen: list[Any]) -> None:
    session = session_of(small, optim={"accumulate": 2}, train={"steps": 8, "batch": 8})
    session.step = 1
    take_step(session)
    assert [turn for _, turn, *_ in seen] == ["head", "head", "body", "body"]
    draws = [draw for *_, draw in seen]
    assert draws[:2] == draws[2:]
    assert draws[0] != draws[1]


def test_the_hooks_of_a_step_get_the_turn(small: Small, seen: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, str]] = []
    for name in ("before_step", "after_backward", "after_step"):
        monkeypatch.setattr(Method, name, lambda self, at, *outs, name=name: calls.append((name, at.turn)))
    session = session_of(small)
    session.step = 1
    take_step(session)
    assert calls == [
        ("before_step", ""), ("after_backward", "head"), ("after_step", "head"), ("after_backward", "body"), ("after_step", "body"),
    ]  # fmt: skip


@pytest.mark.parametrize("stop", [1, 2, *(pytest.param(step, marks=pytest.mark.slow) for step in (3, 4))])
def test_a_run_stopped_between_turns_resumes_to_the_bit(small: Small, seen: list[Any], tmp_path: Path, stop: int) -> None:
    """The moments of every turn's optimiser are restored, also of those that moved some steps ago or not yet."""
    config = small("simclr", {"train": {"steps": 8}})
    whole: list[Event] = []
    train(config, whole.append, Control())
    parted: list[Event] = []
    control = Control()

    def stop_there(event: Event) -> None:
        parted.append(event)
        if isinstance(event, StepDone) and event.step == stop:
            control.stop()

    train(config, stop_there, control, tmp_path)
    saved = torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)
    assert saved["optimisers"].keys() == {"head", "both"}
    resume(tmp_path, parted.append, Control())
    figures = [[(e.step, e.loss, e.lr, dict(e.terms)) for e in events if isinstance(e, StepDone)] for events in (parted, whole)]
    assert figures[0] == figures[1]


def test_a_checkpoint_without_the_optimiser_of_a_turn_is_refused(small: Small, seen: list[Any], tmp_path: Path) -> None:
    session = session_of(small)
    take_step(session)
    session.step = 1
    path = checkpoint.save(session, tmp_path)
    state = torch.load(path, weights_only=True)
    del state["optimisers"]["both"]
    torch.save(state, path)
    with pytest.raises(Exception, match="cannot be loaded: 'both'"):
        checkpoint.load(session_of(small), tmp_path)


def test_a_dry_run_measures_steps_of_several_turns(small: Small, seen: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_runs, "MEASURE_SECONDS", 1e-9)
    assert dry_runs.dry_run(small("simclr")).images_per_second > 0
    assert {turn for _, turn, *_ in seen} == {"head", "body", "both"}


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ((Turn("one"), Turn("one")), "two turns have the same name"),
        ((Turn("head"), Turn("body")), "of the turn 'both'"),
    ],
)
def test_turns_that_do_not_fit_the_parameter_groups_are_refused(
    small: Small, seen: list[Any], monkeypatch: pytest.MonkeyPatch, turns: tuple[Turn, ...], message: str
) -> None:
    monkeypatch.setattr(SimCLR, "turns", lambda self: turns, raising=False)
    with pytest.raises(AssertionError, match=message):
        session_of(small)
