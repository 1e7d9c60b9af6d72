"""InfoNCE with the other images of the batch as negatives, in one direction between two kinds of view."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def in_batch_logits(query: Tensor, key: Tensor, temperature: float) -> Tensor:
    """Cosines over tau, (N, N): query i in row i, key j in column j, so that the positives are on the diagonal.

    Args:
        query, key: (N, P), row i of both is one image; normalised here.
        temperature: tau, above 0.

    Returns:
        (N, N).

    Example:
        >>> import torch
        >>> in_batch_logits(torch.eye(2), torch.eye(2), temperature=0.1)
        tensor([[10.,  0.],
                [ 0., 10.]])
    """
    q, k = F.normalize(query.float(), dim=1), F.normalize(key.float(), dim=1)
    return exact_product(q, k.t()) / temperature


def in_batch_nce(logits: Tensor) -> Tensor:
    """Each row is classified as its own column (van den Oord et al., 1807.03748, Eq. 4; Tian et al., 1906.05849, Eq. 2):

        l(i) = -log( exp(cos(q_i, k_i) / tau) / sum_j exp(cos(q_i, k_j) / tau) ).

    Unlike in NT-Xent, the candidates are the N keys only: queries are not compared with each other, so that chance level is ln N.
    logits: (N, N); the transpose is for the other direction. The loss of each query (N,), in nats."""
    return F.cross_entropy(logits, torch.arange(len(logits), device=logits.device), reduction="none")
