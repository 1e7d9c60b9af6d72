"""The scores of a discriminator of patches, beside the image. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.blocks import enlarged
from engine.pictures.matrix import diverging, strips


def verdicts(images: Tensor, scores: Tensor) -> Tensor:
    """Images (n, 3, S, S), each beside its scores (n, s, s), one square a patch: blue is 0 (generated), near-white .5, red 1
    (real). (n, 3, H, 2 H), pixels between 0 and 1."""
    large = enlarged(images)
    colours = torch.stack([diverging(2 * score - 1) for score in scores])
    return strips(large, F.interpolate(colours, large.shape[-2:], mode="nearest")).clamp(0, 1)
