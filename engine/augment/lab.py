"""sRGB to CIE L*a*b* and back: lightness apart from colour.

IEC 61966-2-1 (the sRGB curve and primaries) and CIE 15 (L*a*b*), under D65. The white is that of the rounded matrix itself, so that
greys have a = b = 0 exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor

# XYZ of linear RGB, a row each for X, Y, Z; what the rows add up to is the white.
_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
_RGB = ((3.240481, -1.537152, -0.498536), (-0.969255, 1.875990, 0.041556), (0.055647, -0.204041, 1.057311))
# Where the cube root gives way to a line, which has the same value and slope there.
_EDGE = 6 / 29
# What sRGB colours reach: L 0 to 100, a and b as here.
A_RANGE, B_RANGE = (-86.183, 98.233), (-107.857, 94.478)


def rgb_to_lab(images: Tensor) -> Tensor:
    """(n, 3, h, w) sRGB between 0 and 1 to (n, 3, h, w): L 0 to 100, a (green to red) and b (blue to yellow) about -110 to 100.

    Channels-last in memory. In float32 at least."""
    channels = images.to(torch.promote_types(images.dtype, torch.float32)).unbind(1)
    linear = [torch.where(c <= 0.04045, c / 12.92, ((c.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4) for c in channels]
    fx, fy, fz = (_bent(total / sum(row)) for total, row in zip(_product(_XYZ, linear), _XYZ, strict=True))
    return _stacked(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def lab_to_rgb(lab: Tensor) -> Tensor:
    """The inverse, cut off at 0 and 1 where a colour lies outside sRGB."""
    lightness, a, b = lab.to(torch.promote_types(lab.dtype, torch.float32)).unbind(1)
    middle = (lightness + 16) / 116
    bent = (middle + a / 500, middle, middle - b / 200)
    xyz = [_straight(t) * sum(row) for t, row in zip(bent, _XYZ, strict=True)]
    linear = [c.clamp(0, 1) for c in _product(_RGB, xyz)]
    return _stacked(
        *(torch.where(c <= 0.0031308, c * 12.92, 1.055 * c.clamp(min=0.0031308) ** (1 / 2.4) - 0.055).clamp(0, 1) for c in linear)
    )


def _bent(t: Tensor) -> Tensor:
    return torch.where(t > _EDGE**3, t.clamp(min=_EDGE**3) ** (1 / 3), t / (3 * _EDGE**2) + 4 / 29)


def _straight(t: Tensor) -> Tensor:
    return torch.where(t > _EDGE, t**3, 3 * _EDGE**2 * (t - 4 / 29))


def _product(matrix: tuple[tuple[float, float, float], ...], channels: list[Tensor]) -> list[Tensor]:
    # Sums of products: a matmul's precision follows global settings.
    red, green, blue = channels
    return [r * red + g * green + b * blue for r, g, b in matrix]


def _stacked(*channels: Tensor) -> Tensor:
    return torch.stack(channels, dim=3).permute(0, 3, 1, 2)
