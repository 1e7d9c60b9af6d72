"""Histograms of oriented gradients as lines along the edges. For `Method.pictures`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

SIDE = 96  # px of the picture; 6 px a cell for the finest grid of a 32 px image


def needles(histograms: Tensor, bins: int, side: int = SIDE) -> Tensor:
    """Histograms (N, T, 3 * bins) of the cells of a square grid, as `losses.hog` gives them, as pictures (N, 3, h, h) of at least
    `side` px: in each cell one line for each direction, parallel to the edge (perpendicular to the gradient), with the brightness
    of the bin; each colour channel has its own histogram. Values below 0 are drawn as 0."""
    n, t, _ = histograms.shape
    grid = round(t**0.5)
    cell = max(5, -(-side // grid))
    strokes = _strokes(bins, cell).to(histograms.device)  # (bins, cell, cell)
    weights = histograms.float().clamp(min=0).view(n, grid, grid, 3, bins)
    drawn = torch.einsum("nyxcb,bij->ncyixj", weights, strokes)
    return drawn.reshape(n, 3, grid * cell, grid * cell).clamp(0, 1)


def _strokes(bins: int, cell: int) -> Tensor:
    """(bins, cell, cell): a line through the middle of a cell for each bin, between 0 and 1."""
    offset = torch.arange(cell, dtype=torch.float32) - (cell - 1) / 2
    y, x = torch.meshgrid(offset, offset, indexing="ij")
    # A bin's gradient is (gx, gy) = (sin a, cos a), a in the middle of the bin; the edge is perpendicular to it.
    angle = (torch.arange(bins) + 0.5) * math.pi / bins
    away = (x * angle.sin()[:, None, None] + y * angle.cos()[:, None, None]).abs()
    inside = ((x.square() + y.square()).sqrt() <= cell / 2).float()
    return (1 - away).clamp(0, 1) * inside
