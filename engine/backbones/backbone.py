"""The interface of an encoder, of images or of clips."""

from __future__ import annotations

from torch import Tensor, nn


class Backbone(nn.Module):
    """Images (N, 3, S, S), normalised, to features (N, dim)."""

    dim: int
    # Side of the views for which it was built, in px; 0 where unknown.
    size: int = 0
    # The side of an image must be a multiple of this many px.
    multiple: int = 1
    # Whether it encodes clips (`encode_clips`) where data have them; an image is then a clip that stands still.
    sees_clips: bool = False

    def forward(self, images: Tensor) -> Tensor:
        """Features (N, dim)."""
        raise NotImplementedError

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """The last feature map (N, dim, s, s), before it is pooled. With `least`, a finer map of the same network where it can give
        one, at least that many cells a side."""
        raise NotImplementedError

    def encode_clips(self, clips: Tensor) -> Tensor:
        """Features (N, dim) of clips (N, T, 3, S, S), normalised; for encoders with `sees_clips`."""
        raise NotImplementedError

    def another(self) -> Backbone:
        """A network of the same architecture with weights of its own, drawn anew."""
        raise NotImplementedError
