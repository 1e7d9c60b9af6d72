"""Counts of a whole image and of its parts as bars. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import LOW, MIDDLE, bordered, strips
from engine.pictures.plane_points import hues

GAP = 4  # px
BAR = 5  # px


def part_colours(count: int) -> list[tuple[float, float, float]]:
    """The colour of each part, for its frame and its share of a bar."""
    return hues(count)


def sums(whole: Tensor, parts: Tensor, height: int) -> Tensor:
    """Counts whole (n, k) and parts (n, T, k), 0 or more, as pairs of bars: left the whole in blue, right the parts, stacked, each
    in its own colour. Both bars of a pair have the same height where the counts add up. The tallest bar of an image has the full
    height: (n, 3, height, w)."""
    top = torch.maximum(whole, parts.sum(1)).amax(1).clamp(min=1e-12)  # (n,)
    row = torch.arange(height, 0, -1, device=whole.device) - 0.5  # centres of the pixel rows, from the bottom
    level = row[None, :] / height * top[:, None]  # (n, height): the count at each row of pixels
    ink, paper = (torch.tensor(colour, device=whole.device) for colour in (LOW, MIDDLE))
    left = torch.where((level[:, :, None] <= whole[:, None])[..., None], ink, paper)  # (n, height, k, 3)
    right = paper.expand_as(left)
    for part, colour in reversed(list(enumerate(part_colours(parts.shape[1])))):
        upto = parts[:, : part + 1].sum(1)  # this part's upper edge
        right = torch.where((level[:, :, None] <= upto[:, None])[..., None], torch.tensor(colour, device=whole.device), right)
    blank = paper.expand_as(left)
    columns = torch.stack([*[left] * BAR, *[right] * BAR, *[blank] * GAP], dim=3)  # (n, height, k, columns, 3)
    return columns.flatten(2, 3).permute(0, 3, 1, 2)


def counted(small: Tensor, tiles: Tensor, whole: Tensor, parts: Tensor, side: int = 128) -> Tensor:
    """For each image the downsampled whole with a blue frame, its tiles with frames in their own colours, and `sums` of some
    counts.

    small: (n, 3, s, s), tiles: (n, g, g, 3, s, s), pixels between 0 and 1; whole: (n, k), parts: (n, g * g, k).
    (n, 3, h, w), with a white edge below and to the right."""
    n, grid = tiles.shape[:2]
    tile_side = side // grid
    large = [
        F.interpolate(tile, (tile_side, tile_side)) for tile in tiles.flatten(1, 2).unbind(1)
    ]  # nearest: the pixels that the network sees
    framed = [bordered(tile, colour) for tile, colour in zip(large, part_colours(grid**2), strict=True)]
    mosaic = torch.cat([strips(*framed[row * grid : (row + 1) * grid]) for row in range(grid)], dim=2)
    height = mosaic.shape[2]
    left = bordered(F.interpolate(small, (tile_side, tile_side)), LOW)
    left = F.pad(left, (0, 0, 0, height - tile_side), value=1.0)
    gap = small.new_ones(n, 3, height, GAP)
    picture = strips(left, gap, mosaic, gap, sums(whole, parts, height).to(small))
    return F.pad(picture, (0, 3 * GAP, 0, 3 * GAP), value=1.0).clamp(0, 1)


def ranking(images: Tensor, totals: Tensor, side: int = 64, across: int = 8) -> Tensor:
    """Images (n, 3, s, s) from the one with the smallest total count (n,) to the one with the largest, left to right and down,
    each above a blue bar whose length is its share of the largest: one picture (1, 3, H, W)."""
    order = totals.argsort()
    large = F.interpolate(images[order], (side, side))
    share = totals[order].float() / totals.max().clamp(min=1e-12)
    x = (torch.arange(side, device=images.device) + 0.5) / side
    ink, paper = (torch.tensor(colour, device=images.device).view(3, 1, 1) for colour in (LOW, MIDDLE))
    bar = torch.where((x <= share[:, None])[:, None, None].expand(-1, 3, side // 8, -1), ink, paper)
    cards = F.pad(torch.cat([large, bar], dim=2), (0, GAP, 0, GAP), value=1.0)
    missing = -len(cards) % across if len(cards) > across else 0
    cards = torch.cat([cards, cards.new_ones(missing, *cards.shape[1:])])
    rows = [strips(*chunk.unsqueeze(1).unbind(0)) for chunk in cards.split(across)]
    return torch.cat(rows, dim=2)
