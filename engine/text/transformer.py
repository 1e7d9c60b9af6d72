"""The text encoder of CLIP: a causal transformer that is read at the end of the text."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.attention import attend
from engine.text.tokenizer import END


class CausalBlock(nn.Module):
    """A pre-norm transformer block in which a token attends to itself and to earlier tokens."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, dim) to (N, T, dim)."""
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attended = attend(q, k, v, causal=True)  # (N, heads, T, dim / heads)
        x = x + self.proj(attended.transpose(1, 2).reshape(n, t, d))
        out: Tensor = x + self.fc2(F.gelu(self.fc1(self.norm2(x))))
        return out


class TextTransformer(nn.Module):
    """Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021 (2103.00020), Sec. 2.4.

    Tokens (N, T) to features (N, out_dim): the normalised output at the end token, through a linear map without bias. Initial
    weights as in the official code: standard deviations .02 (tokens), .01 (positions), d^-1/2 (attention), d^-1/2 (2 L)^-1/2
    (output of attention and of the perceptron), (2 d)^-1/2 (its first layer)."""

    def __init__(self, tokens: int, length: int, dim: int, depth: int, heads: int, out_dim: int) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(tokens, dim)
        self.positions = nn.Parameter(torch.empty(length, dim))
        self.blocks = nn.ModuleList(CausalBlock(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)
        self.projection = nn.Linear(dim, out_dim, bias=False)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        nn.init.normal_(self.positions, std=0.01)
        nn.init.normal_(self.projection.weight, std=dim**-0.5)
        for block in self.blocks:
            assert isinstance(block, CausalBlock)
            nn.init.normal_(block.qkv.weight, std=dim**-0.5)
            nn.init.normal_(block.proj.weight, std=dim**-0.5 * (2 * depth) ** -0.5)
            nn.init.normal_(block.fc1.weight, std=(2 * dim) ** -0.5)
            nn.init.normal_(block.fc2.weight, std=dim**-0.5 * (2 * depth) ** -0.5)
            for layer in (block.qkv, block.proj, block.fc1, block.fc2):
                nn.init.zeros_(layer.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """Features (N, out_dim) of tokens (N, T), each row with one end token."""
        x = self.token_embedding(tokens) + self.positions[: tokens.shape[1]]  # (N, T, dim)
        for block in self.blocks:
            x = block(x)
        end = (tokens == END).int().argmax(1)  # (N,)
        out: Tensor = self.projection(self.norm(x[torch.arange(len(x), device=x.device), end]))
        return out
