"""A run's encoder as a module from pixels to features, for other programs."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from engine.backbones.backbone import Backbone
from engine.embed.features import Figures


class PixelEncoder(nn.Module):
    """An encoder together with the normalisation that its run was trained with.

    Attributes:
        backbone: the network alone; takes (N, 3, S, S) that are normalised already.
        dim: number of features D.
        size: side in px to which images are resized, that of the views that the network was trained on.
        mean, std: buffers (3,), in units of 0..1, of the run's training images.

    It starts in eval mode and takes gradients, so that it can be trained on; `.train()`, `.to(device)` and `state_dict()` are
    PyTorch's own.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: Backbone, figures: Figures, size: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.dim = backbone.dim
        self.size = size
        self.register_buffer("mean", torch.tensor(figures.mean, dtype=torch.float32))
        self.register_buffer("std", torch.tensor(figures.std, dtype=torch.float32))
        self.eval()

    def normalise(self, pixels: Tensor) -> Tensor:
        """Pixels (N, 3, H, W), uint8 from 0 to 255 or float from 0 to 1, resized to `size` (antialiased) where they have another
        side, and normalised: (N, 3, size, size) float32."""
        if pixels.ndim != 4 or pixels.shape[1] != 3:
            raise ValueError(f"pixels must be of shape (N, 3, H, W). Got {tuple(pixels.shape)}.")
        images = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()
        if images.shape[-2:] != (self.size, self.size):
            images = interpolate(images, size=(self.size, self.size), mode="bilinear", antialias=True, align_corners=False)
        return (images - self.mean.view(1, 3, 1, 1)) / self.std.view(1, 3, 1, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (N, D) float32 of pixels as `normalise` takes them."""
        features: Tensor = self.backbone(self.normalise(pixels))  # (N, D)
        return features
