"""Sinkhorn codes and swapped prediction, the loss of SwAV."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float, iterations: int) -> Tensor:
    """Codes (N, K), each row a distribution, that spread the N samples evenly over the K prototypes (SwAV 2006.09882, Eq. 3-5;
    Cuturi 2013): alternately give every prototype the mass 1/K and every sample the mass 1/N of exp(scores / epsilon).

    scores: (N, K) cosines. Computed in logarithms, so that a small epsilon cannot overflow."""
    log_q = scores.float() / epsilon
    n, k = log_q.shape
    for _ in range(iterations):
        log_q = log_q - torch.logsumexp(log_q, dim=0, keepdim=True) - torch.log(torch.tensor(float(k)))
        log_q = log_q - torch.logsumexp(log_q, dim=1, keepdim=True) - torch.log(torch.tensor(float(n)))
    return (log_q + torch.log(torch.tensor(float(n)))).exp()


def swapped_prediction(scores: Tensor, code: Tensor, temperature: float) -> Tensor:
    """Cross-entropy between a code from one view and the softmax of another view's scores (SwAV, Eq. 2). (N, K) each. (N,), in
    nats: each image's."""
    return -(code * F.log_softmax(scores.float() / temperature, dim=1)).sum(1)
