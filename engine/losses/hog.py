"""Histograms of oriented gradients, a target for masked image modelling.

Dalal and Triggs, Histograms of Oriented Gradients for Human Detection, CVPR 2005, in the form of MaskFeat (2112.09133, Sec. 3.2)
and of LocalMIM's official code (2303.05251): separate histograms of the colours, no interpolation between bins, and normalisation
of single cells."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def oriented_gradients(images: Tensor, bins: int) -> Tensor:
    """Images (N, 3, S, S), S at least 2, to (N, 3, bins, S, S): at each pixel of each colour the length of the gradient in the
    bin of its direction, and 0 in the others.

    Gradients by Sobel's filters, the image mirrored at its edges. Bin b holds the directions whose angle to the vertical, from 0
    up to 180 degrees, lies in [b, b + 1) * 180 / bins; a gradient and its opposite are one direction."""
    with torch.autocast(images.device.type, enabled=False):
        x = F.pad(images.float(), (1, 1, 1, 1), mode="reflect")
        across = x[..., :, 2:] - x[..., :, :-2]  # (N, 3, S + 2, S)
        down = x[..., 2:, :] - x[..., :-2, :]  # (N, 3, S, S + 2)
        gx = across[..., :-2, :] + 2 * across[..., 1:-1, :] + across[..., 2:, :]
        gy = down[..., :-2] + 2 * down[..., 1:-1] + down[..., 2:]
        bin = (torch.atan2(gx, gy) / math.pi * bins).floor().long() % bins  # (N, 3, S, S)
        length = (gx.square() + gy.square()).sqrt()
        votes = length.new_zeros(*images.shape[:2], bins, *images.shape[2:])
        return votes.scatter_(2, bin.unsqueeze(2), length.unsqueeze(2))


def hog(gradients: Tensor, cell: int) -> Tensor:
    """Oriented gradients (N, 3, bins, S, S) to histograms (N, (S / cell)^2, 3 * bins) of square cells of `cell` px, row by row:
    the mean over the cell, each colour's histogram of length 1, or 0 where the cell is flat. A row holds red's bins, then
    green's, then blue's."""
    pooled = F.avg_pool2d(gradients.flatten(1, 2), cell).unflatten(1, gradients.shape[1:3])  # (N, 3, bins, s, s)
    return F.normalize(pooled, dim=2).flatten(1, 2).flatten(2).transpose(1, 2)
