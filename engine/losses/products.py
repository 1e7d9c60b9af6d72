"""Matrix products of embeddings in float32, also under autocast."""

from __future__ import annotations

import torch
from torch import Tensor


def exact_product(a: Tensor, b: Tensor) -> Tensor:
    """a @ b in float32, also under autocast: bf16 cosines, divided by a small temperature, would have errors of tenths of a nat,
    and small sums would be lost in rounding errors. a: (..., N, P), b: (..., P, M)."""
    with torch.autocast(a.device.type, enabled=False):
        return a.float() @ b.float()
