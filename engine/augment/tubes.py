"""Which parts of a clip are hidden: blocks of its frames, through all of its time."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from engine.augment.masking import block_shape, place_blocks

TRIES = 20


class Tubes(NamedTuple):
    """`context`: (N, K), `targets`: (N, M) patches of a frame, in its order, that are visible and hidden in all frames."""

    context: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> Tubes:
        """The same patches on a device."""
        return Tubes(*(part.to(device) for part in self))


def tube_blocks(
    n: int,
    side: int,
    generator: torch.Generator,
    *,
    blocks: int,
    share: float,
    aspect: tuple[float, float],
    context_least: float = 0.0,
) -> Tubes:
    """Hides the union of `blocks` blocks of the frames' grid of side x side patches, each of about `share` of it; the context is
    what they leave (V-JEPA 2404.08471, Sec. 3.2).

    The blocks' height over width is drawn uniformly from `aspect`, once a batch; their places are drawn for each clip. Where less
    than `context_least` of the patches, or none, would be left, other places are drawn for that clip, up to 20 times; then the last
    block is left out, then the one before, down to one. As many patches are context, and as many are targets, in all clips of the
    batch as in the one with fewest; which are left out is drawn. The official code differs in this: it asks for one patch of
    context, and leaves out the last ones, so that the end of a clip is seen less."""
    height, width = block_shape(side, share, aspect[0] + (aspect[1] - aspect[0]) * float(torch.rand((), generator=generator)))
    if height == width == side:
        width -= 1
    least = max(1.0, context_least * side**2)
    line = torch.arange(side)

    def placed() -> Tensor:
        top, left = (corner[..., None] for corner in place_blocks(n, blocks, side, (height, width), generator))
        rows, columns = (line >= top) & (line < top + height), (line >= left) & (line < left + width)  # (N, blocks, side)
        return (rows[..., :, None] & columns[..., None, :]).flatten(2)  # (N, blocks, side^2)

    def few(hidden: Tensor) -> Tensor:
        return (~hidden.any(1)).sum(1) < least

    hidden = placed()
    for _ in range(TRIES):
        again = few(hidden)
        if not again.any():
            break
        hidden = torch.where(again[:, None, None], placed(), hidden)
    for last in range(blocks - 1, 0, -1):
        hidden[:, last] &= ~few(hidden)[:, None]
    union = hidden.any(1)
    return Tubes(_equally_many(~union, generator), _equally_many(union, generator))


def _equally_many(chosen: Tensor, generator: torch.Generator) -> Tensor:
    """The indices (N, K) of chosen (N, T) bool, sorted, in every row as many as in the row with fewest, which are drawn."""
    order = torch.rand(chosen.shape, generator=generator).masked_fill_(~chosen, torch.inf).argsort(1)
    return order[:, : int(chosen.sum(1).min())].sort(1).values


def through_time(patches: Tensor, times: int, patches_per_frame: int) -> Tensor:
    """Patches (N, K) of a frame at all of `times` times, as indices (N, times K) of a clip's tokens: the first frame first."""
    first = torch.arange(times, device=patches.device)[:, None] * patches_per_frame
    return (patches[:, None] + first).flatten(1)
