"""The training step against a naive implementation: accumulated gradients, clipping, schedule, decay, momentum, fixed rates, and
their order."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.config.run import RunConfig
from engine.events import EpochDone, Event, StepDone
from engine.method import Method, Progress
from engine.methods.contrastive.simclr import SimCLR
from engine.train import loop
from engine.train.control import Control
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from engine.train.train_run import train

Prepared = Callable[..., Session]
Small = Callable[..., RunConfig]
STEPS, WARMUP, FINAL = 6, 0.4, 0.1


def naive_rate(step: int) -> float:
    """Share of the peak rate at a step from 0: linear warm-up over the first 40 % of 6 steps, then a half cosine to a tenth."""
    warm = WARMUP * STEPS
    if step < warm:
        return (step + 1) / (warm + 1)
    return FINAL + (1 - FINAL) * (1 + math.cos(math.pi * (step - warm) / (STEPS - warm))) / 2


class NaiveOptimiser:
    """AdamW (1711.05101, Algorithm 2) and SGD with momentum and L2, without decay of vectors."""

    def __init__(self, name: str, decay: float) -> None:
        self.name, self.decay = name, decay
        self.first: dict[str, Tensor] = {}
        self.second: dict[str, Tensor] = {}
        self.count = 0

    def move(self, weights: dict[str, Tensor], grads: dict[str, Tensor], rate: Callable[[str], float]) -> None:
        self.count += 1
        for name, w in weights.items():
            g, decay = grads[name], self.decay if w.ndim > 1 else 0.0
            if self.name == "sgd":
                g = g + decay * w
                self.first[name] = 0.9 * self.first.get(name, torch.zeros_like(w)) + g
                w -= rate(name) * self.first[name]
            else:
                self.first[name] = 0.9 * self.first.get(name, torch.zeros_like(w)) + 0.1 * g
                self.second[name] = 0.95 * self.second.get(name, torch.zeros_like(w)) + 0.05 * g**2
                m, v = self.first[name] / (1 - 0.9**self.count), self.second[name] / (1 - 0.95**self.count)
                w -= rate(name) * decay * w
                w -= rate(name) * m / (v.sqrt() + 1e-8)


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
@pytest.mark.parametrize(("clip", "accumulate"), [(0.05, 2), (0.0, 2), (0.0, 1)])
def test_three_steps_equal_the_formulas(prepared: Prepared, optimiser: str, clip: float, accumulate: int) -> None:
    """SimSiam, whose predictor has the peak rate. Every step: the mean gradient of its batches, clipping by the total norm, then
    the optimiser at the rate of the step."""
    optim = {
        "name": optimiser, "lr": 0.02, "weight_decay": 0.2, "momentum": 0.9, "beta2": 0.95, "warmup": WARMUP, "final": FINAL,
        "schedule": "cosine", "clip": clip, "accumulate": accumulate,
    }  # fmt: skip
    session = prepared("simsiam", {"optim": optim, "train": {"batch": 4, "steps": STEPS}, "method": {"out_dim": 16}})
    naive: Any = copy.deepcopy(session.method).train()
    weights = dict(naive.named_parameters())
    by_hand = NaiveOptimiser(optimiser, 0.2)
    for step in range(3):
        batches = [session.batches.at(accumulate * step + k) for k in range(accumulate)]
        losses = [naive(batch, Progress(step, STEPS, 0, 1)).loss for batch in batches]
        total = torch.stack(losses).sum() / accumulate
        grads = dict(zip(weights, torch.autograd.grad(total, [*weights.values()]), strict=True))
        norm = math.sqrt(sum(float(g.double().pow(2).sum()) for g in grads.values()))
        assert not clip or norm > clip, "this test would not see whether gradients are clipped"
        shrink = min(1.0, clip / norm) if clip else 1.0

        def rate(name: str, step: int = step) -> float:
            return 0.02 * (1.0 if name.startswith("predictor") else naive_rate(step))

        with torch.no_grad():
            by_hand.move(weights, {name: g * shrink for name, g in grads.items()}, rate)
        out, shown = take_step(session)
        session.step += 1
        assert shown == pytest.approx(0.02 * naive_rate(step))
        assert out.loss.item() == pytest.approx(losses[-1].item(), rel=1e-2, abs=1e-3)
        if optimiser == "adamw":
            # Where a gradient is only rounding error, Adam's first steps have an arbitrary sign: only the others are compared.
            for name, p in session.method.named_parameters():
                away = (p - weights[name]).abs()
                assert (away < 1e-3 + 1e-3 * weights[name].abs()).float().mean() > 0.9, name
        else:
            for name, p in session.method.named_parameters():
                assert torch.allclose(p, weights[name], rtol=2e-2, atol=2e-3), name


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_matrices_have_decay_and_vectors_and_excepted_groups_have_none(prepared: Prepared, optimiser: str) -> None:
    """With gradients of 0 a step consists of decay only: BEiT's positions and class token are excepted, as in its official code."""
    optim = {"name": optimiser, "lr": 0.1, "weight_decay": 0.5, "warmup": 0.0, "schedule": "constant", "clip": 0.0}
    session = prepared("beit", {"optim": optim, "train": {"batch": 4}, "method": {"vocabulary": 8, "tokenizer_width": 16}})
    with torch.no_grad():
        for p in session.method.parameters():
            p.fill_(1.0)
            p.grad = torch.zeros_like(p)
    loop.set_rate(session.optimiser, 1.0)
    session.optimiser.step()
    expected = 1 - 0.1 * 0.5
    excepted = {"backbone.pos_embed", "backbone.cls_token"}
    for name, p in session.method.named_parameters():
        assert p.ndim > 1 or name not in excepted
        value = expected if p.ndim > 1 and name not in excepted else 1.0
        assert torch.allclose(p, torch.full_like(p, value)), name


