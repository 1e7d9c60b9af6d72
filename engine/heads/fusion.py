"""The sum of the features of early stages and the tokens of the last stage (ConvMAE, 2205.03892, Sec. 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class StageFusion(nn.Module):
    """Adds the features of stages 1 and 2 to the tokens of stage 3, after a linear layer over all cells of a patch, which is the
    paper's strided convolution. Patches are not mixed.

    `dims`: widths of the three stages; `finer`: cells of stages 1 and 2 across a patch."""

    def __init__(self, dims: tuple[int, int, int], finer: tuple[int, int]) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Linear(times**2 * dim, dims[-1]) for dim, times in zip(dims, finer, strict=False))

    def forward(self, stages: Sequence[Tensor], tokens: Tensor) -> Tensor:
        """Patches (M, K, f, f, dim) of each early stage and tokens (M, K, D) to tokens of the same shape."""
        for down, stage in zip(self.down, stages, strict=True):
            tokens = tokens + down(stage.flatten(2))
        return tokens
