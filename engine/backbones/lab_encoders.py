"""Encoders of lightness alone, and of lightness and colour apart."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment.lab import A_RANGE, B_RANGE, rgb_to_lab
from engine.backbones.backbone import Backbone


class PixelBackbone(Backbone):
    """Takes normalised RGB like every encoder and undoes the normalisation. `mean` and `std` (3,) are its
    parameters; until `set_normalisation` is called they are .5 and .25, which is within a few hundredths of most photographs'
    own."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((3,), 0.5))
        self.register_buffer("std", torch.full((3,), 0.25))

    @torch.no_grad()
    def set_normalisation(self, mean: Tensor, std: Tensor) -> None:
        """Set the mean and deviation (3,) by which later images are normalised."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def pixels(self, images: Tensor) -> Tensor:
        """Normalised images (N, 3, S, S) as pixels between 0 and 1."""
        return (images.float() * self.std.view(1, 3, 1, 1) + self.mean.view(1, 3, 1, 1)).clamp(0, 1)


class LightBackbone(PixelBackbone):
    """An encoder whose input is the lightness of an image without its colour, in training and afterwards: L of L*a*b* goes to each
    of the network's three channels."""

    def __init__(self, net: Backbone) -> None:
        super().__init__()
        self.net = net
        self.dim, self.size, self.multiple = net.dim, net.size, net.multiple

    def seen(self, images: Tensor) -> Tensor:
        """The network's input for normalised images (N, 3, S, S)."""
        return light_channels(rgb_to_lab(self.pixels(images))[:, 0])

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        out: Tensor = self.net(self.seen(images))
        return out

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s)."""
        return self.net.dense(self.seen(images), least)

    def another(self) -> LightBackbone:
        """The same architecture, drawn anew."""
        return LightBackbone(self.net.another())


class LabBackbone(PixelBackbone):
    """Takes normalised RGB like every encoder, turns it into L*a*b* and gives L to one trunk and ab to another of the same
    architecture; the features are both trunks' side by side, so that `dim` is twice the trunk's.

    Trunks keep their three input channels: L comes three times, ab with a third channel of zeros. Channels are centred on the
    middle of their range and divided by half of it."""

    def __init__(self, trunk: Backbone) -> None:
        super().__init__()
        self.lightness, self.colour = trunk, trunk.another()
        self.dim, self.size, self.multiple = 2 * trunk.dim, trunk.size, trunk.multiple

    def channels(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The inputs of the trunks for pixels (N, 3, S, S) between 0 and 1: L three times, and a, b and zeros, each (N, 3, S, S),
        about -1 to 1."""
        l, a, b = rgb_to_lab(pixels).unbind(1)
        a, b = ((c - (high + low) / 2) / ((high - low) / 2) for c, (low, high) in ((a, A_RANGE), (b, B_RANGE)))
        return light_channels(l), torch.stack([a, b, torch.zeros_like(a)], dim=3).permute(0, 3, 1, 2)

    def split(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Features of lightness and of colour, (N, dim / 2) each, of pixels (N, 3, S, S) between 0 and 1."""
        lightness, colour = self.channels(pixels)
        return self.lightness(lightness), self.colour(colour)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return torch.cat(self.split(self.pixels(images)), dim=1)

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s)."""
        lightness, colour = self.channels(self.pixels(images))
        return torch.cat([self.lightness.dense(lightness, least), self.colour.dense(colour, least)], dim=1)

    def another(self) -> LabBackbone:
        """The same pair of architectures, drawn anew."""
        return LabBackbone(self.lightness.another())


def light_channels(lightness: Tensor) -> Tensor:
    """L (N, S, S), 0 to 100, three times, as a network takes it: (N, 3, S, S), -1 to 1."""
    l = (lightness - 50) / 50
    return torch.stack([l, l, l], dim=3).permute(0, 3, 1, 2)
