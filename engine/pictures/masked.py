"""Images with masked patches and their reconstruction. For `Method.pictures` and `Method.inputs`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

HIDDEN = 0.5  # brightness of masked patches


def pixels_of(cells: Tensor, size: int) -> Tensor:
    """The value at every pixel (N, 1, size, size) of images of `size` px, from values of the cells of a square grid (N, T)."""
    n, t = cells.shape
    side = round(t**0.5)
    return cells.view(n, 1, side, side).repeat_interleave(size // side, 2).repeat_interleave(size // side, 3)


def hide(images: Tensor, hidden: Tensor) -> Tensor:
    """Images (N, 3, S, S), pixels between 0 and 1, with the masked cells (N, T) bool of a square grid in grey."""
    return torch.where(pixels_of(hidden, images.shape[-1]), HIDDEN, images)


def patches_put(images: Tensor, indices: Tensor, side: int) -> Tensor:
    """Images (n, 3, S, S), S a multiple of `side`, made of patches of any of them: cell t of image i gets the patch with the index
    `indices[i, t]`, counted through all images, row by row in each. indices: (n, T)."""
    n, channels, size, _ = images.shape
    cell = size // side
    patches = (
        images.unfold(2, cell, cell).unfold(3, cell, cell).permute(0, 2, 3, 1, 4, 5).reshape(n * side**2, channels, cell, cell)
    )
    return patches[indices].view(n, side, side, channels, cell, cell).permute(0, 3, 1, 4, 2, 5).reshape(images.shape)


def reconstruction(images: Tensor, predicted: Tensor, hidden: Tensor) -> dict[str, Tensor]:
    """The four pictures of every method that reconstructs masked patches: the image, its visible part, the image with the masked
    patches reconstructed, and twice the error. images, predicted: (N, 3, S, S), pixels between 0 and 1; hidden: (N, T) bool."""
    whole = torch.where(pixels_of(hidden, images.shape[-1]), predicted, images)
    return {
        "image": images,
        "visible": hide(images, hidden),
        "reconstruction": whole,
        "error": (whole - images).abs().mul(2).clamp(0, 1),
    }


def spreading(images: Tensor, predicted: Tensor, distance: Tensor) -> Tensor:
    """Steps of the reconstruction from left to right: the visible part, then also the cells at distance 1 from it, then 2, up to
    all: (N, 3, S + gaps, (1 + farthest) S + gaps).

    images, predicted: (N, 3, S, S), pixels between 0 and 1; distance: (N, T) cells of a square grid, 0 where visible."""
    away = pixels_of(distance, images.shape[-1])
    whole = torch.where(away > 0, predicted, images)
    gap = max(2, images.shape[-1] // 16)
    steps = [torch.where(away <= step, whole, HIDDEN) for step in range(int(distance.max()) + 1)]
    row = torch.cat([F.pad(step, (0, gap), value=1.0) for step in steps], dim=3)
    # A margin to the right and below.
    return F.pad(row, (0, 4 * gap, 0, 2 * gap), value=1.0)
