"""The narrow transformer that predicts features of hidden blocks from those of visible patches (I-JEPA, 2301.08243, Sec. 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.vit import Block, Init, initialise, sincos_positions
from engine.config.errors import complain


class BlockPredictor(nn.Module):
    """From the features of the context patches, and one learned token for each patch of a block, both with position embeddings, to
    the features of the block. Each block is predicted separately, without the positions of the others.

    `dim`: width of input and output; `side`: patches across and down; `width`, `depth`, `heads` of the predictor; `init`: the
    initialisation of its linear layers.
    ConfigError (method.predictor_heads) where the heads do not divide the width."""

    def __init__(self, dim: int, side: int, *, width: int, depth: int, heads: int, init: Init = "normal") -> None:
        super().__init__()
        if width % heads:
            raise complain("method.predictor_heads", f"a divisor of method.predictor_dim ({width})", heads)
        self.enter = nn.Linear(dim, width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(sincos_positions(side, width, cls=False), requires_grad=False)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.leave = nn.Linear(width, dim)
        initialise(self, init)
        nn.init.trunc_normal_(self.mask_token, std=0.02)

    def forward(self, tokens: Tensor, context: Tensor, targets: Tensor) -> Tensor:
        """Tokens (N, K, dim) of the patches with indices `context` (N, K), and the patch indices `targets` (N, M, t), to features
        (N, M, t, dim)."""
        n, m, t = targets.shape
        seen = self.enter(tokens) + self.positions[0, context]  # (N, K, width)
        queries = self.mask_token + self.positions[0, targets.flatten(0, 1)]  # (N M, t, width)
        y = torch.cat([seen.repeat_interleave(m, 0), queries.to(seen.dtype)], dim=1)  # (N M, K + t, width)
        for block in self.blocks:
            y = block(y)
        out: Tensor = self.leave(self.norm(y[:, -t:]))
        return out.view(n, m, t, -1)
