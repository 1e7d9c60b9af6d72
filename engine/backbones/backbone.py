"""The one interface of an encoder."""

from __future__ import annotations

from torch import Tensor, nn


class Backbone(nn.Module):
    """Images (N, 3, S, S), normalised, to features (N, dim)."""

    dim: int

    def forward(self, images: Tensor) -> Tensor:
        """Features (N, dim)."""
        raise NotImplementedError

    def dense(self, images: Tensor) -> Tensor:
        """The last feature map (N, dim, s, s), before it is pooled."""
        raise NotImplementedError

    def another(self) -> Backbone:
        """A network of the same architecture with weights of its own, drawn anew."""
        raise NotImplementedError
