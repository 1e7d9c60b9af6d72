"""InfoNCE with the other images of the batch as negatives: one direction of a contrast between two kinds of view."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def in_batch_logits(query: Tensor, key: Tensor, temperature: float) -> Tensor:
    """Cosines over tau, (N, N): query i down, key j across, so that the diagonal are the positives.

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
    """Each row finds its own column (van den Oord et al., 1807.03748, Eq. 4; Tian et al., 1906.05849, Eq. 2):

        l(i) = -log( exp(cos(q_i, k_i) / tau) / sum_j exp(cos(q_i, k_j) / tau) ).

    Unlike NT-Xent's, the candidates are the N keys alone: queries are not compared with each other, so that a model that knows
    nothing scores ln N. logits: (N, N); its transpose is the other direction. (N,), in nats: each query's."""
    return F.cross_entropy(logits, torch.arange(len(logits), device=logits.device), reduction="none")
