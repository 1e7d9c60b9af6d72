"""Which remembered vectors lie nearest."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def nearest(z: Tensor, vectors: Tensor, k: int = 1, real: Tensor | None = None) -> Tensor:
    """Numbers (N, k) of the vectors (M, P), unit, whose cosine with z (N, P) is largest, nearest first; k is at most M.

    `real`: (M,) bool, the vectors that may be found; -1 stands where there are fewer than k of them. On the device of the
    vectors."""
    # In full precision also under autocast: among thousands of vectors the nearest two differ by less than bf16 tells apart.
    with torch.autocast(vectors.device.type, enabled=False):
        cosine = F.normalize(z.float(), dim=1).to(vectors.device) @ vectors.float().t()  # (N, M)
    if real is not None:
        cosine = cosine.masked_fill(~real, float("-inf"))
    best = cosine.topk(min(k, len(vectors)), dim=1)
    return best.indices.masked_fill(best.values == float("-inf"), -1)
