"""The outlines of masks over images. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import MARK


def outlined(images: Tensor, masks: Tensor, colour: tuple[float, float, float] = MARK) -> Tensor:
    """Images (n, 3, s, s) with the outermost pixels of masks (n, s, s) bool in one colour. Where a mask meets the edge of the image
    there is no line."""
    outside = F.max_pool2d((~masks).float().unsqueeze(1), 3, stride=1, padding=1) > 0
    edge = masks.unsqueeze(1) & outside  # (n, 1, s, s)
    return torch.where(edge, torch.tensor(colour, device=images.device).view(1, 3, 1, 1), images)
