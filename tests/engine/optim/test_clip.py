"""Gradients clipped one parameter at a time."""

from __future__ import annotations

import torch
from torch import nn

from engine.optim.clip import clip_each


def parameters() -> list[nn.Parameter]:
    found = [nn.Parameter(torch.zeros(2)) for _ in range(3)]
    found[0].grad, found[1].grad = torch.tensor([3.0, 4.0]), torch.tensor([0.3, 0.4])
    return found


def test_only_what_is_too_large_is_scaled_each_by_itself() -> None:
    large, small, none = parameters()
    clip_each([large, small, none], 1.0)
    assert large.grad is not None
    assert small.grad is not None
    assert torch.allclose(large.grad, torch.tensor([0.6, 0.8]), atol=1e-5)
    assert torch.equal(small.grad, torch.tensor([0.3, 0.4]))
    assert none.grad is None


def test_zero_leaves_all_alone() -> None:
    large, *_ = found = parameters()
    clip_each(found, 0.0)
    assert large.grad is not None
    assert torch.equal(large.grad, torch.tensor([3.0, 4.0]))
