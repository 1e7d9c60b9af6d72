"""MoCo's shuffled batch normalisation on one device: the batch is normalised in parts, and keys in other parts than queries."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# A part of fewer images has no batch statistics worth the name.
SMALLEST_PART = 8


def in_parts(encoder: nn.Module, images: Tensor, splits: int) -> Tensor:
    """Outputs (N, P) of images (N, 3, S, S), each of `splits` parts of the batch normalised apart: every part is one of the paper's
    GPUs (1911.05722, Sec. 3.3). Fewer parts where they would hold fewer than 8 images, one in eval mode."""
    parts = max(1, min(splits, len(images) // SMALLEST_PART)) if encoder.training else 1
    return torch.cat([encoder(part) for part in images.chunk(parts)])


@torch.no_grad()
def shuffled_keys(encoder: nn.Module, images: Tensor, splits: int, generator: torch.Generator) -> Tensor:
    """Unit keys (N, P) without gradient, in the order of the images (N, 3, S, S). Shuffling BN (1911.05722, Sec. 3.3): the images
    are shuffled before they are parted and the keys put back, so that a key is normalised among other images than its query."""
    order = torch.randperm(len(images), generator=generator).to(images.device)
    keys = in_parts(encoder, images[order], splits)
    return F.normalize(keys.float(), dim=1)[order.argsort()]
