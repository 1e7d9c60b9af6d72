"""PatchNCE, the loss of CUT: a patch of a translation must be recognised as the patch that it was made of."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def patch_nce(query: Tensor, key: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """Each query is classified among the keys of its own image (Park et al., 2007.15651, Eq. 3-4):

        L = -log( exp(q_i . k_i / tau) / sum_j exp(q_i . k_j / tau) ),

    averaged over the P positions of an image. The official code appends the positive to a row whose diagonal is filled with
    -10 / tau; at a tau of .07 that is the same number.

    Args:
        query: (N, P, D) unit vectors at the positions of the translation.
        key: (N, P, D) unit vectors at the same positions of the source; they get no gradient.
        temperature: tau, above 0.

    Returns:
        The loss of each image (N,), in nats, ln P for constant vectors; and the share of queries (N,) that are most similar to
        their own key.

    Example:
        >>> import torch
        >>> loss, share = patch_nce(torch.ones(1, 4, 1), torch.ones(1, 4, 1), temperature=0.07)
        >>> round(loss.item(), 3)
        1.386
    """
    logits = torch.bmm(query.float(), key.detach().float().transpose(1, 2)) / temperature  # (N, P, P)
    own = torch.arange(logits.shape[1], device=logits.device).expand(logits.shape[:2])
    loss = F.cross_entropy(logits.transpose(1, 2), own, reduction="none").mean(1)
    return loss, (logits.detach().argmax(2) == own).float().mean(1)
