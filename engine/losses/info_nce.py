"""InfoNCE against a queue, the loss of MoCo."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def info_nce_logits(query: Tensor, key: Tensor, queue: Tensor, temperature: float) -> Tensor:
    """Logits (N, 1 + K): cosine of each query with its key first, then with the K vectors of the queue, over tau.

    query, key: (N, P), key without gradient; queue: (K, P) unit vectors."""
    q = F.normalize(query.float(), dim=1)
    k = F.normalize(key.float(), dim=1)
    positive = (q * k).sum(1, keepdim=True)  # (N, 1)
    negative = exact_product(q, queue.t())  # (N, K)
    return torch.cat([positive, negative], dim=1) / temperature


def info_nce(logits: Tensor) -> Tensor:
    """-log softmax of the first column (He et al., 1911.05722, Eq. 1). logits: (N, 1 + K). (N,), in nats: each query's."""
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device), reduction="none")
