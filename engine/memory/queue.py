"""A queue of the embeddings of earlier batches, first in, first out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FeatureQueue(nn.Module):
    """`size` unit vectors of `dim`, random directions at first, as MoCo's (1911.05722, Alg. 1); `filled` counts the real ones."""

    vectors: Tensor
    head: Tensor
    filled: Tensor

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("vectors", F.normalize(torch.randn(size, dim), dim=1))
        self.register_buffer("head", torch.zeros((), dtype=torch.long))
        self.register_buffer("filled", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def push(self, batch: Tensor) -> None:
        """Put (N, dim) in, over the oldest. Of a batch larger than the queue only the last part stays."""
        size = len(self.vectors)
        batch = batch.detach().to(self.vectors)[-size:]
        places = (torch.arange(len(batch), device=batch.device) + self.head) % size
        self.vectors[places] = batch
        self.head.copy_((self.head + len(batch)) % size)
        self.filled.copy_((self.filled + len(batch)).clamp(max=size))