@pytest.mark.parametrize(("id", "scale", "fixed"), [("simsiam", 1.0, True), ("nce", 5.0, False), ("inpainting", 0.1, False)])
def test_separate_rates_are_passed_to_the_optimiser(prepared: Prepared, id: str, scale: float, fixed: bool) -> None:
    """During the warm-up the encoder and its head have the step's rate; SimSiam's predictor, NCE's constant and the discriminator
    have their own."""
    session = prepared(id, {"optim": {"lr": 0.01, "warmup": 0.9, "clip": 0.0}, "train": {"batch": 4, "steps": 8}})
    names = {p: name for name, p in session.method.named_parameters()}
    for step in range(2):
        take_step(session)
        session.step += 1
        rates = {names[p]: group["lr"] for group in session.optimiser.param_groups for p in group["params"]}
        rest = ("backbone.", "projector.", "decoder.")
        own = {rate for name, rate in rates.items() if not name.startswith(rest)}
        others = {rate for name, rate in rates.items() if name.startswith(rest)}
        assert [*others] == pytest.approx([0.01 * (step + 1) / 8.2])
        assert [*own] == pytest.approx([0.01 * scale * (1.0 if fixed else (step + 1) / 8.2)])


def test_the_teacher_is_updated_with_the_weights_after_the_step(prepared: Prepared) -> None:
    """With a momentum of 0 the target equals the online network after the step, not before it."""
    session = prepared("byol", {"method": {"momentum": 0.0}, "train": {"batch": 4, "steps": 100}})
    m: Any = session.method
    before = [p.clone() for p in m.backbone.parameters()]
    take_step(session)
    online = [*m.backbone.parameters(), *m.projector.parameters()]
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(m.target.parameters(), online, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(before, m.backbone.parameters(), strict=True))


def test_frozen_parameters_are_not_changed_by_the_step(prepared: Prepared) -> None:
    """DINO's last layer is unchanged, also by decay and momentum, in the first share of the run, and then trained."""
    session = prepared("dino", {"method": {"freeze_last": 0.5, "out_dim": 16}, "train": {"batch": 4, "steps": 4}})
    m: Any = session.method
    for step in range(4):
        before, hidden = m.head.last.clone(), m.head.mlp[0].weight.clone()
        take_step(session)
        session.step += 1
        assert torch.equal(m.head.last, before) == (step < 2)
        assert not torch.equal(m.head.mlp[0].weight, hidden)


