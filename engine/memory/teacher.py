"""The momentum encoder: an exponential moving average of the student, without gradient."""

from __future__ import annotations

import copy
import math
from typing import TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


def frozen_copy(student: M) -> M:
    """A copy of the student whose parameters require no gradient."""
    teacher = copy.deepcopy(student)
    for parameter in teacher.parameters():
        parameter.requires_grad_(False)
    return teacher


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """teacher = momentum * teacher + (1 - momentum) * student, for parameters. Buffers, such as the running statistics of
    batch normalisation, are not copied: the teacher computes its own."""
    targets: list[Tensor] = [p for p in teacher.parameters() if not p.requires_grad]
    sources: list[Tensor] = list(student.parameters())
    assert len(targets) == len(sources), "the teacher must be a frozen copy of the student"
    torch._foreach_lerp_(targets, sources, 1.0 - momentum)


def cosine_momentum(base: float, fraction: float) -> float:
    """Momentum rising from `base` to 1 along a half cosine (BYOL 2006.07733, Sec. 3.3)."""
    return 1.0 - (1.0 - base) * (math.cos(math.pi * fraction) + 1.0) / 2.0
