"""Images with hidden patches and their reconstruction. For `Method.pictures` and `Method.inputs`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

HIDDEN = 0.5  # brightness of what is not seen


def pixels_of(cells: Tensor, size: int) -> Tensor:
    """Values of the cells of a square grid (N, T), row by row, at every pixel of images of `size` px: (N, 1, size, size)."""
    n, t = cells.shape
    side = round(t**0.5)
    return cells.view(n, 1, side, side).repeat_interleave(size // side, 2).repeat_interleave(size // side, 3)


def hide(images: Tensor, hidden: Tensor) -> Tensor:
    """Images (N, 3, S, S), pixels between 0 and 1, with the hidden cells (N, T) bool of a square grid in grey."""
    return torch.where(pixels_of(hidden, images.shape[-1]), HIDDEN, images)


def reconstruction(images: Tensor, predicted: Tensor, hidden: Tensor) -> dict[str, Tensor]:
    """The four pictures of every method that reconstructs what is hidden: the image, its visible part, the reconstruction of the
    rest, and twice its error. images, predicted: (N, 3, S, S), pixels between 0 and 1; hidden: (N, T) bool."""
    whole = torch.where(pixels_of(hidden, images.shape[-1]), predicted, images)
    return {
        "image": images,
        "visible": hide(images, hidden),
        "reconstruction": whole,
        "error": (whole - images).abs().mul(2).clamp(0, 1),
    }


def spreading(images: Tensor, predicted: Tensor, distance: Tensor) -> Tensor:
    """The reconstruction around what is visible, from left to right: the visible part in grey surroundings, then with all cells one
    cell away, then two, up to all: (N, 3, S + gaps, (1 + farthest) S + gaps).

    images, predicted: (N, 3, S, S), pixels between 0 and 1; distance: (N, T) cells of a square grid, 0 where visible."""
    away = pixels_of(distance, images.shape[-1])
    whole = torch.where(away > 0, predicted, images)
    gap = max(2, images.shape[-1] // 16)
    steps = [torch.where(away <= step, whole, HIDDEN) for step in range(int(distance.max()) + 1)]
    row = torch.cat([F.pad(step, (0, gap), value=1.0) for step in steps], dim=3)
    # Apart from the next image, to the right and below.
    return F.pad(row, (0, 4 * gap, 0, 2 * gap), value=1.0)
