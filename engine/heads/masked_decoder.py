"""The small transformer that reconstructs masked patches (MAE; He et al., 2111.06377, Sec. 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.augment.masking import Mask
from engine.backbones.vit import Block, initialise, sincos_positions
from engine.config.errors import complain


class MaskedDecoder(nn.Module):
    """From the tokens of the visible patches, with a learned token at every masked position, to `out` numbers for every patch.

    `dim`: width of the input; `side`: patches across and down; `width`, `depth`, `heads` of the decoder; `cls`: whether the first
    input token is a class token.
    ConfigError (method.decoder_heads) where the heads do not divide the width."""

    def __init__(self, dim: int, side: int, out: int, *, width: int, depth: int, heads: int, cls: bool = True) -> None:
        super().__init__()
        if width % heads:
            raise complain("method.decoder_heads", f"a divisor of method.decoder_dim ({width})", heads)
        self.first = int(cls)
        self.enter = nn.Linear(dim, width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(sincos_positions(side, width, cls=cls), requires_grad=False)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.output = nn.Linear(width, out)
        initialise(self, "xavier")
        nn.init.normal_(self.mask_token, std=0.02)

    def forward(self, tokens: Tensor, mask: Mask) -> Tensor:
        """Tokens (N, [1 +] K, dim), the class token first, of the patches in `mask.keep`, to (N, T, out) in image order."""
        y = self.enter(tokens)  # (N, [1 +] K, width)
        holes = self.mask_token.to(y.dtype).expand(len(y), mask.restore.shape[1] - mask.keep.shape[1], -1)
        patches = torch.cat([y[:, self.first :], holes], dim=1)
        patches = torch.gather(patches, 1, mask.restore.unsqueeze(-1).expand(-1, -1, y.shape[-1]))  # back in image order
        y = torch.cat([y[:, : self.first], patches], dim=1) + self.positions
        for block in self.blocks:
            y = block(y)
        out: Tensor = self.output(self.norm(y))[:, self.first :]
        return out
