"""Projection and prediction heads: MLPs with batch normalisation."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def mlp(
    *dims: int, norm: bool = True, last_norm: bool = False, last_affine: bool = True, bias: bool | None = None
) -> nn.Sequential:
    """Linear - BN - ReLU - ... - Linear through the widths `dims`, input first.

    `norm`: batch normalisation after each hidden layer. `last_norm`: also after the last layer, with a learned scale and shift if
    `last_affine`. `bias`: whether linear layers have one; by default those without a normalisation after them."""
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(pairwise(dims)):
        last = index == len(dims) - 2
        normed = last_norm if last else norm
        layers.append(nn.Linear(before, after, bias=not normed if bias is None else bias))
        if normed:
            layers.append(nn.BatchNorm1d(after, affine=last_affine or not last))
        if not last:
            layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)
