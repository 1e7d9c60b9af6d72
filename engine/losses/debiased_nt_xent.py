"""NT-Xent with a correction for negatives of the anchor's own class, and with weights for hard negatives."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from engine.losses.per_image import image_means


class DebiasedTerms(NamedTuple):
    """`loss`: (N,), in nats, of each image: the mean over its two views. `floored`: (2N,) bool, views whose estimate was below its
    lower bound and was clamped to it."""

    loss: Tensor
    floored: Tensor


def debiased(
    positive: Tensor, negative: Tensor, temperature: float, tau_plus: float, weight: Tensor | None = None
) -> DebiasedTerms:
    """For each view, -log(e^{s+} / (e^{s+} + Ng)), with N = 2N_images - 2 negatives and

        Ng = max( (sum_i w_i e^{s-_i} - N tau+ e^{s+}) / (1 - tau+),  N e^{-1 / tau} )

    (Chuang et al., 2007.00224, Eq. 7 and 8 with M = 1 positive; with weights, Robinson et al., 2010.04592). A share tau+ of random
    negatives is of the anchor's own class; their similarity is estimated by that of the positive, and subtracted. The lower bound
    is the sum for N opposite views. With tau+ = 0 and no weights, Ng is the sum of the negatives and the loss is NT-Xent.

    positive: (2N,), negative: (2N, 2N - 2), cosines over tau, as `candidates` orders them; weight: like negative, with a
    mean of 1 in each row; tau_plus: below 1."""
    n = negative.shape[1]
    # e^s overflows for small tau: every row is divided by its largest term.
    top = torch.maximum(positive, negative.amax(1)).detach()
    pos, neg = (positive - top).exp(), (negative - top[:, None]).exp()
    total = neg.sum(1) if weight is None else (weight * neg).sum(1)
    estimate = (total - n * tau_plus * pos) / (1.0 - tau_plus)  # (2N,)
    floor = n * (-1.0 / temperature - top).exp()
    loss = (pos + estimate.clamp(min=floor)).log() + top - positive
    return DebiasedTerms(image_means(loss), estimate.detach() < floor)


def hardness(negative: Tensor, beta: float) -> Tensor:
    """w_i = e^{beta s_i} / mean_j e^{beta s_j}: importance weights (2N, 2N - 2), with a mean of 1 in each row, of negatives with a
    density proportional to e^{beta s} (Robinson et al., 2010.04592, Sec. 3, and their code, which takes s = cosine over tau). All
    exactly 1 for beta = 0."""
    raised = (beta * (negative - negative.amax(1, keepdim=True).detach())).exp()
    return raised / raised.mean(1, keepdim=True)


def push(positive: Tensor, negative: Tensor, temperature: float, tau_plus: float) -> Tensor:
    """The derivative of the debiased loss of each view by s-_i, (2N, 2N - 2), 0 or more: the gradient on each negative. It is 0 for
    a view whose estimate is clamped to its lower bound."""
    n = negative.shape[1]
    top = torch.maximum(positive, negative.amax(1))
    pos, neg = (positive - top).exp(), (negative - top[:, None]).exp()
    estimate = (neg.sum(1) - n * tau_plus * pos) / (1.0 - tau_plus)
    floor = n * (-1.0 / temperature - top).exp()
    force = neg / (1.0 - tau_plus) / (pos + estimate).clamp(min=1e-12)[:, None]
    return force * (estimate >= floor)[:, None]
