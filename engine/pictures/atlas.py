"""An atlas of clusters of patches. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.blocks import enlarged

GAP = 3  # px
TILE = 48  # px, at least
AROUND = 1  # patches on each side that are shown around one


def atlas(images: Tensor, scores: Tensor, rows: int, columns: int) -> Tensor:
    """The largest clusters, a row each, the largest on top: its patches with the highest scores, one of an image, each in the
    middle of the patches around it. One picture (1, 3, H, W).

    images: (n, 3, S, S), pixels between 0 and 1; scores: (n, T, K) of the patches of a square grid: a patch belongs to the
    cluster of its highest score. Cells without a patch are white."""
    n, patches, count = scores.shape
    side = round(patches**0.5)
    cell = images.shape[-1] // side
    best, cluster = scores.max(-1)  # (n, T)
    sizes = torch.bincount(cluster.flatten(), minlength=count)
    padded = F.pad(images, (cell * AROUND,) * 4, value=1.0)
    window = cell * (1 + 2 * AROUND)
    tile = enlarged(images[:1, :, :1, :1].expand(1, 3, window, window), TILE).shape[-1]
    sheet = torch.ones(3, rows * (tile + GAP) - GAP, columns * (tile + GAP) - GAP, device=images.device)
    for row, number in enumerate(sizes.topk(min(rows, count)).indices.tolist()):
        own = best.masked_fill(cluster != number, -torch.inf)  # (n, T)
        high, patch = own.max(1)  # the best patch of each image
        for column, image in enumerate(high.topk(min(columns, n)).indices.tolist()):
            if high[image] == -torch.inf:
                break
            top, left = int(patch[image]) // side * cell, int(patch[image]) % side * cell
            shown = enlarged(padded[image : image + 1, :, top : top + window, left : left + window], TILE)
            y, x = row * (tile + GAP), column * (tile + GAP)
            sheet[:, y : y + tile, x : x + tile] = shown[0]
    return sheet[None].clamp(0, 1)
