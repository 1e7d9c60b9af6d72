"""A learned bias of attention scores by the relative position of two patches (BEiT, 2106.08254; Swin, 2103.14030)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# From the class token, to it, and from it to itself.
CLASS_ENTRIES = 3


class RelativePositionBias(nn.Module):
    """One number per head for each offset (rows, columns) of a patch from another, and three for the class token, all 0 at first.

    The bias of queries i on keys j depends on their offset alone, so that a shift of all patches leaves it as it is. The order of
    the table is timm's: offsets row by row, then class token to patch, patch to class token, class token to itself."""

    index: Tensor

    def __init__(self, side: int, heads: int) -> None:
        super().__init__()
        self.side = side
        # Not in the state: it follows from the side.
        self.register_buffer("index", offset_index(side), persistent=False)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * side - 1) ** 2 + CLASS_ENTRIES, heads))

    def forward(self, side: int, queries: Tensor | None = None, keys: Tensor | None = None) -> Tensor:
        """The bias (heads, 1 + T, 1 + T) of an image of side x side = T patches, interpolated where `side` is not the one trained.
        `queries`, `keys`: (N, Q) and (N, K) indices of the tokens that there are, the class token being 0, by default all; `keys`
        are `queries` where those alone are given. Then (N, heads, Q, K)."""
        table = self._table(side)
        index = self.index if side == self.side else offset_index(side).to(table.device)  # (1 + T, 1 + T)
        if queries is None and keys is None:
            return table[index].permute(2, 0, 1)
        whole = torch.arange(len(index), device=table.device)[None]
        rows = whole if queries is None else queries
        columns = rows if keys is None else keys
        return table[index[rows[:, :, None], columns[:, None, :]]].permute(0, 3, 1, 2)

    def _table(self, side: int) -> Tensor:
        table: Tensor = self.relative_position_bias_table
        if side == self.side:
            return table
        before, after = 2 * self.side - 1, 2 * side - 1
        grid = table[:-CLASS_ENTRIES].t().reshape(1, -1, before, before)
        grid = F.interpolate(grid.float(), (after, after), mode="bicubic", antialias=after < before, align_corners=False)
        return torch.cat([grid[0].flatten(1).t().to(table.dtype), table[-CLASS_ENTRIES:]])


def offset_index(side: int) -> Tensor:
    """Which row of the table belongs to each pair of tokens, (1 + T, 1 + T), the class token first."""
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    row, column = row.flatten(), column.flatten()
    across = 2 * side - 1
    offsets = (row[:, None] - row + side - 1) * across + (column[:, None] - column + side - 1)  # (T, T)
    index = F.pad(offsets, (1, 0, 1, 0))
    index[0, 1:], index[1:, 0], index[0, 0] = across**2, across**2 + 1, across**2 + 2
    return index
