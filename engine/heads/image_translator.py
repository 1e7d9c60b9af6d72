"""The second half of a generator that translates images, a discriminator of patches, and the projections of patches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from engine.backbones.translator_encoder import BlurDown, InstanceBlock

GAIN = 0.02  # of the initial weights, in the official code of 2007.15651


def draw_weights(module: nn.Module) -> None:
    """Xavier's normal distribution with the official gain; biases of 0."""
    for part in module.modules():
        if isinstance(part, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_normal_(part.weight, gain=GAIN)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


class TranslatorDecoder(nn.Module):
    """The layers of CUT's generator after the middle of its residual blocks (2007.15651, App. C.1): the rest of the blocks, two
    convolutions that follow a doubling of the side, and a 7x7 convolution to pixels. `width`, `blocks`: as in
    `TranslatorEncoder`."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(InstanceBlock(4 * width) for _ in range(blocks - blocks // 2 - 1)))
        layers: list[nn.Module] = []
        for channels in (4 * width, 2 * width):
            layers += [
                nn.Upsample(scale_factor=2, mode="nearest"),
                nn.Conv2d(channels, channels // 2, 3, padding=1),
                nn.InstanceNorm2d(channels // 2),
                nn.ReLU(),
            ]
        self.up = nn.Sequential(*layers)
        self.output = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7))

    def forward(self, middle: Tensor) -> Tensor:
        """The middle map (N, 4 width, s, s) to images (N, 3, 4 s, 4 s), -1 to 1."""
        out: Tensor = self.output(self.up(self.blocks(middle)))
        return out.float().tanh()


class PatchDiscriminator(nn.Module):
    """PatchGAN (Isola et al., 1611.07004), as in the official code of 2007.15651: a score for each of many overlapping patches,
    near 1 for real and near 0 for generated ones.

    `width`: channels of the first layer, doubled with each halving, at most 8 times. `halvings`: how often the side is halved: a
    patch has 18 px with 1, 34 with 2, 70 with 3."""

    def __init__(self, width: int, halvings: int) -> None:
        super().__init__()
        widths = [min(2**level, 8) * width for level in range(halvings + 1)]
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, padding=1), nn.LeakyReLU(0.2), BlurDown()]
        for level in range(1, halvings + 1):
            layers += [
                nn.Conv2d(widths[level - 1], widths[level], 4, padding=1),
                nn.InstanceNorm2d(widths[level]),
                nn.LeakyReLU(0.2),
            ]
            if level < halvings:
                layers.append(BlurDown())
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S), -1 to 1, to scores (N, s, s)."""
        out: Tensor = self.layers(images)
        return out.float().squeeze(1)

    def frozen(self, images: Tensor) -> Tensor:
        """The same scores, with gradients for the images but not for the weights of the discriminator."""
        out: Tensor = functional_call(self, {name: p.detach() for name, p in self.named_parameters()}, (images,))
        return out


class PatchProjector(nn.Module):
    """A two-layer perceptron for each of several maps, applied to its positions (2007.15651, Sec. 3.2, H_l). `dims`: the channels
    of the maps."""

    def __init__(self, dims: Sequence[int], out_dim: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Sequential(nn.Linear(dim, out_dim), nn.ReLU(), nn.Linear(out_dim, out_dim)) for dim in dims)

    def forward(self, maps: Sequence[Tensor], positions: Sequence[Tensor]) -> list[Tensor]:
        """Of maps (N, C, s, s) at positions (P,), counted row by row: unit vectors (N, P, out_dim) a map."""
        rows = (features.flatten(2)[:, :, chosen].transpose(1, 2) for features, chosen in zip(maps, positions, strict=True))
        return [F.normalize(head(row).float(), dim=2, eps=1e-7) for head, row in zip(self.heads, rows, strict=True)]


def sample_positions(maps: Sequence[Tensor], count: int, generator: torch.Generator) -> list[Tensor]:
    """Positions (P,) of each map (N, C, s, s), drawn without repetition, the same for all images: `count`, or all where the map has
    fewer."""
    return [torch.randperm(features[0, 0].numel(), generator=generator)[:count].to(features.device) for features in maps]
