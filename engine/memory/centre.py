"""The running mean that DINO subtracts from the teacher's logits, against collapse to one dimension."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Centre(nn.Module):
    """An exponential moving average (1, K) of batch means (2104.14294, Eq. 4)."""

    value: Tensor

    def __init__(self, dim: int, momentum: float = 0.9) -> None:
        super().__init__()
        self.momentum = momentum
        self.register_buffer("value", torch.zeros(1, dim))

    @torch.no_grad()
    def update(self, logits: Tensor) -> None:
        """logits: (N, K) of the teacher."""
        self.value.lerp_(logits.float().mean(0, keepdim=True), 1.0 - self.momentum)
