"""RGB to hue, saturation, value and back."""

from __future__ import annotations

import torch
from torch import Tensor


def rgb_to_hsv(images: Tensor) -> Tensor:
    """(n, 3, h, w) between 0 and 1 to (n, 3, h, w): hue as a share of the circle, red at 0, green at a third; saturation; value.
    Greys have hue 0."""
    red, green, blue = images.unbind(1)
    value = images.amax(1)
    spread = value - images.amin(1)
    divisor = torch.where(spread > 0, spread, 1.0)
    turn = torch.where(
        value == red,
        (green - blue) / divisor,
        torch.where(value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    return torch.stack([(turn / 6) % 1, spread / torch.where(value > 0, value, 1.0), value], dim=1)


def hsv_to_rgb(images: Tensor) -> Tensor:
    """The inverse. A hue of 1 more or less is the same hue."""
    hue, saturation, value = images.unbind(1)
    chroma = saturation * value
    # Each channel falls from the value by the chroma, and stands again, at its own place on the circle.
    falls = [(offset + 6 * hue) % 6 for offset in (5, 3, 1)]
    return torch.stack([value - chroma * torch.minimum(k, 4 - k).clamp(0, 1) for k in falls], dim=1)
