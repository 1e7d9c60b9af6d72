"""A decoder from a feature map to an image, and a discriminator of generated images."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.backbone import Backbone

LEAST_WIDTH = 32


def map_side(backbone: Backbone, size: int, least: int = 0) -> int:
    """The side, in cells, of the map `backbone.dense(images, least)` for images of `size` px."""
    training = backbone.training
    with torch.no_grad():
        cells = backbone.eval().dense(torch.zeros(1, 3, size, size), least).shape[-1]
    backbone.train(training)
    return cells


class ImageDecoder(nn.Module):
    """Up-convolutions from a map (N, dim, side, side) to an image (N, out, size, size), each doubling the side and halving the
    width (1604.07379, Sec. 3.1; 1603.08511, App. A), then one convolution at the end.

    `width`: channels of the first; none has fewer than 32. `mix`: connect all cells of the map before (`EachChannel`), for an
    encoder whose receptive field is not the whole image. Where no number of doublings gives `size`, the output is resized
    bilinearly."""

    def __init__(self, dim: int, side: int, out: int, size: int, *, width: int, mix: bool = False) -> None:
        super().__init__()
        self.size = size
        doublings = 0
        while side * 2 ** (doublings + 1) <= size:
            doublings += 1
        widths = [max(width >> level, min(width, LEAST_WIDTH)) for level in range(doublings)]
        layers: list[nn.Module] = [EachChannel(dim, side), nn.Conv2d(dim, dim, 1)] if mix else []
        for before, after in pairwise([dim, *widths]):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        before, last = ([dim, *widths][-1], widths[-1] if widths else width)
        layers += [nn.Conv2d(before, last, 3, padding=1, bias=False), nn.BatchNorm2d(last), nn.ReLU(), nn.Conv2d(last, out, 1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Tensor) -> Tensor:
        """(N, dim, side, side) to (N, out, size, size)."""
        y: Tensor = self.layers(features)
        if y.shape[-1] != self.size:
            # In float32: the operation does not exist in bfloat16 on a CPU.
            y = F.interpolate(y.float(), (self.size, self.size), mode="bilinear", antialias=y.shape[-1] > self.size).to(y.dtype)
        return y


class EachChannel(nn.Module):
    """The channel-wise fully connected layer (1604.07379, Sec. 3.1): within each channel, every position of a map is
    connected with every other; channels are not mixed. dim * side^4 weights."""

    def __init__(self, dim: int, side: int) -> None:
        super().__init__()
        positions = side * side
        self.weight = nn.Parameter(torch.empty(dim, positions, positions).uniform_(-1, 1) / positions**0.5)
        self.bias = nn.Parameter(torch.zeros(dim, positions, 1))

    def forward(self, features: Tensor) -> Tensor:
        """(N, dim, side, side) to the same shape."""
        positions = features.flatten(2).permute(1, 2, 0)  # (dim, side^2, N)
        out = torch.baddbmm(self.bias.to(positions.dtype), self.weight.to(positions.dtype), positions)
        return out.permute(2, 0, 1).view_as(features)


class Discriminator(nn.Module):
    """The adversarial discriminator of a DCGAN (Radford et al., 1511.06434), as the official code of 1604.07379 has it:
    convolutions that halve the side down to about 4 cells, and one logit per image: positive for real, negative for generated.

    Batch normalisation uses the statistics of the batch alone, since the network is not used after training. `width`: channels of
    the first layer."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before, after, side = 3, width, size
        while side > 4 or not layers:
            layers.append(nn.Conv2d(before, after, 4, stride=2, padding=1, bias=before == 3))
            if before != 3:
                layers.append(nn.BatchNorm2d(after, track_running_stats=False))
            layers.append(nn.LeakyReLU(0.2))
            before, after, side = after, min(2 * after, 8 * width), side // 2
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, side))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, size, size) to logits (N,)."""
        out: Tensor = self.layers(images).flatten()
        return out

    def frozen(self, images: Tensor) -> Tensor:
        """The same logits, with gradients for the images but not for the weights of the discriminator."""
        out: Tensor = functional_call(self, {name: p.detach() for name, p in self.named_parameters()}, (images,))
        return out
