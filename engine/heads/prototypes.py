"""Prototypes: unit vectors with which unit features are compared."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LastLayer = Literal["linear", "normal"]


class Prototypes(nn.Module):
    """K learned directions (K, P); cosine scores (N, K) of features (N, P). SwAV (2006.09882) keeps the directions at norm 1."""

    def __init__(self, dim: int, count: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(F.normalize(torch.randn(count, dim), dim=1))

    def forward(self, z: Tensor) -> Tensor:
        """z: (N, P) unit vectors. Scores (N, K)."""
        # In full precision also under autocast: they are divided by temperatures of .1 and less.
        with torch.autocast(z.device.type, enabled=False):
            return F.linear(z.float(), self.weight)

    @torch.no_grad()
    def normalise(self) -> None:
        """Put every direction back to norm 1; called after each step."""
        self.weight.copy_(F.normalize(self.weight, dim=1))


class DinoHead(nn.Module):
    """DINO's head (2104.14294, App. C): MLP with GELU, L2 bottleneck, weight-normalised last layer whose norm is fixed to 1.

    `norm`: batch normalisation in its hidden layers, as the official code offers and the paper discusses (App. C).
    `last_layer`: how the last layer is drawn. Only the directions of its rows count, but a step turns a row of length r by an angle
    that falls with r (with r squared for SGD, with r for AdamW). `linear`: as PyTorch draws a linear layer, rows of length .58, as
    in the official code. `normal`: rows of length sqrt(bottleneck), 11.3 for 128, which hardly turn."""

    def __init__(
        self, dim: int, hidden: int, bottleneck: int, out: int, norm: bool = False, last_layer: LastLayer = "linear"
    ) -> None:
        super().__init__()
        hiddens = [
            (nn.Linear(before, hidden), nn.BatchNorm1d(hidden) if norm else nn.Identity(), nn.GELU()) for before in (dim, hidden)
        ]
        self.mlp = nn.Sequential(*(layer for layers in hiddens for layer in layers), nn.Linear(hidden, bottleneck))
        for layer in self.mlp:
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
        self.last = nn.Parameter(torch.empty(out, bottleneck))
        if last_layer == "linear":
            nn.init.kaiming_uniform_(self.last, a=math.sqrt(5))
        else:
            nn.init.normal_(self.last)

    def forward(self, h: Tensor) -> Tensor:
        """(N, dim) to logits (N, out), each a cosine."""
        # In full precision also under autocast: temperatures of .04 would magnify the error.
        z = F.normalize(self.mlp(h).float(), dim=-1)
        with torch.autocast(z.device.type, enabled=False):
            return F.linear(z, F.normalize(self.last, dim=1))
