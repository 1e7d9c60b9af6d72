"""The distance of two networks' Gram matrices of patches, the anchor of DINOv3."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def gram_matrix(patches: Tensor) -> Tensor:
    """The cosines between all patches of an image: (N, T, D) to (N, T, T), float32."""
    with torch.autocast(patches.device.type, enabled=False):
        unit = F.normalize(patches.float(), dim=-1)
        return unit @ unit.transpose(1, 2)


def gram_distance(patches: Tensor, anchor: Tensor) -> Tensor:
    """The squared difference of the Gram matrices of an image, the mean over all pairs of patches (DINOv3 2508.10104, as in
    github.com/facebookresearch/dinov3, dinov3/loss/gram_loss.py).

    Args:
        patches, anchor: (N, T, D) features of the patches by two networks, whose widths D may differ.

    Returns:
        (N,), from 0 to 4; it does not depend on rotations of the features.

    Example:
        >>> import torch
        >>> one = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
        >>> gram_distance(one, one.flip(1)), gram_distance(one, torch.ones(1, 2, 2))
        (tensor([0.]), tensor([0.5000]))
    """
    return (gram_matrix(patches) - gram_matrix(anchor)).square().mean((1, 2))
