"""Where in the image something lies, drawn over it. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import HIGH


def heat(images: Tensor, values: Tensor) -> Tensor:
    """Images (n, 3, S, S), greyed, with values (n, s, s) over them in red: each image's smallest without colour, its largest in
    full colour. The map is enlarged bilinearly. (n, 3, S, S), pixels between 0 and 1."""
    low, high = values.amin((1, 2), keepdim=True), values.amax((1, 2), keepdim=True)
    share = (values - low) / (high - low).clamp(min=1e-12)  # (n, s, s)
    strength = F.interpolate(share[:, None], size=images.shape[-2:], mode="bilinear", align_corners=False)  # (n, 1, S, S)
    grey = images.mean(1, keepdim=True).expand_as(images)
    red = torch.tensor(HIGH, device=images.device).view(1, 3, 1, 1)
    return (grey + 0.8 * strength * (red - grey)).clamp(0, 1)


def lit(attention: Tensor, size: int) -> Tensor:
    """What is looked at, bright, as pictures (n, 3, size, size): attention (n, heads, s, s), averaged over the heads, each image's
    largest white. Cells keep their edges."""
    look = attention.mean(1, keepdim=True)  # (n, 1, s, s)
    look = look / look.amax(dim=(2, 3), keepdim=True).clamp(min=1e-9)
    return F.interpolate(look, (size, size), mode="nearest").expand(-1, 3, -1, -1)
