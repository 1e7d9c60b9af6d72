"""KoLeo: the distance of each image from its nearest neighbour in the batch, which an even distribution makes large."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product

# Keeps the logarithm of equal images finite, as in the official code.
EPSILON = 1e-8


def koleo(z: Tensor) -> Tensor:
    """-log of the distance of each row from the nearest other one on the unit sphere: the Kozachenko-Leonenko estimate of the
    entropy, up to sign and constant (Sablayrolles et al., 1806.03198; DINOv2 2304.07193, Sec. 4;
    github.com/facebookresearch/dinov2, dinov2/loss/koleo_loss.py).

    Args:
        z: (N, D); normalised here. Which row is the nearest takes no gradient, its distance does, on both sides.

    Returns:
        (N,), in nats, float32: -log 2 for two opposite rows, 18.4 for equal ones; 0 for N = 1.

    Example:
        >>> import torch
        >>> koleo(torch.tensor([[1.0, 0.0], [-3.0, 0.0]]))
        tensor([-0.6931, -0.6931])
    """
    with torch.autocast(z.device.type, enabled=False):
        z = F.normalize(z.float(), dim=1)
        if len(z) < 2:
            return z.sum(1) * 0.0
        cosines = exact_product(z.detach(), z.detach().t()).fill_diagonal_(-2.0)
        distance = F.pairwise_distance(z, z[cosines.argmax(1)], eps=EPSILON)
        return -(distance + EPSILON).log()
