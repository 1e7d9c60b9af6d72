"""The one interface of an encoder."""

from __future__ import annotations

from torch import Tensor, nn


class Backbone(nn.Module):
    """Images (N, 3, S, S), normalised, to features (N, dim)."""

    dim: int

    def forward(self, images: Tensor) -> Tensor:
        """Features (N, dim)."""
        raise NotImplementedError
