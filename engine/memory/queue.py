"""A queue of the embeddings of earlier batches, first in, first out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FeatureQueue(nn.Module):
    """`size` unit vectors of `dim`, initially random directions, as in MoCo (1911.05722, Alg. 1); `filled` counts the others."""

    vectors: Tensor
    head: Tensor
    filled: Tensor

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("vectors", F.normalize(torch.randn(size, dim), dim=1))
        self.register_buffer("head", torch.zeros((), dtype=torch.long))
        self.register_buffer("filled", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def enqueue(self, batch: Tensor) -> None:
        """Replace the oldest vectors by (N, dim). Of a batch larger than the queue only the last part is stored."""
        size = len(self.vectors)
        batch = batch.detach().to(self.vectors)[-size:]
        indices = (torch.arange(len(batch), device=batch.device) + self.head) % size
        self.vectors[indices] = batch
        self.head.copy_((self.head + len(batch)) % size)
        self.filled.copy_((self.filled + len(batch)).clamp(max=size))


class IndexedQueue(FeatureQueue):
    """A queue that also stores the image of each vector: `indices` (size,) in the data set, -1 for the initial random vectors."""

    indices: Tensor

    def __init__(self, size: int, dim: int) -> None:
        super().__init__(size, dim)
        self.register_buffer("indices", torch.full((size,), -1))

    @torch.no_grad()
    def enqueue_images(self, batch: Tensor, index: Tensor) -> None:
        """Replace the oldest vectors by (N, dim) of the images with indices (N,)."""
        size = len(self.vectors)
        index = index.to(self.indices)[-size:]
        self.indices[(torch.arange(len(index), device=index.device) + self.head) % size] = index
        self.enqueue(batch)
