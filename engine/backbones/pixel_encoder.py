"""The convolutional encoder of agents that act from pixels."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone


class PixelEncoder(Backbone):
    """Four 3x3 convolutions without padding, the first with stride 2, each with a ReLU; a linear layer on the whole map, so that
    positions are kept; layer normalisation. As in the official code of CURL (2004.04136), whose widths are 32 and 50, and before it
    of SAC+AE (1910.01741). Convolutions start orthogonal with the gain of a ReLU at their middle tap and 0 elsewhere
    (delta-orthogonal, 1806.05393), the linear layer orthogonal, as there.

    `size`: side in px of the images for which the linear layer is made; the maps of images of another side are resized to it."""

    def __init__(self, size: int, width: int = 32, dim: int = 50, channels: int = 3) -> None:
        super().__init__()
        self.drawn = size, width, dim, channels
        self.size, self.dim = size, dim
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2 if number == 0 else 1)
            for number, (before, after) in enumerate(pairwise((channels, width, width, width, width)))
        )
        self.side = max(1, self._side(size))
        self.linear = nn.Linear(width * self.side**2, dim)
        self.norm = nn.LayerNorm(dim)
        for layer in self.convolutions:
            assert isinstance(layer, nn.Conv2d)
            nn.init.zeros_(layer.weight)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
            middle = torch.empty(layer.weight.shape[:2])
            nn.init.orthogonal_(middle, nn.init.calculate_gain("relu"))
            with torch.no_grad():
                layer.weight[:, :, 1, 1] = middle
        nn.init.orthogonal_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    @staticmethod
    def _side(size: int) -> int:
        return (size - 3) // 2 + 1 - 6

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        features: Tensor = self.norm(self.linear(self._maps(images).flatten(1)))
        return features

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, dim, s, s): what each cell of the last map adds to each feature. Their sum over the cells, plus the linear layer's
        bias, is what is normalised. The map is as fine as it gets, whatever `least`."""
        maps = self._maps(images)  # (N, C, s, s)
        weight = self.linear.weight.view(self.dim, maps.shape[1], self.side, self.side)
        return torch.einsum("nchw,dchw->ndhw", maps.float(), weight.float())

    def _maps(self, images: Tensor) -> Tensor:
        x = images
        # A map of fewer than 3 cells is as small as it gets.
        for layer in self.convolutions:
            if min(x.shape[-2:]) < 3:
                x = F.pad(x, (1, 1, 1, 1))
            x = F.relu(layer(x))
        if x.shape[-1] != self.side or x.shape[-2] != self.side:
            x = F.interpolate(x, size=(self.side, self.side), mode="bilinear", align_corners=False)
        return x

    def another(self) -> PixelEncoder:
        """The same architecture, drawn anew."""
        return PixelEncoder(*self.drawn)
