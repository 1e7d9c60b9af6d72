"""Pictures of any encoder, whatever its method: the principal components of its feature map as colours, and a ViT's attention."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.vit import VisionTransformer
from engine.config.errors import ConfigError
from engine.data.dataset import Dataset
from engine.embed.features import normalised, whole
from engine.events import CLASS_ATTENTION, FEATURE_PCA
from engine.pictures.components import coloured, components
from engine.pictures.heat import heat
from engine.pictures.matrix import spaced, strips

# Least side of the feature map, where the encoder can give one as fine: a ResNet's last map of a small image has 2 x 2 cells.
CELLS = 7


class FeaturePictures:
    """Pictures of the whole images at `index`, resized to `size` px. Keeps the colours of the last call, so that those of the next
    are similar. Does not use any random generator."""

    def __init__(self, dataset: Dataset, index: np.ndarray, size: int) -> None:
        self._dataset, self._index, self._size = dataset, index, size
        self._last: Tensor | None = None

    def __call__(self, encoder: Backbone, device: torch.device, taken: Collection[str] = ()) -> dict[str, Tensor]:
        """Pictures by name, each (n, 3, h, w), pixels between 0 and 1, the image itself at the left. `encoder`: in eval mode on
        `device`. `taken`: the names of the method's own pictures; where one shows attention already, none is added."""
        if not len(self._index):
            return {}
        pixels = whole(self._dataset, self._index, device, self._size)  # (n, 3, S, S)
        images = normalised(self._dataset, pixels)
        pictures, attention = {}, None
        with torch.no_grad(), torch.autocast(device.type, enabled=False):
            try:
                maps = encoder.dense(images, CELLS)
            except ConfigError:
                return {}  # an encoder of a library without a feature map
            # With mean pooling the class token is not used: its attention does not concern the features.
            if isinstance(encoder, VisionTransformer) and encoder.pool == "cls" and not any("attention" in name for name in taken):
                attention = encoder.attention(images)  # (n, heads, s, s)
        pixels = pixels.cpu()
        self._last = components(maps, pixels if self._last is None else self._last)
        pictures[FEATURE_PCA] = spaced(strips(pixels, coloured(self._last, pixels.shape[-1])))
        if attention is not None:
            pictures[CLASS_ATTENTION] = spaced(strips(pixels, heat(pixels, attention.mean(1).float().cpu())))
        return pictures
