"""InfoNCE against a queue, the loss of MoCo."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def info_nce_logits(query: Tensor, key: Tensor, queue: Tensor, temperature: float) -> Tensor:
    """Cosine of each query with its key first, then with the vectors of the queue, over tau.

    Args:
        query: (N, P); normalised here.
        key: (N, P), without gradient; normalised here.
        queue: (K, P) unit vectors.
        temperature: tau, above 0.

    Returns:
        (N, 1 + K).

    Example:
        >>> import torch
        >>> info_nce_logits(torch.eye(2), torch.eye(2), torch.tensor([[0.0, 1.0]]), temperature=0.5)
        tensor([[2., 0.],
                [2., 2.]])
    """
    q = F.normalize(query.float(), dim=1)
    k = F.normalize(key.float(), dim=1)
    positive = (q * k).sum(1, keepdim=True)  # (N, 1)
    negative = exact_product(q, queue.t())  # (N, K)
    return torch.cat([positive, negative], dim=1) / temperature


def info_nce(logits: Tensor) -> Tensor:
    """-log softmax of the first column (He et al., 1911.05722, Eq. 1).

    Args:
        logits: (N, 1 + K), the positive first.

    Returns:
        (N,), in nats: each query's loss, at least 0; chance level is ln(1 + K).

    Example:
        >>> import math, torch
        >>> bool(torch.isclose(info_nce(torch.zeros(1, 8))[0], torch.tensor(math.log(8))))
        True
    """
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device), reduction="none")
