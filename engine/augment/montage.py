"""Patches of many images, shuffled and put together into images of the same size; and what a network says of each patch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.geometry import columns_first, resample, resize_taps
from engine.augment.patch_grid import patch_places, patch_side
from engine.config.run import ViewConfig


class Montage(NamedTuple):
    """N images of grid x grid patches each, P = grid^2. `images`: (N, 3, S, S). Of every patch, row k * N + i being cell k of
    montage i: `source`, (P * N,) the image that it comes from, and `cell`, (P * N,) its cell there, 0 to P - 1, row by row."""

    images: Tensor
    source: Tensor
    cell: Tensor

    @property
    def order(self) -> Tensor:
        """(P * N,) which patch lies there, counted cell by cell, image by image, as `cut_patches` gives them."""
        return self.cell * len(self.images) + self.source


def cut_patches(
    views: Sequence[Tensor], grid: int, overlap: float, *, crop_min: float, flip: float, generator: torch.Generator
) -> Tensor:
    """(P, N, 3, p, p): patch k = row * grid + column of each image, P = grid^2, p = S / grid px; cut out of views[k], or, where
    there are fewer views, out of them in turn. views: (N, 3, S, S) each.

    The patches lie evenly from edge to edge, each 1 / grid + `overlap` of the image's side wide, as in the official code of Jigsaw
    Clustering (2104.00323). Of each a random crop is taken, of at least the share `crop_min` of its area, mirrored with probability
    `flip`, and resized to p px. All is drawn on the CPU from `generator`."""
    n, _, _, size = views[0].shape
    side = min(size, patch_side(size, 1 / grid + overlap))
    starts = patch_places(size, side, grid).to(torch.int32)
    row, column = starts.repeat_interleave(grid), starts.repeat(grid)  # (P,)
    plain = ViewConfig(crop_min=crop_min, flip=flip, jitter=0.0, grayscale=0.0)
    drawn = draw_view(plain, side, grid**2 * n, generator)
    x, y, width, height = drawn.crop.unbind(1)  # within the patch
    into = size // grid
    across = resize_taps(x + column.repeat_interleave(n), width, into, drawn.flip)
    down = resize_taps(y + row.repeat_interleave(n), height, into)
    images = torch.cat([views[k % len(views)] for k in range(grid**2)])
    device = images.device
    return resample(columns_first(images), across.to(device), down.to(device)).view(grid**2, n, 3, into, into)


def make_montage(patches: Tensor, order: Tensor) -> Montage:
    """Patches (P, N, 3, p, p) laid out anew: row k * N + i of `order` (P * N,), any order of all patches, says which of them comes
    to cell k of montage i."""
    count, n, colours, p, _ = patches.shape
    grid = round(count**0.5)
    cells = patches.flatten(0, 1)[order].view(grid, grid, n, colours, p, p)
    images = cells.permute(2, 3, 0, 4, 1, 5).reshape(n, colours, grid * p, grid * p)
    return Montage(images, source=order % n, cell=order // n)


def cells_of(maps: Tensor, grid: int) -> Tensor:
    """Feature maps (N, D, s, s) of montages as the mean feature of each patch, (grid^2 * N, D), row k * N + i for cell k of
    montage i. Where s is no multiple of the grid, the map is first enlarged bilinearly to the next one (7 to 8 in the official
    code)."""
    side = -(-maps.shape[-1] // grid) * grid
    if side != maps.shape[-1]:
        maps = F.interpolate(maps, (side, side), mode="bilinear", align_corners=False)
    return F.adaptive_avg_pool2d(maps, grid).permute(2, 3, 0, 1).reshape(-1, maps.shape[1])
