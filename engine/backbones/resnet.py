"""Residual networks: torchvision's, with a stem for small images, and a narrow one that a CPU trains in minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import resnet as tv

from engine.backbones.backbone import Backbone

Stem = Literal["small", "imagenet"]
# Channels of the four blocks of the narrow network.
NARROW = (32, 64, 128, 256)


class ResNet(Backbone):
    """torchvision's ResNet-18, 34 or 50 without its classifier (He et al., 1512.03385).

    `stem="small"` is the CIFAR stem of SimCLR (2002.05709, App. B.9): a 3x3 convolution of stride 1 and no pooling.
    `net` carries torchvision's own parameter names. The last normalisation of every block starts at 0 (zero_init_residual), as in
    the code of SimCLR and BYOL and unlike MoCo's. `least_map`: see `atrous`."""

    def __init__(self, name: Literal["resnet18", "resnet34", "resnet50"], stem: Stem, least_map: int = 1) -> None:
        super().__init__()
        self.drawn, self.least_map = (name, stem), least_map
        self.net = getattr(tv, name)(weights=None, zero_init_residual=True)
        self.dim = int(self.net.fc.in_features)
        self.net.fc = nn.Identity()
        if stem == "small":
            self.net.conv1 = nn.Conv2d(3, 64, 3, stride=1, padding=1, bias=False)
            nn.init.kaiming_normal_(self.net.conv1.weight, mode="fan_out", nonlinearity="relu")
            self.net.maxpool = nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        if self.map_side(images.shape[-1]) < self.least_map:
            return torch.flatten(F.adaptive_avg_pool2d(self.dense(images), 1), 1)
        features: Tensor = self.net(images)
        return features

    def map_side(self, size: int) -> int:
        """Cells across the last map of an image of `size` px, by the strides of stem and stages."""
        return -(-size // (8 if self.drawn[1] == "small" else 32))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s), s at least `least` where the stem's map is that fine."""
        net = self.net
        x = net.maxpool(net.relu(net.bn1(net.conv1(images))))
        return atrous([*net.layer1, *net.layer2, *net.layer3, *net.layer4], x, least, self.least_map)

    def another(self) -> ResNet:
        """The same architecture, drawn anew."""
        return ResNet(*self.drawn, least_map=self.least_map)


class NarrowResNet(Backbone):
    """A ResNet-10 of widths 32, 64, 128, 256, unless others are given: four basic blocks, 1.2 M parameters.

    The stem halves a small image at once, which costs some accuracy and makes a step about eight times cheaper. `least_map`: see
    `atrous`."""

    def __init__(self, stem: Stem, widths: tuple[int, ...] = (), least_map: int = 1) -> None:
        super().__init__()
        widths = widths or NARROW
        self.dim, self.drawn, self.least_map = widths[-1], (stem, widths), least_map
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1) if stem == "imagenet" else nn.Identity(),
        )
        blocks = []
        for index, (before, width) in enumerate(zip((widths[0], *widths), widths, strict=False)):
            stride = 1 if index == 0 else 2
            shortcut = None
            if stride != 1 or before != width:
                shortcut = nn.Sequential(tv.conv1x1(before, width, stride), nn.BatchNorm2d(width))
            blocks.append(tv.BasicBlock(before, width, stride, shortcut))
        self.blocks = nn.Sequential(*blocks)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return torch.flatten(nn.functional.adaptive_avg_pool2d(self.dense(images), 1), 1)

    def map_side(self, size: int) -> int:
        """Cells across the last map of an image of `size` px, by the strides of stem and stages."""
        return -(-size // ((2 if self.drawn[0] == "small" else 4) * 8))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s), s at least `least` where the stem's map is that fine."""
        return atrous(list(self.blocks), self.stem(images), least, self.least_map)

    def another(self) -> NarrowResNet:
        """The same architecture, drawn anew."""
        return NarrowResNet(*self.drawn, least_map=self.least_map)


def atrous(blocks: Sequence[nn.Module], x: Tensor, least: int, least_map: int = 1) -> Tensor:
    """Residual blocks on (N, C, s, s), one after the other, the map never coarser than `least` cells a side.

    Where a stride would make it coarser, the stride is replaced by 1 and the convolutions that follow are dilated by it (the
    algorithme a trous; Chen et al., 1412.7062, Sec. 3.1). Weights and receptive fields are the same. In eval mode the coarse map is
    a subsampling of the finer one: the finer map is the network applied to the image in smaller steps.

    `least_map`: on a map of one cell, or of fewer cells than the dilation, a 3x3 convolution uses its middle weight alone; the
    other eight would never be trained. With 2 no map of the network has fewer than 2 x 2 cells, and the dilation is at most half of
    the map, so that every weight is used. 1: strides are not changed."""
    least, hole, within = max(least, least_map), 1, least_map > 1
    for block in blocks:
        if -(-x.shape[-1] // 2) >= least:
            x = block(x)
        else:
            x, hole = _residual(block, x, hole, least, within)
    return x


def _residual(block: nn.Module, x: Tensor, hole: int, least: int, within: bool) -> tuple[Tensor, int]:
    """torchvision's BasicBlock or Bottleneck on inputs `hole` cells apart, and how far apart its outputs' neighbours are."""
    assert isinstance(block, (tv.BasicBlock, tv.Bottleneck))
    layers = [(block.conv1, block.bn1), (block.conv2, block.bn2)]
    if isinstance(block, tv.Bottleneck):
        layers.append((block.conv3, block.bn3))
    y, after = x, hole
    for index, (conv, norm) in enumerate(layers):
        y, after = _spread(conv, block.relu(y) if index else y, after, least, within)
        y = norm(y)
    if block.downsample is not None:
        conv, norm = block.downsample
        x = norm(_spread(conv, x, hole, least, within)[0])
    out: Tensor = block.relu(x + y)
    return out, after


def _spread(conv: nn.Module, x: Tensor, hole: int, least: int, within: bool) -> tuple[Tensor, int]:
    assert isinstance(conv, nn.Conv2d)
    if within:
        hole = min(hole, max(1, x.shape[-1] // 2))
    stride, kept = conv.stride[0], 1
    if -(-x.shape[-1] // stride) < least:
        stride, kept = 1, stride
    padding = int(conv.padding[0]) * hole
    return F.conv2d(x, conv.weight, conv.bias, stride, padding, hole), hole * kept
