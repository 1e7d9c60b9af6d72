"""NT-Xent without the positive in its denominator: the losses of DCL and FlatNCE, which have the same gradient."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.per_image import image_means


def decoupled(positive: Tensor, negative: Tensor, weight: Tensor | None = None) -> Tensor:
    """For each view, -w s+ + log sum_k e^{s-_k} (Yeh et al., 2110.06848, Eq. 6; w = 1 is their DCL).

    positive: (2N,) and negative: (2N, 2N - 2), cosines over tau, as `candidates` orders them; weight: (2N,) of the positives, all 1
    where None. Chance level is ln(2N - 2); the lower bound is -2 / tau + ln(2N - 2). The loss of each image (N,), in nats: the mean
    over its two views."""
    pull = positive if weight is None else weight * positive
    return image_means(torch.logsumexp(negative, dim=1) - pull)


def von_mises_fisher_weight(cosine: Tensor, sigma: float) -> Tensor:
    """w_i = 2 - e^{c_i / sigma} / mean_j e^{c_j / sigma}: larger weights for less similar pairs, 1 on average (2110.06848).

    cosine: (2N,) of the positive pairs. The weights (2N,) have no gradient, as in lightly; the paper leaves it open."""
    return 2.0 - len(cosine) * F.softmax(cosine.detach() / sigma, dim=0)


def coupling(positive: Tensor, negative: Tensor) -> Tensor:
    """q = 1 - e^{s+} / (e^{s+} + sum e^{s-}) of each view (2N,): the factor, 0 to 1, by which NT-Xent's gradient is smaller than
    that of `decoupled` (2110.06848, Prop. 1)."""
    return torch.sigmoid(torch.logsumexp(negative, dim=1) - positive)


class FlatTerms(NamedTuple):
    """`loss`: (N,) of each image, with a value of 1 and a gradient. `contrast`: the mean of v over all views, `info_nce`: (N,) the
    NT-Xent of each image with the same candidates, both without gradient, in nats. `effective`: the effective number of negatives
    in the gradient, 1 to 2N - 2."""

    loss: Tensor
    contrast: Tensor
    info_nce: Tensor
    effective: Tensor


def flat_nce(positive: Tensor, negative: Tensor) -> FlatTerms:
    """For each view, exp(v - stopgrad(v)), v = log sum_k e^{s-_k - s+} (Chen et al., 2107.01152, FlatNCE).

    Its value is always 1. Its gradient is that of v, in which every negative is weighted by its share of the sum of the negatives
    (the self-normalised contrast); the gradient of NT-Xent has an additional factor that vanishes for similar positives. positive:
    (2N,); negative: (2N, 2N - 2), over tau."""
    v = torch.logsumexp(negative - positive[:, None], dim=1)  # (2N,)
    fixed = v.detach()
    share = F.softmax(negative.detach(), dim=1)
    # log(1 + e^v) is NT-Xent, whose sum also includes the positive.
    effective = (1.0 / share.square().sum(1)).mean()
    return FlatTerms(image_means((v - fixed).exp()), fixed.mean(), image_means(F.softplus(fixed)), effective)
