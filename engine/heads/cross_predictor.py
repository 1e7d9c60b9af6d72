"""The predictor of CAPI: learned tokens at the hidden positions attend to the encoder's output, and not to each other."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.attention import attend
from engine.backbones.vit import Init, Mlp, initialise, sincos_positions
from engine.config.errors import complain


class CrossBlock(nn.Module):
    """A pre-norm block of cross-attention and a perceptron. Each query is by itself: without the others its output is the same."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(dim, eps=1e-6)
        self.query, self.key_value, self.proj = nn.Linear(dim, dim), nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)
        self.mlp = Mlp(dim, 4 * dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Queries (N, M, dim) that attend to `context` (N, K, dim): (N, M, dim)."""
        n, m, d = x.shape
        q = self.query(self.norm1(x)).view(n, m, self.heads, -1).transpose(1, 2)
        k, v = self.key_value(context).view(n, -1, 2, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.proj(attend(q, k, v).transpose(1, 2).reshape(n, m, d))
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class CrossPredictor(nn.Module):
    """From an encoder's tokens of the visible patches to features at hidden positions.

    `dim`: width of encoder and predictor; `side`: patches across and down; `init`: the initialisation of its linear layers.
    ConfigError (method.predictor_heads) where the heads do not divide the width."""

    def __init__(self, dim: int, side: int, *, depth: int, heads: int, init: Init = "normal") -> None:
        super().__init__()
        if dim % heads:
            raise complain("method.predictor_heads", f"a divisor of the encoder's width ({dim})", heads)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(sincos_positions(side, dim, cls=False), requires_grad=False)
        self.blocks = nn.ModuleList(CrossBlock(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        initialise(self, init)
        nn.init.normal_(self.mask_token, std=0.02)

    def forward(self, tokens: Tensor, indices: Tensor) -> Tensor:
        """Tokens (N, K, dim) of the encoder, and the patches `indices` (N, M) to predict: (N, M, dim)."""
        x = self.mask_token + self.positions[0, indices]
        for block in self.blocks:
            x = block(x.to(tokens.dtype), tokens)
        out: Tensor = self.norm(x)
        return out
