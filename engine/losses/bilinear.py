"""InfoNCE with a bilinear similarity that is learned."""

from __future__ import annotations

from torch import Tensor

from engine.losses.products import exact_product


def bilinear_logits(query: Tensor, key: Tensor, weight: Tensor) -> Tensor:
    """Similarities q_i^T W k_j of queries and keys (Laskin, Srinivas and Abbeel, 2004.04136, Sec. 4.4; the form is that of CPC,
    1807.03748, Eq. 3), less the largest of each row, as in the official code: that changes no softmax.

    Args:
        query, key: (N, z), row i of both is one observation; not normalised.
        weight: (z, z), W.

    Returns:
        (N, N), the positives on the diagonal, no entry above 0.

    Example:
        >>> import torch
        >>> bilinear_logits(torch.eye(2), torch.eye(2), weight=3 * torch.eye(2))
        tensor([[ 0., -3.],
                [-3.,  0.]])
    """
    logits = exact_product(query.float(), exact_product(weight.float(), key.float().t()))
    return logits - logits.max(dim=1, keepdim=True).values.detach()
