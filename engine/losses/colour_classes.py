"""Classification of colours with larger weights for rare colours (Zhang et al., 1603.08511, Sec. 2)."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.distributed.rows import rank_mean


def rarity(frequency: Tensor, mix: float) -> Tensor:
    """The weight of each bin (Eq. 4): w = 1 / ((1 - mix) * p + mix / Q), scaled so that its mean over the distribution of
    colours, sum p w, is 1. frequency: (Q,) p, adding up to 1; mix: lambda, 1 makes all weights 1."""
    p = frequency.float()
    w = 1 / ((1 - mix) * p + mix / len(p)).clamp(min=1e-12)
    return w / (p * w).sum().clamp(min=1e-12)


def bin_cross_entropy(logits: Tensor, picked: Tensor, shares: Tensor, weight: Tensor) -> Tensor:
    """The mean over the pixels of all images, weighted by v, of - sum_q Z_q log softmax(logits)_q (Eq. 2; there the weighted sum).

    logits: (N, Q, h, w); Z is given by its bins `picked` (N, k, h, w) and their `shares` (N, k, h, w), 0 elsewhere;
    weight: (N, h, w) v, 0 or more. Chance level is ln Q. The loss of each image (N,), in nats: the sum over its pixels divided by
    the mean weight of an image, so that the mean over the images is the mean over all pixels."""
    log_p = torch.gather(logits.float().log_softmax(1), 1, picked)  # (N, k, h, w)
    v = weight.float()
    own = -((log_p * shares.float()).sum(1) * v).sum((1, 2))  # (N,)
    return own * (len(v) / rank_mean(v.sum()).clamp(min=1e-12))
