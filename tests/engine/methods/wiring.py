"""Helpers for the oracles of the methods' forward passes: a small session whose teachers and memories have left their initial
state, a step, and the comparison of a method's loss and gradients with those of a naive computation.

An oracle is written from the paper and the official code. It calls the method's own modules (backbone, projector, predictor,
teacher) and nothing else of the method; the formula is a loop over images, views or patches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.method import Batch, Method, Out, Progress
from engine.train.setup import Session

Prepared = Callable[..., Session]
Oracle = Callable[[Batch], Tensor]


def small_session(prepared: Prepared, id: str, batch: int = 4, **parts: Any) -> Session:
    """A session of batches of 4 images, whose method trains and whose teachers differ from their students."""
    session = prepared(id, {"train": {"batch": batch}, **parts})
    unsettle(session.method.train())
    return session


@torch.no_grad()
def unsettle(method: Method) -> None:
    """Move teachers away from their students, centres away from 0, and fill queues with other unit vectors."""
    generator = torch.Generator().manual_seed(11)
    for teacher in method.teachers():
        for parameter in teacher.parameters():
            parameter.add_(0.1 * parameter.abs().mean() * torch.randn(parameter.shape, generator=generator))
    for name, buffer in method.named_buffers():
        if name.endswith("centre.value"):
            buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))
        if name.endswith(".vectors"):
            buffer.copy_(nn.functional.normalize(torch.randn(buffer.shape, generator=generator), dim=1))
            method.get_buffer(name.replace(".vectors", ".filled")).fill_(len(buffer))


def again(batch: Batch) -> Batch:
    """The batch with its generator in the state at the start of a step."""
    return replace(batch, generator=torch.Generator().manual_seed(batch.generator.initial_seed()))


def at_share(share: float, steps: int = 100) -> Progress:
    """The progress at this share of a run."""
    return Progress(round(share * steps), steps, 0, 1)


def after_step(method: Method, at: Progress, out: Out) -> None:
    """Call what the training loop calls after the optimiser's step."""
    method.after_step(at, out)


def step(method: Method, batch: Batch, at: Progress) -> Out:
    """A step without an optimiser: forward pass, backward pass, and the method's hooks after both."""
    out: Out = method(again(batch), at)
    out.loss.backward()
    method.after_backward(at)
    after_step(method, at, out)
    return out


def gradients(loss: Tensor, method: Method) -> dict[str, Tensor]:
    """The gradient of a loss by every trainable parameter, 0 where the loss does not depend on it."""
    learning = {name: p for name, p in method.named_parameters() if p.requires_grad}
    values = torch.autograd.grad(loss, [*learning.values()], allow_unused=True)
    pairs = zip(learning.items(), values, strict=True)
    return {name: torch.zeros_like(p) if g is None else g for (name, p), g in pairs}


def assert_same(method: Method, batch: Batch, at: Progress, oracle: Oracle, *, shown: bool = True) -> Out:
    """Assert that loss and gradients equal the oracle's; `shown=False` skips the loss, where the reported one is another number."""
    modes = [part.training for part in method.modules()]
    torch.manual_seed(0)
    out: Out = method(again(batch), at)
    assert [part.training for part in method.modules()] == modes
    torch.manual_seed(0)
    expected = oracle(again(batch))
    if shown:
        assert out.loss.item() == pytest.approx(expected.item(), rel=2e-4, abs=1e-5)
    one, two = gradients(out.loss, method), gradients(expected, method)
    assert any(g.abs().max() > 0 for g in two.values())
    # Some gradients (of a bias before a normalisation) are only rounding error: the tolerance is relative to the module's largest.
    parts = {name.split(".")[0] for name in two}
    largest = {part: max(float(g.abs().max()) for name, g in two.items() if name.split(".")[0] == part) for part in parts}
    wrong = {
        name: float((one[name] - two[name]).abs().max()) / largest[name.split(".")[0]]
        for name in two
        if not torch.allclose(one[name], two[name], rtol=5e-3, atol=2e-3 * largest[name.split(".")[0]] + 1e-9)
    }
    assert wrong == {}
    return out


def dot(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of two vectors."""
    return (a * b).sum() / (a.norm() * b.norm())


def pick(logits: Sequence[Tensor], right: int) -> Tensor:
    """-log of the softmax probability of one logit."""
    return torch.logsumexp(torch.stack([*logits]), 0) - logits[right]


def blame(target: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy of a distribution (K,) with the softmax of logits (K,)."""
    return -(target * (logits - torch.logsumexp(logits, 0))).sum()


def average(values: Sequence[Tensor]) -> Tensor:
    """Mean of scalars."""
    return torch.stack([*values]).mean()


def rising(base: float, share: float) -> float:
    """A momentum that rises from `base` to 1 along a half cosine (BYOL, 2006.07733, Sec. 3.3)."""
    return 1 - (1 - base) * (math.cos(math.pi * share) + 1) / 2
