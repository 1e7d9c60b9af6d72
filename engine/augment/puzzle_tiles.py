"""Square tiles that lie apart and not quite where one expects them, and what keeps a network from solving a puzzle by their look.

The tricks are those of context prediction (Doersch et al., 1505.05192, Sec. 3.1) and of jigsaw puzzles (Noroozi and Favaro,
1603.09246): a gap and a jitter against lines that run on from tile to tile, tile-wise normalisation against shared brightness, and
dropped, projected or shifted colours against the lens, whose colours part towards the image's edge. What overlaps or covers the
image from edge to edge is in `engine.augment.patch_grid`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.augment.patch_grid import LEAST_PATCH
from engine.distributed.rows import all_count, own_rows

# Deviation of normalised colours below which a tile is taken as flat: its noise is not blown up.
FLAT = 0.1
# Green against magenta: where a lens parts the colours, these two do (1505.05192, Sec. 3.1).
GREEN_MAGENTA = (-1.0, 2.0, -1.0)


@dataclass(frozen=True)
class Tiling:
    """Where the tiles of an image of `size` px lie. All in px.

    `grid`: tiles across and down; `tile`: a tile's side; `gap`: between neighbours, where neither is shifted; `jitter`: a tile is
    shifted by 0 to so many px down, and by 0 to so many to the right."""

    size: int
    grid: int
    tile: int
    gap: int
    jitter: int

    @property
    def extent(self) -> int:
        """How much of the image the tiles can reach, across or down; a tiling that fits has at most `size`."""
        return self.grid * self.tile + (self.grid - 1) * self.gap + self.jitter

    @property
    def fits(self) -> bool:
        """Whether the image has room for tiles of a size that shows something."""
        return self.tile >= LEAST_PATCH and self.extent <= self.size

    def firsts(self) -> Tensor:
        """(grid,) first pixels, across or down, of tiles that are not shifted. What is left of the image is left on both sides."""
        return (self.size - self.extent) // 2 + torch.arange(self.grid) * (self.tile + self.gap)


def tiling(size: int, grid: int, gap: float, jitter: float, multiple: int = 1) -> Tiling:
    """The largest tiles, a multiple of `multiple` px a side, of which grid x grid lie in an image of `size` px; see `Tiling.fits`.

    `gap` and `jitter` are shares of a tile's side and become whole pixels, at least one where they are not 0. So the geometry is
    the same at every size: 225 px with a gap and a jitter of 11/64 give the jigsaw paper's tiles of 64 px in cells of 75 px."""
    for tile in range(size // multiple * multiple, 0, -multiple):
        candidate = Tiling(size, grid, tile, _pixels(gap, tile), _pixels(jitter, tile))
        if candidate.extent <= size:
            return candidate
    return Tiling(size, grid, 0, 0, 0)


def least_size(grid: int, gap: float, jitter: float, multiple: int = 1) -> int:
    """The smallest side in px of an image in which such a tiling fits."""
    tile = -(-LEAST_PATCH // multiple) * multiple
    return Tiling(0, grid, tile, _pixels(gap, tile), _pixels(jitter, tile)).extent


def _pixels(share: float, tile: int) -> int:
    return max(1, int(share * tile + 0.5)) if share else 0


def cut_tiles(images: Tensor, at: Tiling, generator: torch.Generator, parted: int = 0) -> Tensor:
    """Images (N, 3, S, S) cut into tiles (N, grid, grid, 3, t, t), row by row, each shifted on its own.

    `parted`: each colour of each tile is moved by up to so many px more to any side (1603.09246: up to 2 px of 64), at the image's
    edge less. The shifts are drawn on the CPU from `generator`. Each tile lies in memory colours last, as convolutions on a CPU
    like it."""
    n, colours, size, _ = images.shape
    shape = (n, at.grid, at.grid, 1, 2)
    every = (all_count(n), *shape[1:])
    corner = own_rows(torch.randint(at.jitter + 1, every, generator=generator))
    corner[..., 0] += at.firsts().view(1, -1, 1, 1)  # down
    corner[..., 1] += at.firsts().view(1, 1, -1, 1)  # across
    if parted:
        corner = corner + own_rows(torch.randint(-parted, parted + 1, (*every[:3], colours, 2), generator=generator))
        corner = corner.clamp(0, size - at.tile)
    down, across = (corner[..., k, None] + torch.arange(at.tile) for k in (0, 1))  # (N, G, G, 1 or 3, t)
    pixels = (down.unsqueeze(-1) * size + across.unsqueeze(-2)).flatten(4).movedim(3, -1)  # (N, G, G, t * t, 1 or 3)
    pixels = pixels.expand(*pixels.shape[:-1], colours).reshape(n, -1, colours).to(images.device)
    tiles = images.permute(0, 2, 3, 1).reshape(n, size * size, colours).gather(1, pixels)
    return tiles.view(n, at.grid, at.grid, at.tile, at.tile, colours).permute(0, 1, 2, 5, 3, 4)


def normalise_tiles(tiles: Tensor) -> Tensor:
    """Tiles (..., 3, t, t), normalised colours, each brought to mean 0 in each of its colours and to a deviation of 1 over all of
    them, so that neither brightness nor contrast tells which tiles lie side by side. A flat tile stays flat."""
    centred = tiles - tiles.mean((-2, -1), keepdim=True)
    deviation = centred.square().mean((-3, -2, -1), keepdim=True).sqrt()
    return centred / deviation.clamp(min=FLAT)


def without_green_magenta(images: Tensor, std: Tensor) -> Tensor:
    """Normalised images (N, 3, S, S) with their green-magenta direction taken out: B = I - a'a / (aa') of the pixels' distance from
    the mean colour, a = (-1, 2, -1) (1505.05192, Sec. 3.1). `std`: (3,) of the normalisation."""
    a = torch.tensor(GREEN_MAGENTA, device=images.device).view(1, 3, 1, 1)
    spread = std.to(images.device).view(1, 3, 1, 1)
    pixels = images * spread
    return (pixels - a * (pixels * a).sum(1, keepdim=True) / a.square().sum()) / spread
