"""Which patches of an image are hidden."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Mask(NamedTuple):
    """`keep`: (N, K) places of the visible patches, in drawn order; `hidden`: (N, T) bool, true where masked;
    `restore`: (N, T) puts [visible, masked] tokens back in their places."""

    keep: Tensor
    hidden: Tensor
    restore: Tensor


def random_mask(n: int, patches: int, ratio: float, generator: torch.Generator) -> Mask:
    """A uniform random share `ratio` of the patches of each image is hidden, the same number in every image (MAE 2111.06377)."""
    visible = max(1, min(patches - 1, round(patches * (1.0 - ratio))))
    order = torch.rand(n, patches, generator=generator).argsort(1)
    restore = order.argsort(1)
    return Mask(order[:, :visible], restore >= visible, restore)
