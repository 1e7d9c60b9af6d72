"""The tiles of an image in a given arrangement. For `Method.pictures` and `Method.inputs`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import HIGH, MARK, SIDE, bordered

DARK = 0.45  # brightness of darkened tiles
GAP = 4  # px


def surest_first(scores: Tensor) -> Tensor:
    """A one-to-one assignment (n, T) of T tiles to positions. scores: (n, T, T), of every tile over the positions. Greedy: the
    largest score first, then the largest among the remaining tiles and positions; the sum of scores is not maximised."""
    left = scores.float().clone()
    n, t, _ = left.shape
    rows, position = torch.arange(n, device=left.device), torch.zeros(n, t, dtype=torch.long, device=left.device)
    for _ in range(t):
        best = left.flatten(1).argmax(1)
        piece, target = best // t, best % t
        position[rows, piece] = target
        left[rows, piece] = -torch.inf
        left[rows, :, target] = -torch.inf
    return position


def arranged(tiles: Tensor, position: Tensor, *, right: Tensor | None = None, dark: Tensor | None = None) -> Tensor:
    """Tiles (n, T, 3, p, p), pixels between 0 and 1, in a square grid: tile i of an image is in cell `position` (n, T), row by row.
    `right`: (n, T) bool, tiles with a green frame, the others have a red one; `dark`: (n, T) bool, darkened tiles.
    (n, 3, h, h), at least 128 px without the white margin on the right and below."""
    n, t, _, p, _ = tiles.shape
    side = round(t**0.5)
    zoom = max(1, -(-SIDE // (side * p)))
    large = tiles.repeat_interleave(zoom, 3).repeat_interleave(zoom, 4)
    if dark is not None:
        large = torch.where(dark.view(n, t, 1, 1, 1), large * DARK, large)
    if right is not None:
        flat = large.flatten(0, 1)
        framed = torch.where(right.reshape(-1, 1, 1, 1), bordered(flat, MARK), bordered(flat, HIGH))
        large = framed.view_as(large)
    large = torch.empty_like(large).scatter_(1, position.view(n, t, 1, 1, 1).expand_as(large), large)
    cell = F.pad(large, (0, 1, 0, 1), value=1.0)  # a line of white between tiles
    cell = cell.view(n, side, side, 3, p * zoom + 1, p * zoom + 1).permute(0, 3, 1, 4, 2, 5)
    return F.pad(cell.reshape(n, 3, side * (p * zoom + 1), -1)[..., :-1, :-1], (0, 2 * GAP, 0, 2 * GAP), value=1.0)
