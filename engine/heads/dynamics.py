"""The predictor of a world model: the next latents of a sequence, from the latents and the actions so far."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.seeds import drawn_from
from engine.backbones.attention import attend

RATIO = 4  # of the perceptron's hidden width to the width


class ActionBlock(nn.Module):
    """A causal transformer block whose normalisations are shifted and scaled, and whose branches are gated, by the actions:
    adaptive layer normalisation that starts at zero (adaLN-zero; Peebles and Xie, 2212.09748). At first the block is the
    identity, so that the actions come in gradually."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(dim, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(dim, elementwise_affine=False)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, RATIO * dim), nn.Linear(RATIO * dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.modulation = nn.Linear(dim, 6 * dim)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, actions: Tensor) -> Tensor:
        """(N, T, dim), and the embedded actions (N, T, dim), to (N, T, dim)."""
        n, t, d = x.shape
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(F.silu(actions)).chunk(6, dim=-1)
        inside = self.norm1(x) * (1 + scale1) + shift1
        q, k, v = self.qkv(inside).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attended = attend(q, k, v, causal=True).transpose(1, 2).reshape(n, t, d)
        x = x + gate1 * self.dropout(self.proj(attended))
        inside = self.norm2(x) * (1 + scale2) + shift2
        out: Tensor = x + gate2 * self.dropout(self.fc2(self.dropout(F.gelu(self.fc1(inside)))))
        return out


class ActionEmbedding(nn.Module):
    """A vector (width,) for each action. There are none until `size` is called or a checkpoint with actions is loaded."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(0, width))

    def size(self, actions: int) -> None:
        """Create this many actions."""
        self.weight = nn.Parameter(torch.empty(actions, self.weight.shape[1], device=self.weight.device))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, actions: Tensor) -> Tensor:
        """Indices (N, T) int64 to (N, T, width)."""
        return F.embedding(actions, self.weight)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # As of engine.heads.classifier: then the number is that of the checkpoint.
        saved = state_dict.get(f"{prefix}weight")
        if not len(self.weight) and saved is not None:
            with drawn_from(0):  # the random weights are overwritten below
                self.size(len(saved))
        super()._load_from_state_dict(state_dict, prefix, *rest)


class Dynamics(nn.Module):
    """The predictor of Maes et al., LeWorldModel, 2026 (2603.19312): a causal transformer over the latents of `length` moments,
    with learned positions, conditioned on the action that was taken at each. `dim`: of the latents; `width`: of the transformer.
    The actions are created by `action.size`. `out`: from (M, width) to (M, dim), by default a linear layer. The paper has depth 6,
    16 heads, a dropout of .1 and a projector with batch normalisation."""

    def __init__(
        self,
        dim: int,
        length: int,
        width: int = 128,
        depth: int = 3,
        heads: int = 4,
        dropout: float = 0.1,
        out: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.length = length
        self.action = ActionEmbedding(width)
        self.positions = nn.Parameter(torch.empty(length, width))
        self.into, self.out = nn.Linear(dim, width), out or nn.Linear(width, dim)
        self.blocks = nn.ModuleList(ActionBlock(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        nn.init.normal_(self.positions, std=0.02)

    def forward(self, latents: Tensor, actions: Tensor) -> Tensor:
        """The latents after each action (N, T, dim): row t from the latents (N, T, dim) and the actions (N, T) int64 up to t. T is
        at most `length`."""
        x = self.into(latents) + self.positions[: latents.shape[1]]
        taken = self.action(actions)
        for block in self.blocks:
            x = block(x, taken)
        out: Tensor = self.out(self.norm(x).flatten(0, 1)).unflatten(0, x.shape[:2])
        return out

    def roll_out(self, latents: Tensor, before: Tensor, actions: Tensor) -> Tensor:
        """Latents (N, H, dim) after each of H further actions (N, H), each predicted from those predicted before it. latents
        (N, T, dim): of the last moments, the newest last; before (N, T - 1): the actions between them."""
        seen, taken = latents, before
        for step in range(actions.shape[1]):
            taken = torch.cat([taken, actions[:, step : step + 1]], dim=1)
            following = self(seen[:, -self.length :], taken[:, -self.length :])[:, -1:]
            seen = torch.cat([seen, following], dim=1)
        return seen[:, latents.shape[1] :]
