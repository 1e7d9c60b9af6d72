"""The similarities of each view with its positive and its 2N - 2 negatives, for losses derived from NT-Xent."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


class Candidates(NamedTuple):
    """Cosines over tau of 2N views: `positive` (2N,) with the other view of the image, `negative` (2N, 2N - 2) with all views of
    other images.

    NT-Xent (2002.05709, Eq. 1) is the mean of log(e^positive + sum e^negative) - positive."""

    positive: Tensor
    negative: Tensor


def candidates(z1: Tensor, z2: Tensor, temperature: float) -> Candidates:
    """z1, z2: (N, P), row i of both is one image. Rows of the result: the N first views, then the N second."""
    z = F.normalize(torch.cat([z1, z2]).float(), dim=1)  # (2N, P)
    similarity = exact_product(z, z.t()) / temperature  # (2N, 2N)
    others = other_images(len(z1), z.device)
    return Candidates(similarity.diagonal(len(z1)).repeat(2), similarity[others].view(len(z), -1))


def other_images(n: int, device: torch.device) -> Tensor:
    """(2n, 2n) bool: whether the views of row and column are of different images."""
    return ~torch.eye(n, dtype=torch.bool, device=device).repeat(2, 2)


def in_place(values: Tensor) -> Tensor:
    """Values of the negatives (2N, 2N - 2) in the matrix of all views (2N, 2N), with 0 for pairs of views of one image."""
    others = other_images(len(values) // 2, values.device)
    return values.new_zeros(others.shape).masked_scatter(others, values)


def partners(n: int, device: torch.device) -> Tensor:
    """(2n, 2n) bool: whether row and column are the two different views of one image."""
    return torch.eye(2 * n, dtype=torch.bool, device=device).roll(n, 1)
