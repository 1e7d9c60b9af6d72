"""Alignment and uniformity on the unit sphere, the two properties that a contrastive loss optimises."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def alignment(x: Tensor, y: Tensor, alpha: float) -> Tensor:
    """Mean of |f(x) - f(y)|^alpha over positive pairs (Wang and Isola, 2005.10242, Sec. 4.1).

    Args:
        x, y: (N, P), row i of both is one image; normalised here.
        alpha: at least 1.

    Returns:
        A scalar from 0, where both views of each image are equal, to 2^alpha.

    Example:
        >>> import torch
        >>> float(alignment(torch.tensor([[1.0, 0.0]]), torch.tensor([[-3.0, 0.0]]), alpha=2))
        4.0
    """
    difference = F.normalize(x.float(), dim=1) - F.normalize(y.float(), dim=1)
    apart: Tensor = difference.norm(dim=1)
    return apart.pow(alpha).mean()


def uniformity(x: Tensor, t: float) -> Tensor:
    """log of the mean of exp(-t |f(x_i) - f(x_j)|^2) over the pairs i < j (2005.10242, Sec. 4.1, and its code).

    Args:
        x: (N, P), N at least 2; normalised here.
        t: above 0.

    Returns:
        A scalar from about -2t, uniform on a sphere of many dimensions, to 0, where all images are at one point.

    Example:
        >>> import torch
        >>> round(float(uniformity(torch.eye(3), t=2)), 4)
        -4.0
    """
    z = F.normalize(x.float(), dim=1)
    squared = 2.0 - 2.0 * exact_product(z, z.t())  # (N, N)
    pairs = torch.ones_like(squared, dtype=torch.bool).triu(1)
    potential = -t * squared[pairs]
    return torch.logsumexp(potential, dim=0) - math.log(len(potential))
