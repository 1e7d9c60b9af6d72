"""Patches with their nearest patches, and patches at their predicted positions. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import HIGH, MARK, bordered, strips

GAP = 4  # px


def assign_cells(logits: Tensor) -> Tensor:
    """A one-to-one assignment (n, P) of P patches to cells from logits (n, P, P), patches in rows and cells in columns: greedy, the
    largest log-probability first."""
    left = logits.float().log_softmax(2).clone()
    assigned = torch.zeros(left.shape[:2], dtype=torch.long, device=left.device)
    images = torch.arange(len(left), device=left.device)
    for _ in range(left.shape[1]):
        surest = left.flatten(1).argmax(1)
        patch, cell = surest // left.shape[2], surest % left.shape[2]
        assigned[images, patch] = cell
        left[images, patch] = float("-inf")
        left[images, :, cell] = float("-inf")
    return assigned


def put_together(patches: Tensor, cells: Tensor, right: Tensor, side: int = 96) -> Tensor:
    """Patches (n, P, 3, p, p), pixels between 0 and 1, put into their cells (n, P), a permutation of 0 to P - 1, row by row, with a
    green frame where `right` (n, P) bool, else a red one. (n, 3, h, h), with a white margin below and to the right."""
    n, count = patches.shape[:2]
    grid = round(count**0.5)
    large = framed(F.interpolate(patches.flatten(0, 1), (side // grid, side // grid)), right.flatten()).view(
        n, count, 3, side // grid, -1
    )
    at = cells.argsort(1)  # (n, P): the patch in each cell
    laid = large[torch.arange(n, device=patches.device)[:, None], at]
    rows = [strips(*laid[:, row * grid : (row + 1) * grid].unbind(1)) for row in range(grid)]
    return F.pad(torch.cat(rows, dim=2), (0, 2 * GAP, 0, 2 * GAP), value=1.0)


def beside_matches(anchor: Tensor, matches: Tensor, right: Tensor, side: int = 48) -> Tensor:
    """A patch (n, 3, p, p) and, after a gap, its matches (n, k, 3, p, p), with a green frame where `right` (n, k) bool, else a red
    one: (n, 3, h, w), with a white margin below and to the right."""
    n, k = right.shape
    tiles = framed(F.interpolate(matches.flatten(0, 1), (side, side)), right.flatten()).view(n, k, 3, side, side)
    gap = matches.new_ones(n, 3, side, 2 * GAP)
    return F.pad(strips(F.interpolate(anchor, (side, side)), gap, *tiles.unbind(1)), (0, 4 * GAP, 0, 2 * GAP), value=1.0)


def framed(images: Tensor, right: Tensor) -> Tensor:
    """Images (n, 3, h, w) with frames: green where `right` (n,) bool, else red."""
    return torch.where(right.view(-1, 1, 1, 1), bordered(images, MARK), bordered(images, HIGH))
