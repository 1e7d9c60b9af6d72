"""Two encoders, one that sees how light a place is and one that sees its colour."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment.lab import A_RANGE, B_RANGE, rgb_to_lab
from engine.backbones.backbone import Backbone


class LabBackbone(Backbone):
    """Takes normalised RGB like every encoder, turns it into L*a*b* and gives L to one trunk and ab to another of the same
    architecture; the features are both trunks' side by side, so that `dim` is twice the trunk's.

    Trunks keep their three input channels: L comes three times, ab with a third channel of zeros. Channels are centred on the
    middle of their range and divided by half of it. `mean` and `std` (3,) undo the normalisation; until `undoes` was called they
    are .5 and .25, which is within a few hundredths of most photographs' own."""

    mean: Tensor
    std: Tensor

    def __init__(self, trunk: Backbone) -> None:
        super().__init__()
        self.lightness, self.colour = trunk, trunk.another()
        self.dim, self.size, self.multiple = 2 * trunk.dim, trunk.size, trunk.multiple
        self.register_buffer("mean", torch.full((3,), 0.5))
        self.register_buffer("std", torch.full((3,), 0.25))

    @torch.no_grad()
    def undoes(self, mean: Tensor, std: Tensor) -> None:
        """Sets the normalisation (3,) of the images to come."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def channels(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What the trunks see of (N, 3, S, S): L three times, and a, b and zeros, each (N, 3, S, S), about -1 to 1."""
        pixels = images.float() * self.std.view(1, 3, 1, 1) + self.mean.view(1, 3, 1, 1)
        l, a, b = rgb_to_lab(pixels.clamp(0, 1)).unbind(1)
        l = (l - 50) / 50
        a, b = ((c - (high + low) / 2) / ((high - low) / 2) for c, (low, high) in ((a, A_RANGE), (b, B_RANGE)))
        lightness, colour = torch.stack([l, l, l], dim=3), torch.stack([a, b, torch.zeros_like(a)], dim=3)
        return lightness.permute(0, 3, 1, 2), colour.permute(0, 3, 1, 2)

    def split(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features of lightness and of colour, (N, dim / 2) each."""
        lightness, colour = self.channels(images)
        return self.lightness(lightness), self.colour(colour)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return torch.cat(self.split(images), dim=1)

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s)."""
        lightness, colour = self.channels(images)
        return torch.cat([self.lightness.dense(lightness, least), self.colour.dense(colour, least)], dim=1)

    def another(self) -> LabBackbone:
        """The same pair of architectures, drawn anew."""
        return LabBackbone(self.lightness.another())
