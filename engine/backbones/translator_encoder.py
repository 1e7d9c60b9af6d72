"""The first half of a generator that translates images, as an encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.lab_encoders import PixelBackbone


class BlurDown(nn.Module):
    """Halves the side after a blur with [1, 2, 1] / 4 in both directions (Zhang, 1904.11486): a shift by a pixel changes little."""

    kernel: Tensor

    def __init__(self) -> None:
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer("kernel", (line[:, None] * line).view(1, 1, 3, 3), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, S, S) to (N, C, ceil(S / 2), ceil(S / 2))."""
        kernel = self.kernel.to(x.dtype).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=x.shape[1])


class InstanceBlock(nn.Module):
    """A residual block of two 3x3 convolutions with reflected borders, each with instance normalisation."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(dim, dim, 3), nn.InstanceNorm2d(dim), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(dim, dim, 3), nn.InstanceNorm2d(dim),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, dim, s, s) to the same shape."""
        out: Tensor = x + self.layers(x)
        return out


class TranslatorEncoder(PixelBackbone):
    """The layers of CUT's generator (2007.15651, App. C.1) up to the middle of its residual blocks: a 7x7 convolution, two that
    halve the side, and blocks. Its features are the mean over the positions of its last map, of 4 x `width` dimensions.

    `width`: channels of the first convolution. `blocks`: residual blocks of the whole generator; this half has half of them and
    one more. `size`: side of the views in px."""

    multiple = 4

    def __init__(self, width: int, blocks: int, size: int) -> None:
        super().__init__()
        self.drawn = (width, blocks, size)
        self.dim, self.size = 4 * width, size
        self.stem = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU())
        self.first = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.second = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.down = nn.ModuleList(
            nn.Sequential(nn.InstanceNorm2d(channels), nn.ReLU(), BlurDown()) for channels in (2 * width, 4 * width)
        )
        self.blocks = nn.ModuleList(InstanceBlock(4 * width) for _ in range(blocks // 2 + 1))

    @property
    def map_dims(self) -> list[int]:
        """Channels of each of `maps`."""
        width = self.drawn[0]
        return [3, 2 * width, 4 * width] + [self.dim] * min(2, len(self.blocks))

    def maps(self, images: Tensor) -> list[Tensor]:
        """Of images (N, 3, S, S), -1 to 1, the maps that PatchNCE compares: the pixels, the outputs of the two convolutions after
        which the side is halved, and of the first and the last block; (N, C, s, s) each, from fine to coarse."""
        taken = [images]
        x = self.stem(images)
        for convolution, down in zip((self.first, self.second), self.down, strict=True):
            x = convolution(x)
            taken.append(x)
            x = down(x)
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in (0, len(self.blocks) - 1):
                taken.append(x)
        return taken

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """Normalised images (N, 3, S, S) to the middle map (N, dim, S / 4, S / 4)."""
        return self.maps(2 * self.pixels(images) - 1)[-1]

    def forward(self, images: Tensor) -> Tensor:
        """Normalised images (N, 3, S, S) to (N, dim)."""
        return self.dense(images).mean((2, 3))

    def another(self) -> TranslatorEncoder:
        """The same architecture, drawn anew."""
        return TranslatorEncoder(*self.drawn)
