"""How much of the image two crops share: what makes a pair of views easy or hard to match."""

from __future__ import annotations

import torch
from torch import Tensor


def overlaps(one: Tensor, other: Tensor) -> Tensor:
    """(n,) intersection over union of boxes (n, 4) and (n, 4): x0, y0, x1, y1. 0 where they do not meet, 1 where they are one."""
    first, last = torch.maximum(one[:, :2], other[:, :2]), torch.minimum(one[:, 2:], other[:, 2:])
    shared = (last - first).clamp(min=0).prod(1)
    both = (one[:, 2:] - one[:, :2]).prod(1) + (other[:, 2:] - other[:, :2]).prod(1) - shared
    return torch.where(both > 0, shared / both.clamp(min=1e-12), torch.zeros_like(shared))
