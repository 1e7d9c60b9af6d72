"""MoCo's shuffled batch normalisation on one device: batch normalisation in parts of the batch, different for queries and keys."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.distributed.ranks import active, apart
from engine.distributed.rows import all_count, all_rows, own_rows

# Batch statistics of fewer images are too noisy.
SMALLEST_PART = 8


def in_parts(encoder: nn.Module, images: Tensor, splits: int) -> Tensor:
    """Outputs (N, P) of images (N, 3, S, S), with separate batch statistics for each of `splits` parts of the batch: a part is
    one GPU of the paper (1911.05722, Sec. 3.3). Fewer parts where they would have fewer than 8 images; one part in eval mode. On
    several ranks each has as many whole parts, or all have one part together."""
    parts = parts_of(all_count(len(images)), splits) if encoder.training else 1
    if parts == 1:
        return torch.cat([encoder(images)])
    own = images.chunk(parts // active().size)
    with apart():
        return torch.cat([encoder(part) for part in own])


def parts_of(images: int, splits: int) -> int:
    """How many parts a batch of so many images has."""
    return max(1, min(splits, images // SMALLEST_PART))


@torch.no_grad()
def shuffled_keys(encoder: nn.Module, images: Tensor, splits: int, generator: torch.Generator) -> Tensor:
    """Unit keys (N, P) without gradient, in the order of the images (N, 3, S, S). Shuffling BN (1911.05722, Sec. 3.3): the images
    are shuffled before they are split, and the keys are put back in order, so that the batch statistics of a key are of other
    images than those of its query."""
    order = torch.randperm(all_count(len(images)), generator=generator).to(images.device)
    keys = all_rows(in_parts(encoder, own_rows(all_rows(images)[order]), splits))
    return own_rows(F.normalize(keys.float(), dim=1)[order.argsort()])
