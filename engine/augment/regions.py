"""Regions cut out of images, pixel by pixel (Pathak et al., 1604.07379, Sec. 3.3). Each (N, S, S) bool, true inside the region."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 4  # blocks of the image's side over this
CELLS = 8  # random shapes come from noise of this many cells a side: the official code's .06 cells a px, at its 128 px


def central_region(n: int, size: int, share: float) -> Tensor:
    """The same square in the middle of every image, of the share of the area nearest to `share` that leaves equal margins."""
    margin = min(max(round(size * (1 - math.sqrt(share)) / 2), 1), (size - 1) // 2)
    region = torch.zeros(n, size, size, dtype=torch.bool)
    region[:, margin : size - margin, margin : size - margin] = True
    return region


def block_regions(n: int, size: int, share: float, generator: torch.Generator) -> Tensor:
    """Squares of a quarter of the side in uniform random places, which may overlap: as many as cover `share` where none do."""
    side = max(1, size // BLOCK)
    count = max(1, round(share * size**2 / side**2))
    corner = torch.randint(size - side + 1, (2, n, count, 1), generator=generator)
    inside = (torch.arange(size) >= corner) & (torch.arange(size) < corner + side)  # (2, n, count, size)
    return (inside[0].unsqueeze(3) & inside[1].unsqueeze(2)).any(1)


def random_regions(n: int, size: int, share: float, generator: torch.Generator) -> Tensor:
    """Shapes without a rule: where noise of 8 x 8 cells, drawn large smoothly, is low. Exactly round(share * size^2) pixels of
    every image. As the official code makes them, which cuts all images of a batch alike; the paper cut out shapes of PASCAL."""
    unit = -(-size // CELLS)
    noise = torch.rand(n, 1, CELLS + 2, CELLS + 2, generator=generator)
    smooth = F.interpolate(noise, scale_factor=float(unit), mode="bicubic", align_corners=False)
    # Moved by a part of a cell, so that the grid of the noise does not show.
    y, x = torch.randint(unit, (2,), generator=generator).tolist()
    smooth = smooth[:, 0, y + unit // 2 :, x + unit // 2 :][:, :size, :size].flatten(1)
    hidden = min(max(round(share * size**2), 1), size**2 - 1)
    rank = smooth.argsort(1).argsort(1)
    return (rank < hidden).view(n, size, size)


def rim(region: Tensor, thick: int) -> Tensor:
    """The pixels outside a region (N, S, S) that are at most `thick` px from it, also diagonally."""
    if thick == 0:
        return torch.zeros_like(region)
    grown = F.max_pool2d(region.float().unsqueeze(1), 2 * thick + 1, stride=1, padding=thick)[:, 0] > 0
    return grown & ~region
