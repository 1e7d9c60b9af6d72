"""Feature maps as colours: their first three principal components. For `Method.pictures`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import HIGH, MIDDLE, SIDE

GAP = 4  # px
REACH = 2.5  # standard deviations from grey to a full colour


@dataclass(frozen=True, eq=False)
class FeatureColours:
    """A colour space of features: `mean` (D,), three unit `axes` (D, 3), and the deviation `scale` (3,) along each."""

    mean: Tensor
    axes: Tensor
    scale: Tensor

    @classmethod
    def of(cls, tokens: Tensor) -> FeatureColours:
        """From tokens (N, T, D), N T of 2 or more: the principal components of all. Signs are fixed: the sum of an axis is not
        negative."""
        flat = tokens.float().flatten(0, 1)
        mean = flat.mean(0)
        axes = torch.linalg.svd(flat - mean, full_matrices=False).Vh[:3].t()  # (D, at most 3)
        axes = axes * torch.where(axes.sum(0) < 0, -1.0, 1.0)
        axes = F.pad(axes, (0, 3 - axes.shape[1]))
        return cls(mean, axes, ((flat - mean) @ axes).square().mean(0).sqrt().clamp(min=1e-12))

    def __call__(self, tokens: Tensor, difference: bool = False) -> Tensor:
        """Tokens (N, T, D) of a square as pictures (N, 3, H, H) with a white margin to the right and below: red, green and blue
        are the three components, grey the mean. `difference`: of differences of tokens, whose mean is 0."""
        flat = tokens.float() if difference else tokens.float() - self.mean
        colours = 0.5 + flat @ self.axes / self.scale / (2 * REACH)  # (N, T, 3)
        return _cells(colours.clamp(0, 1))


def loss_map(values: Tensor) -> Tensor:
    """The mean loss (T,) of each cell of a square as one picture (1, 3, H, H): near-white is 0, red the largest."""
    share = (values.float() / values.max().clamp(min=1e-12)).view(1, -1, 1)
    middle, high = (torch.tensor(colour, device=values.device) for colour in (MIDDLE, HIGH))
    return _cells(middle + (high - middle) * share)


def _cells(colours: Tensor) -> Tensor:
    n, t, _ = colours.shape
    side = round(t**0.5)
    square = colours.transpose(1, 2).reshape(n, 3, side, side)
    square = square.repeat_interleave(max(1, -(-SIDE // side)), 2).repeat_interleave(max(1, -(-SIDE // side)), 3)
    return F.pad(square, (0, GAP, 0, GAP), value=1.0)
