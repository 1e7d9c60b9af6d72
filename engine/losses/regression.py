"""The cosine regressions of BYOL and SimSiam."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def normalised_mse(prediction: Tensor, target: Tensor) -> Tensor:
    """|| p / |p| - t / |t| ||^2 = 2 - 2 cos(p, t) (BYOL 2006.07733, Eq. 2).

    Args:
        prediction, target: (N, P).

    Returns:
        (N,), the loss of each image, from 0 (same direction) to 4 (opposite).

    Example:
        >>> import torch
        >>> p = torch.tensor([[2.0, 0.0]])
        >>> [round(float(normalised_mse(p, torch.tensor([t]))), 4) for t in ([5.0, 0.0], [0.0, 1.0], [-1.0, 0.0])]
        [0.0, 2.0, 4.0]
    """
    return 2.0 - 2.0 * F.cosine_similarity(prediction.float(), target.float(), dim=1)


def negative_cosine(prediction: Tensor, target: Tensor) -> Tensor:
    """-cos(p, t) (SimSiam 2011.10566, Eq. 1).

    Args:
        prediction, target: (N, P).

    Returns:
        (N,), the loss of each image, from -1 (same direction) to 1 (opposite).

    Example:
        >>> import torch
        >>> round(float(negative_cosine(torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0]]))), 4)
        -0.6
    """
    return -F.cosine_similarity(prediction.float(), target.float(), dim=1)
