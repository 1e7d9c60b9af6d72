"""Matrix products of embeddings, exact where training is not."""

from __future__ import annotations

import torch
from torch import Tensor


def exact_product(a: Tensor, b: Tensor) -> Tensor:
    """a @ b in float32, also under autocast: bf16 cosines, divided by a small temperature, would be off by tenths of a nat, and
    small sums would drown in their rounding. a: (..., N, P), b: (..., P, M)."""
    with torch.autocast(a.device.type, enabled=False):
        return a.float() @ b.float()
