"""Whitened features of a teacher as targets, and the loss of their prediction (Wei et al., 2205.14141)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

BETA = 2.0


def whiten(tokens: Tensor) -> Tensor:
    """Each token with mean 0 and variance 1 over its channels: a layer normalisation without scale and shift (2205.14141).
    Teachers of different kinds then have targets of one size.

    Args:
        tokens: (N, T, D).

    Returns:
        (N, T, D) float32.

    Example:
        >>> import torch
        >>> whiten(torch.tensor([[[1.0, 3.0]]])).round()
        tensor([[[-1.,  1.]]])
    """
    return F.layer_norm(tokens.float(), tokens.shape[-1:])


def feature_loss(prediction: Tensor, target: Tensor, beta: float = BETA) -> Tensor:
    """The smooth L1 loss of each token: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, as a mean over the channels
    (2205.14141, with a beta of 2).

    Args:
        prediction, target: (N, T, D).
        beta: above 0; where the square ends and the line begins.

    Returns:
        (N, T).

    Example:
        >>> import torch
        >>> feature_loss(torch.tensor([[[1.0], [4.0]]]), torch.zeros(1, 2, 1))
        tensor([[0.2500, 3.0000]])
    """
    return F.smooth_l1_loss(prediction.float(), target.float(), reduction="none", beta=beta).mean(-1)
