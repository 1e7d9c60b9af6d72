"""A view and its nearest stored images: one row per image."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import MIDDLE, bordered


def neighbours(query: Tensor, stored: Tensor, missing: Tensor, own: Tensor) -> Tensor:
    """Each query and its nearest stored images, nearest first: (n, 3, S + gap, (1 + k) * S + gaps).

    query: (n, 3, h, w) views, pixels between 0 and 1, resized to the stored side; stored: (n, k, 3, S, S); missing: (n, k) bool,
    left blank; own: (n, k) bool, the image of the query itself, with a green frame."""
    side = stored.shape[-1]
    if query.shape[-1] != side:
        query = F.interpolate(query, (side, side), mode="bilinear", antialias=True)
    blank = torch.tensor(MIDDLE, device=stored.device).view(1, 1, 3, 1, 1)
    tiles = torch.where(missing[..., None, None, None], blank, stored)
    framed = bordered(tiles.flatten(0, 1)).view_as(tiles)
    tiles = torch.where(own[..., None, None, None], framed, tiles)
    gap = max(2, side // 16)
    # A gap between the query and its neighbours, and between rows.
    picture = torch.cat([F.pad(query, (0, 2 * gap), value=1.0), *tiles.unbind(1)], dim=3)
    return F.pad(picture, (0, 2 * gap, 0, gap), value=1.0).clamp(0, 1)
