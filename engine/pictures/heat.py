"""Heat maps and attention maps of images. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import HIGH


def heat(images: Tensor, values: Tensor) -> Tensor:
    """Images (n, 3, S, S) in grey with a heat map of values (n, s, s) in red, scaled from the smallest (no colour) to the largest
    (full colour) of each image and enlarged bilinearly. (n, 3, S, S), pixels between 0 and 1."""
    low, high = values.amin((1, 2), keepdim=True), values.amax((1, 2), keepdim=True)
    share = (values - low) / (high - low).clamp(min=1e-12)  # (n, s, s)
    strength = F.interpolate(share[:, None], size=images.shape[-2:], mode="bilinear", align_corners=False)  # (n, 1, S, S)
    grey = images.mean(1, keepdim=True).expand_as(images)
    red = torch.tensor(HIGH, device=images.device).view(1, 3, 1, 1)
    return (grey + 0.8 * strength * (red - grey)).clamp(0, 1)


def lit(attention: Tensor, size: int) -> Tensor:
    """Attention maps (n, heads, s, s), averaged over the heads, as pictures (n, 3, size, size) with sharp cell edges; the largest
    value of each image is white."""
    mean = attention.mean(1, keepdim=True)  # (n, 1, s, s)
    mean = mean / mean.amax(dim=(2, 3), keepdim=True).clamp(min=1e-9)
    return F.interpolate(mean, (size, size), mode="nearest").expand(-1, 3, -1, -1)
