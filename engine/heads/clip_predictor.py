"""The narrow transformer that predicts features of a clip's hidden tokens from those of its visible ones (V-JEPA, 2404.08471)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.clip_transformer import clip_positions
from engine.backbones.vit import Block, Init, initialise
from engine.config.errors import complain


class ClipPredictor(nn.Module):
    """From the features of the context, and a learned token for each hidden token, both with 3D positions, to the features of the
    hidden ones, all in one pass.

    `dim`: width of input and output; `times`, `side`: of the clip in tokens; `kinds`: how many kinds of masks there are, each of
    which has a mask token of its own, which starts at 0; `width`, `depth`, `heads` of the predictor; `init`: the initialisation of
    its linear layers.
    ConfigError (method.predictor_heads) where the heads do not divide the width."""

    positions: Tensor

    def __init__(
        self, dim: int, times: int, side: int, *, kinds: int, width: int, depth: int, heads: int, init: Init = "normal"
    ) -> None:
        super().__init__()
        if width % heads:
            raise complain("method.predictor_heads", f"a divisor of method.predictor_dim ({width})", heads)
        self.enter = nn.Linear(dim, width)
        self.mask_tokens = nn.Parameter(torch.zeros(kinds, width))
        self.register_buffer("positions", clip_positions(times, side, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.leave = nn.Linear(width, dim)
        initialise(self, init)

    def forward(self, tokens: Tensor, context: Tensor, targets: Tensor, kind: int) -> Tensor:
        """Tokens (N, K, dim) with indices `context` (N, K), and the indices `targets` (N, M), to features (N, M, dim). `kind`: the
        number of the mask's kind."""
        seen = self.enter(tokens) + self.positions[0, context]  # (N, K, width)
        queries = self.mask_tokens[kind] + self.positions[0, targets]  # (N, M, width)
        y = torch.cat([seen, queries.to(seen.dtype)], dim=1)  # (N, K + M, width)
        for block in self.blocks:
            y = block(y)
        out: Tensor = self.leave(self.norm(y[:, tokens.shape[1] :]))
        return out
