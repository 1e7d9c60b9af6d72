"""Gradient clipping per parameter."""

from __future__ import annotations

import torch
from torch import nn

from engine.optim.clip import clip_each


def parameters() -> list[nn.Parameter]:
    weights = [nn.Parameter(torch.zeros(2)) for _ in range(3)]
    weights[0].grad, weights[1].grad = torch.tensor([3.0, 4.0]), torch.tensor([0.3, 0.4])
    return weights


def test_only_too_large_gradients_are_scaled_per_parameter() -> None:
    large, small, none = parameters()
    clip_each([large, small, none], 1.0)
    assert large.grad is not None
    assert small.grad is not None
    assert torch.allclose(large.grad, torch.tensor([0.6, 0.8]), atol=1e-5)
    assert torch.equal(small.grad, torch.tensor([0.3, 0.4]))
    assert none.grad is None


def test_a_limit_of_0_does_not_clip() -> None:
    large, *_ = all_parameters = parameters()
    clip_each(all_parameters, 0.0)
    assert large.grad is not None
    assert torch.equal(large.grad, torch.tensor([3.0, 4.0]))
