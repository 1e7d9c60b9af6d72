"""The position of a crop in an image. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import MARK, SIDE


def outlined(images: Tensor, corners: Tensor, side: int, height: int = SIDE) -> Tensor:
    """Images (n, 3, S, S), pixels between 0 and 1, enlarged by an integer factor to at least `height` px, darkened
    except for the square of `side` px with its upper left pixel at corners (n, 2) x and y, which has a green frame."""
    zoom = -(-height // images.shape[-1])
    large = images.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)
    at = torch.arange(large.shape[-1], device=images.device)
    thick = max(1, zoom // 2)

    def inside(edge: int) -> Tensor:
        """(n, 1, h, h) bool, the square made narrower by `edge` px."""
        start = corners.to(images.device) * zoom + edge  # (n, 2)
        stop = start + side * zoom - 2 * edge
        across, down = ((at >= start[:, k, None]) & (at < stop[:, k, None]) for k in (0, 1))
        return (down[:, :, None] & across[:, None, :])[:, None]

    mark = torch.tensor(MARK, device=images.device).view(1, 3, 1, 1)
    shown = torch.where(inside(0), large, 0.45 * large + 0.1)
    return torch.where(inside(0) & ~inside(thick), mark, shown).clamp(0, 1)


def row_of(first: Tensor, others: list[Tensor], gap: int = 6) -> Tensor:
    """A picture (n, 3, h, w) and, after a gap, others of the same n to its right, enlarged by the largest integer factor that fits
    its height; with a white margin below and to the right. (n, 3, h + gap, W)."""
    height = first.shape[2]

    def fitted(images: Tensor) -> Tensor:
        zoom = max(1, height // images.shape[2])
        large = images.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)
        return F.pad(large, (0, gap // 2, 0, height - large.shape[2]), value=1.0)

    picture = torch.cat([F.pad(first, (0, gap), value=1.0), *(fitted(images) for images in others)], dim=3)
    return F.pad(picture, (0, 2 * gap, 0, gap), value=1.0)
