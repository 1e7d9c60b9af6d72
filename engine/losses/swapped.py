"""Sinkhorn codes and swapped prediction, the loss of SwAV."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float, iterations: int) -> Tensor:
    """Codes (N, K), each row a distribution, with an equal partition of the N samples over the K prototypes (SwAV 2006.09882,
    Eq. 3-5; Cuturi 2013): exp(scores / epsilon), with its columns scaled to sums of 1/K and its rows to sums of 1/N in turn.

    Args:
        scores: (..., N, K) cosines; each matrix of a batch by itself.
        epsilon: above 0; smaller values give codes nearer to one-hot. Computed with logarithms, so that nothing overflows.
        iterations: at least 1.

    Returns:
        As the scores, each row adding up to 1.

    Example:
        Both samples are nearest to the first prototype, the first sample by more: the second sample is assigned to the other one.

        >>> import torch
        >>> sinkhorn(torch.tensor([[1.0, 0.0], [0.9, 0.5]]), epsilon=0.05, iterations=20).argmax(1)
        tensor([0, 1])
    """
    log_q = scores.float() / epsilon
    n, k = log_q.shape[-2:]
    for _ in range(iterations):
        log_q = log_q - torch.logsumexp(log_q, dim=-2, keepdim=True) - torch.log(torch.tensor(float(k)))
        log_q = log_q - torch.logsumexp(log_q, dim=-1, keepdim=True) - torch.log(torch.tensor(float(n)))
    return (log_q + torch.log(torch.tensor(float(n)))).exp()


def swapped_prediction(scores: Tensor, code: Tensor, temperature: float) -> Tensor:
    """Cross-entropy between a code from one view and the softmax of another view's scores (SwAV, Eq. 2).

    Args:
        scores: (N, K) cosines of one view.
        code: (N, K) distributions of the other view.
        temperature: above 0.

    Returns:
        (N,), in nats: the loss of each image, at least 0.

    Example:
        >>> import math, torch
        >>> loss = swapped_prediction(torch.zeros(1, 4), torch.eye(4)[:1], temperature=0.1)
        >>> bool(torch.isclose(loss[0], torch.tensor(math.log(4))))
        True
    """
    return -(code * F.log_softmax(scores.float() / temperature, dim=1)).sum(1)
