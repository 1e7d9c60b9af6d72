"""Instance discrimination, where every image is its own class: the softmax over a memory bank, and over the features of the
batch."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def bank_logits(v: Tensor, rows: Tensor, temperature: float) -> Tensor:
    """Cosines over tau, (N, M), of features v (N, P) with stored unit vectors (M, P)."""
    v = F.normalize(v.float(), dim=1)
    return exact_product(v, rows.t()) / temperature


def instance_softmax(logits: Tensor, own: Tensor) -> Tensor:
    """-ln P(i | v_i), P(i | v) = exp(v_i . v / tau) / sum_j exp(v_j . v / tau) (Wu et al., 1805.01978, Eq. 2 and 3): a softmax
    whose class weights are the stored features. logits: (N, M); own: (N,) the column of the own image of each row. Chance level is
    ln M. The loss of each row (N,), in nats."""
    return F.cross_entropy(logits, own, reduction="none")


class SpreadTerms(NamedTuple):
    """The two terms of `invariant_and_spread`, (N,) of each image, and P(i | x_j) (N, N), instance i in rows and original j in
    columns."""

    invariance: Tensor
    spread: Tensor
    mistaken: Tensor


def invariant_and_spread(original: Tensor, augmented: Tensor, temperature: float) -> SpreadTerms:
    """Ye et al., 1904.03436, Sec. 3: with f the unit features of N images and f' those of their augmented views,

        P(i | x'_i) = exp(f_i . f'_i / tau) / sum_k exp(f_k . f'_i / tau),
        P(i | x_j) = exp(f_i . f_j / tau) / sum_k exp(f_k . f_j / tau),
        loss = -sum_i ln P(i | x'_i) - sum_i sum_{j != i} ln(1 - P(i | x_j)),

    both sums over N here. The second term of image j is that of its original x_j, the sum over i != j. The sum over k includes k =
    j, whose cosine is 1, so that P(i | x_j) is at most 1/2 and no logarithm overflows. original, augmented: (N, P), row i of both
    is one image. In nats."""
    f, g = F.normalize(original.float(), dim=1), F.normalize(augmented.float(), dim=1)
    across, within = (exact_product(f, other.t()) / temperature for other in (g, f))  # (N, N) both, instance k in rows
    invariance = -F.log_softmax(across, dim=0).diagonal()
    mistaken = F.softmax(within, dim=0)
    itself = torch.eye(len(f), dtype=torch.bool, device=f.device)
    spread = -torch.log1p(-mistaken.masked_fill(itself, 0.0)).sum(0)
    return SpreadTerms(invariance, spread, mistaken)
