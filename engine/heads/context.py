"""Prediction of lower rows from upper rows on a grid of features: the head of contrastive predictive coding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config.errors import complain

# The side on which the context is. Each grid is rotated or flipped so that its context is above.
DIRECTIONS = ("above", "below", "left", "right")


def turned(grid: Tensor, direction: str) -> Tensor:
    """A grid (N, G, G, ...) transposed and flipped so that the side `direction` becomes the upper side."""
    if direction in ("left", "right"):
        grid = grid.transpose(1, 2)
    return grid.flip(1) if direction in ("below", "right") else grid


def offsets_of(skip: int, steps: int, grid: int) -> range:
    """The distances of the rows that a row predicts: `steps` rows after the `skip` nearest. ConfigError where they are outside a
    grid of `grid` rows."""
    last = skip + steps
    if last >= grid:
        remedy = f"Lower it, or method.skip ({skip}), or raise method.grid ({grid})."
        raise complain("method.steps", "below method.grid - method.skip, because the grid has no further rows", steps, remedy)
    return range(skip + 1, last + 1)


class RowBlock(nn.Module):
    """A residual block with unmasked convolutions over columns and causal ones over rows (the PixelCNN in the appendix of
    1905.09272)."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(dim, hidden, 1)
        self.across = nn.Conv2d(hidden, hidden, (1, 3), padding=(0, 1))
        self.down = nn.Conv2d(hidden, hidden, (2, 1))
        self.leave = nn.Conv2d(hidden, dim, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, dim, G, W) to the same shape."""
        h = self.across(F.relu(self.enter(x)))
        h = F.relu(self.down(F.pad(h, (0, 0, 1, 0))))  # a row of zeros on top: the output of row r depends on rows r - 1 and r
        out: Tensor = x + self.leave(h)
        return out


class RowPredictor(nn.Module):
    """c = context(z), and for each offset k a linear map W_k c of row r that predicts row r + k (1807.03748, Eq. 3).

    The context of row r depends on rows r - blocks ... r. Predictions have `out_dim` dimensions."""

    def __init__(self, dim: int, hidden: int, blocks: int, out_dim: int, offsets: Iterable[int]) -> None:
        super().__init__()
        self.offsets = tuple(offsets)
        self.blocks = nn.Sequential(*(RowBlock(dim, hidden) for _ in range(blocks)))
        self.steps = nn.ModuleList(nn.Linear(dim, out_dim, bias=False) for _ in self.offsets)

    def context(self, z: Tensor) -> Tensor:
        """Features (N, G, W, dim) to contexts (N, G, W, dim); the context of row r does not depend on rows below r."""
        c: Tensor = self.blocks(z.permute(0, 3, 1, 2))
        return F.relu(c).permute(0, 2, 3, 1)

    def forward(self, z: Tensor) -> dict[int, Tensor]:
        """For each offset k, the prediction of rows k ... G - 1: (N, G - k, W, out_dim). z: (N, G, W, dim)."""
        c = self.context(z)
        return {k: step(c[:, : z.shape[1] - k]) for k, step in zip(self.offsets, self.steps, strict=True)}


@dataclass(frozen=True)
class PatchMatches:
    """The most similar patches to some predictions, among the patches of n images; for pictures.

    `seen`: (G, G) bool, the cells on which the context depends. `cells`: (q,) indices of some predicted cells, row by row.
    `picked`: (n, q) the index of the patch with the largest dot product with each prediction, among all n * G * G. `logits`:
    (n * G, n * G) the predictions of one row (down) with the patches of that row (across)."""

    seen: Tensor
    cells: Tensor
    picked: Tensor
    logits: Tensor


def match_patches(predictor: RowPredictor, z: Tensor, target: Tensor, direction: str = "above") -> PatchMatches:
    """Matches of two predicted patches at each offset, from the last row (in `direction`) for which all offsets are in the grid.
    z: (n, G, G, dim), target: (n, G, G, P)."""
    side = z.shape[1]
    numbers = torch.arange(side * side, device=z.device).view(1, side, side)
    cell_indices = turned(numbers, direction)[0]  # (G, G), of the turned grid
    row = side - 1 - max(predictor.offsets)
    predicted = {k: outputs[:, row] for k, outputs in predictor(turned(z, direction)).items()}  # of row + k: (n, G, P)
    queries = []
    for i, k in enumerate(predictor.offsets):
        # Alternating columns, so that the frames of neighbouring rows in the picture overlap little.
        first = 2 * (i % 2)
        queries += [(k, first), (k, min(side - 1, first + 4))]
    chosen = torch.stack([predicted[k][:, column] for k, column in queries], dim=1)  # (n, q, P)
    cells = torch.stack([cell_indices[row + k, column] for k, column in queries])
    seen = torch.zeros(side * side, dtype=torch.bool, device=z.device)
    seen[cell_indices[: row + 1].flatten()] = True
    k = predictor.offsets[0]
    truth = turned(target, direction)[:, row + k]  # (n, G, P)
    return PatchMatches(
        seen=seen.view(side, side),
        cells=cells,
        picked=(chosen @ target.flatten(0, 2).t()).argmax(-1),
        logits=predicted[k].flatten(0, 1) @ truth.flatten(0, 1).t(),
    )
