"""Holes made of rectangles: the blockwise masking of BEiT, which iBOT took over."""

from __future__ import annotations

import math

import torch
from torch import Tensor

# The official codes give up on a block after so many places that did not do.
ATTEMPTS = 10
# Places tried for the blocks of one image, all together; three or four blocks make a mask.
TRIES = 40


def least_block(side: int) -> int:
    """Fewest patches of a block on a grid of side x side: (side // 3)^2 as in iBOT's official code, BEiT's 16 at 14 x 14."""
    return max(1, (side // 3) ** 2)


def block_mask(
    count: Tensor, side: int, generator: torch.Generator, *, least: int = 0, aspect: float = 0.3, exact: bool = True
) -> Tensor:
    """Hides `count` (N,) patches of each image's grid of side x side in rectangles, (N, side^2) bool, true where hidden (BEiT
    2106.08254, Sec. 2.3 and Alg. 1).

    Rectangle by rectangle: an area, uniform between `least` patches (0: `least_block`) and what is still to be hidden, and an
    aspect ratio, log-uniform between `aspect` and 1 / aspect, give its sides; its place is uniform. It is taken if it hides
    something new and not too much. As in the official code, which leaves off after ten places in a row that did not do, so that a
    few patches less are hidden; the paper's algorithm hides a few more. `exact` hides the missing ones too, at the edges of the
    blocks. At least one patch stays visible. Takes N x (160 + side^2) numbers from `generator`, whatever comes of them."""
    n, least = len(count), least or least_block(side)
    count = count.clamp(0, side**2 - 1)
    u = torch.rand(n, 4 * TRIES + side**2, generator=generator)
    hidden = torch.zeros(n, side, side, dtype=torch.bool)
    failed = torch.zeros(n, dtype=torch.long)
    line = torch.arange(side)
    for area, ratio, y, x in u[:, : 4 * TRIES].t().view(TRIES, 4, n):
        left = count - hidden.sum((1, 2))  # (N,)
        busy = (left > 0) & (failed < ATTEMPTS)
        if not busy.any():
            break
        patches = least + area * (left - least)
        slant = torch.exp((2 * ratio - 1) * math.log(1 / aspect))  # height over width
        height, width = (patches * slant).sqrt().round().long(), (patches / slant).sqrt().round().long()
        top, start = (y * (side - height + 1)).long(), (x * (side - width + 1)).long()
        rows = (line >= top[:, None]) & (line < (top + height)[:, None])
        columns = (line >= start[:, None]) & (line < (start + width)[:, None])
        block = rows[:, :, None] & columns[:, None, :]
        new = (block & ~hidden).sum((1, 2))
        taken = busy & (height < side) & (width < side) & (new > 0) & (new <= left)
        hidden |= block & taken[:, None, None]
        failed = torch.where(taken, 0, failed + 1)
    if exact:
        _fill(hidden, count, u[:, 4 * TRIES :].view(n, side, side))
    return hidden.flatten(1)


def _fill(hidden: Tensor, count: Tensor, order: Tensor) -> None:
    """Hides more cells of `hidden` (N, s, s) until `count` (N,) are: ones that touch a hidden one, if there is one, of the smallest
    `order` (N, s, s) first."""
    while (missing := count - hidden.sum((1, 2))).any():
        near = hidden.clone()
        near[:, 1:] |= hidden[:, :-1]
        near[:, :-1] |= hidden[:, 1:]
        near[:, :, 1:] |= hidden[:, :, :-1]
        near[:, :, :-1] |= hidden[:, :, 1:]
        near |= ~hidden.any(dim=(1, 2))[:, None, None]
        # One layer at a time, or a far patch would have to wait for its neighbours.
        rank = torch.where(near & ~hidden, order, torch.inf).flatten(1).argsort(1).argsort(1)
        touching = (near & ~hidden).sum((1, 2))
        take = torch.minimum(missing, touching).clamp(min=0)
        hidden |= (rank < take[:, None]).view_as(hidden)
