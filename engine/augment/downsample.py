"""Whole images made smaller, each by one of several kernels."""

from __future__ import annotations

import math

import torch
from torch import Tensor

# The four that the counting paper draws from.
KERNELS = ("area", "bilinear", "bicubic", "lanczos")
# How far a kernel reaches from its centre, in pixels of the result.
_REACH = {"area": 0.5, "bilinear": 1.0, "bicubic": 2.0, "lanczos": 3.0}


def downsample_matrix(size: int, to: int, kernel: str) -> Tensor:
    """(to, size): what each of `to` pixels of a row is made of; to is at most `size`. The kernel is widened by size / to, against
    aliasing, cut off at the edge and normalised, as PIL does; bicubic has a = -1/2, Lanczos three lobes."""
    scale = size / to
    centre = (torch.arange(to, dtype=torch.float64)[:, None] + 0.5) * scale
    weight = _value((torch.arange(size, dtype=torch.float64) + 0.5 - centre) / scale, kernel)
    return (weight / weight.sum(1, keepdim=True)).float()


def downsample(images: Tensor, to: int, kernel: Tensor) -> Tensor:
    """(N, C, S, S) to (N, C, to, to), row i by the kernel KERNELS[kernel[i]]; kernel: (N,) int64 on the CPU."""
    matrices = torch.stack([downsample_matrix(images.shape[-1], to, name) for name in KERNELS])
    rows = matrices[kernel].unsqueeze(1).to(images.device)  # (N, 1, to, S)
    with torch.autocast(images.device.type, enabled=False):
        small: Tensor = rows @ images.float() @ rows.transpose(2, 3)
    return small


def _value(x: Tensor, kernel: str) -> Tensor:
    """The kernel at distances x, in pixels of the result."""
    d = x.abs()
    if kernel == "area":
        value = torch.ones_like(d)
    elif kernel == "bilinear":
        value = 1 - d
    elif kernel == "bicubic":  # Keys 1981, a = -1/2
        value = torch.where(d < 1, 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2)
    else:
        value = torch.sinc(x) * torch.sinc(x / _REACH["lanczos"])
    return torch.where(d <= _REACH[kernel], value, 0.0)


def halves(size: int, multiple: int = 1, least: int = 1) -> bool:
    """Whether images of `size` px can be halved to a side that is at least `least` and a multiple of `multiple` px."""
    return size % (2 * multiple) == 0 and size // 2 >= least


def least_halved(multiple: int, least: int) -> int:
    """The smallest side in px for which `halves` holds."""
    return 2 * multiple * math.ceil(least / multiple)