def test_a_step_sets_train_mode(prepared: Prepared) -> None:
    session = prepared("simclr", {"train": {"batch": 4}})
    session.method.eval()
    norms = [part for part in session.method.modules() if isinstance(part, nn.BatchNorm2d)]
    take_step(session)
    assert session.method.training
    assert [int(part.num_batches_tracked) for part in norms] == [1] * len(norms)


def test_gradients_are_reset_between_steps(prepared: Prepared) -> None:
    session = prepared("simclr", {"train": {"batch": 4}})
    take_step(session)
    assert all(p.grad is None for p in session.method.parameters())


def test_every_hook_of_a_step_gets_the_same_progress(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps count from 0, and accumulated batches are one step; epochs are whole passes; `after_backward` and `after_step` are
    called once per step, in this order."""
    calls: list[tuple[str, int, int, float]] = []
    names = ("forward", "after_backward", "after_step")

    def spied(name: str) -> Callable[..., Any]:
        original = getattr(SimCLR, name)

        def call(self: Method, *arguments: Any) -> Any:
            at = next(value for value in arguments if isinstance(value, Progress))
            if torch.is_grad_enabled() or name != "forward":
                calls.append((name, at.step, at.epoch, at.fraction))
            return original(self, *arguments)

        return call

    for name in names:
        monkeypatch.setattr(SimCLR, name, spied(name))
    config = small("simclr", {"train": {"batch": 12, "steps": 0, "epochs": 2}, "optim": {"accumulate": 2}})
    images = 64 - 2 * round(64 * 0.1)
    per_epoch = images // 12
    steps = -(-per_epoch // 2)
    assert train(config, lambda event: None, Control()).step == 2 * steps
    expected = []
    for step in range(2 * steps):
        batches = min(2, per_epoch - 2 * (step % steps))
        at = (step, step // steps, pytest.approx(step / (2 * steps)))
        expected += [("forward", *at)] * batches + [("after_backward", *at), ("after_step", *at)]
    assert calls == expected


def test_an_epoch_s_loss_is_the_mean_over_its_steps(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    events: list[Event] = []
    train(small("simclr", {"train": {"batch": 12, "steps": 0, "epochs": 3}}), events.append, Control())
    losses: list[float] = []
    epochs = 0
    for event in events:
        if isinstance(event, StepDone):
            losses.append(event.loss)
        if isinstance(event, EpochDone):
            epochs += 1
            assert event.epoch == epochs
            assert event.loss == pytest.approx(sum(losses) / len(losses), rel=1e-5)
            losses = []
    assert epochs == 3
    assert not losses


def test_progress_is_that_of_the_next_step(prepared: Prepared) -> None:
    session = prepared("simclr", {"train": {"batch": 4, "steps": 10}})
    session.step = 5
    at = progress(session)
    assert (at.step, at.steps, at.fraction) == (5, 10, 0.5)
    assert at.epoch == 5 // session.steps_per_epoch


def test_random_numbers_of_torch_and_of_the_batch_s_generator_depend_on_the_step(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropout draws from torch's generator, masks from the batch's: each step has other numbers, and a repeated step has the
    same."""
    drawn: list[tuple[float, float]] = []
    forward = SimCLR.forward

    def noted(self: SimCLR, batch: Any, at: Progress) -> Any:
        drawn.append((torch.rand(()).item(), torch.rand((), generator=batch.generator).item()))
        return forward(self, batch, at)

    monkeypatch.setattr(SimCLR, "forward", noted)
    for seed in (1, 2):
        session = prepared("simclr", {"train": {"batch": 4}})
        torch.manual_seed(seed)
        for _ in range(3):
            take_step(session)
            session.step += 1
    assert drawn[:3] == drawn[3:]
    assert len({device for device, _ in drawn}) == 3
    assert len({method for _, method in drawn}) == 3
