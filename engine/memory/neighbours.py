"""Nearest neighbours among stored vectors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def nearest(z: Tensor, vectors: Tensor, k: int = 1, real: Tensor | None = None) -> Tensor:
    """Indices (N, k) of the unit vectors (M, P) with the largest cosine with z (N, P), nearest first; k is at most M.

    `real`: (M,) bool, the vectors that are searched; -1 where there are fewer than k of them. On the device of the vectors."""
    # In float32 also under autocast: among thousands of vectors the nearest two can be equal in bf16.
    with torch.autocast(vectors.device.type, enabled=False):
        cosine = F.normalize(z.float(), dim=1).to(vectors.device) @ vectors.float().t()  # (N, M)
    if real is not None:
        cosine = cosine.masked_fill(~real, float("-inf"))
    best = cosine.topk(min(k, len(vectors)), dim=1)
    return best.indices.masked_fill(best.values == float("-inf"), -1)
