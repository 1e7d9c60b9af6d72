"""Noise-contrastive estimation: logistic regression between data and noise."""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor


def log_ratio(log_density: Tensor, noise_log_density: float, k: int) -> Tensor:
    """ln p_m - ln(k p_n): the logit of "this came from the data" for k noise samples per data sample (Gutmann and
    Hyvarinen, AISTATS 2010, Sec. 2.1, for k = 1; JMLR 2012 for any k). log_density: ln p_m of any shape."""
    return log_density.float() - (math.log(k) + noise_log_density)


def noise_contrast(data: Tensor, noise: Tensor) -> Tensor:
    """-ln h(x_i) - sum_j ln(1 - h(y_ij)) with h = sigmoid of `log_ratio` (2010, Sec. 2.1; Wu et al., 1805.01978, Eq. 7).

    data: (N,) log ratios of the data; noise: (N, k) of the noise. In the limit of much data its minimum is at the normalised
    density of the data. Where p_m = p_n it is ln(k + 1) + k ln(1 + 1/k), near ln k + 1. The loss of each data sample (N,), in
    nats."""
    return F.softplus(-data.float()) + F.softplus(noise.float()).sum(1)


def chance_loss(k: int) -> float:
    """The loss where the density of the model is that of the noise."""
    return math.log(k + 1) + k * math.log1p(1 / k)
