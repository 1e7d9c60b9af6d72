"""Residual networks: torchvision's, with a stem for small images, and a narrow one that a CPU trains in minutes."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torchvision.models import resnet as tv

from engine.backbones.backbone import Backbone

Stem = Literal["small", "imagenet"]


class ResNet(Backbone):
    """torchvision's ResNet-18, 34 or 50 without its classifier (He et al., 1512.03385).

    `stem="small"` is the CIFAR stem of SimCLR (2002.05709, App. B.9): a 3x3 convolution of stride 1 and no pooling.
    `net` carries torchvision's own parameter names."""

    def __init__(self, name: Literal["resnet18", "resnet34", "resnet50"], stem: Stem) -> None:
        super().__init__()
        self.drawn = (name, stem)
        self.net = getattr(tv, name)(weights=None, zero_init_residual=True)
        self.dim = int(self.net.fc.in_features)
        self.net.fc = nn.Identity()
        if stem == "small":
            self.net.conv1 = nn.Conv2d(3, 64, 3, stride=1, padding=1, bias=False)
            nn.init.kaiming_normal_(self.net.conv1.weight, mode="fan_out", nonlinearity="relu")
            self.net.maxpool = nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        features: Tensor = self.net(images)
        return features

    def dense(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s)."""
        net = self.net
        x = net.maxpool(net.relu(net.bn1(net.conv1(images))))
        out: Tensor = net.layer4(net.layer3(net.layer2(net.layer1(x))))
        return out

    def another(self) -> ResNet:
        """The same architecture, drawn anew."""
        return ResNet(*self.drawn)


class NarrowResNet(Backbone):
    """A ResNet-10 of widths 32, 64, 128, 256: four basic blocks, 1.2 M parameters.

    The stem halves a small image at once, which costs some accuracy and makes a step about eight times cheaper."""

    def __init__(self, stem: Stem, widths: tuple[int, ...] = (32, 64, 128, 256)) -> None:
        super().__init__()
        self.dim, self.drawn = widths[-1], (stem, widths)
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1) if stem == "imagenet" else nn.Identity(),
        )
        blocks = []
        for place, (before, width) in enumerate(zip((widths[0], *widths), widths, strict=False)):
            stride = 1 if place == 0 else 2
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

    def dense(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim, s, s)."""
        x: Tensor = self.blocks(self.stem(images))
        return x

    def another(self) -> NarrowResNet:
        """The same architecture, drawn anew."""
        return NarrowResNet(*self.drawn)
