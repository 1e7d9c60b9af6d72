"""Prototypes, and the head of DINO: cosine scores of features with learned unit vectors."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LastLayer = Literal["linear", "normal"]


class Prototypes(nn.Module):
    """K learned directions (K, P); cosine scores (N, K) of features (N, P). In SwAV (2006.09882) they are normalised after each
    step."""

    def __init__(self, dim: int, count: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(F.normalize(torch.randn(count, dim), dim=1))

    def forward(self, z: Tensor) -> Tensor:
        """z: (N, P) unit vectors. Scores (N, K)."""
        # In float32 also under autocast, because the scores are divided by temperatures of .1 and less.
        with torch.autocast(z.device.type, enabled=False):
            return F.linear(z.float(), self.weight)

    @torch.no_grad()
    def normalise(self) -> None:
        """Normalise all directions to norm 1; called after each step."""
        self.weight.copy_(F.normalize(self.weight, dim=1))


class DinoHead(nn.Module):
    """DINO's head (2104.14294, App. C): MLP with GELU, L2 bottleneck, weight-normalised last layer whose norm is fixed to 1.

    `norm`: batch normalisation in its hidden layers, as the official code offers and the paper discusses (App. C). `last_layer`:
    initialisation of the last layer. Only the directions of its rows matter, but a step rotates a row of length r by an angle that
    decreases with r (with r squared for SGD, with r for AdamW). `linear`: that of a PyTorch linear layer, rows of length .58, as
    in the official code. `normal`: rows of length sqrt(bottleneck), 11.3 for 128, which are rotated very slowly."""

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
        # In float32 also under autocast, because a temperature of .04 magnifies the error.
        z = F.normalize(self.mlp(h).float(), dim=-1)
        with torch.autocast(z.device.type, enabled=False):
            return F.linear(z, F.normalize(self.last, dim=1))
