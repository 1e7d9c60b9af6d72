"""NT-Xent, the loss of SimCLR."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.per_image import image_means
from engine.losses.products import exact_product


def nt_xent(z1: Tensor, z2: Tensor, temperature: float) -> Tensor:
    """Normalised temperature-scaled cross-entropy over 2N views (Chen et al., 2002.05709, Eq. 1):

        l(i, j) = -log( exp(sim(z_i, z_j) / tau) / sum_{k != i} exp(sim(z_i, z_k) / tau) ),

    averaged over both directions of each pair; the paper's loss is the mean over all N. sim is the cosine. Each view has 2N - 1
    candidates, including the other view of its image, so that chance level is ln(2N - 1).

    Args:
        z1, z2: (N, P) embeddings, row i of both is one image; normalised here.
        temperature: tau, above 0.

    Returns:
        (N,), in nats: each image's loss, at least 0.

    Example:
        Four orthogonal images with two equal views each: the cosine of the positive is 1, that of the six negatives 0.

        >>> import math, torch
        >>> z = torch.eye(4)
        >>> loss = nt_xent(z, z, temperature=0.5)
        >>> torch.allclose(loss, torch.full((4,), math.log(1 + 6 * math.exp(-2))))
        True
    """
    z = F.normalize(torch.cat([z1, z2]).float(), dim=1)  # (2N, P)
    similarity = exact_product(z, z.t()) / temperature  # (2N, 2N)
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    similarity = similarity.masked_fill(itself, float("-inf"))
    n = len(z1)
    partner = torch.arange(2 * n, device=z.device).roll(n)
    return image_means(F.cross_entropy(similarity, partner, reduction="none"))
