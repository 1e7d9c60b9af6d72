"""The losses of discriminator and generator (Goodfellow et al., 1406.2661; Pathak et al., 1604.07379, Eq. 2)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, generated: Tensor) -> Tensor:
    """- log D(real) - log(1 - D(generated)), D the sigmoid of the logits (N,). The loss of each image (N,), in nats; 2 ln 2 at
    chance level."""
    return F.softplus(-real.float()) + F.softplus(generated.float())


def generator_loss(generated: Tensor) -> Tensor:
    """- log D(generated), the non-saturating loss of the generator (1406.2661, Sec. 3), as in the official code of 1604.07379, from
    logits (N,). The loss of each image (N,), in nats; ln 2 where the discriminator is at chance level."""
    return F.softplus(-generated.float())


def least_squares_discriminator_loss(real: Tensor, generated: Tensor) -> Tensor:
    """((D(real) - 1)^2 + D(generated)^2) / 2, the least-squares loss of the discriminator (Mao et al., 1611.04076, Eq. 9), from
    scores (N, ...) of patches, which need not be between 0 and 1. The loss of each image (N,); .25 where all scores are .5."""
    return ((real.float() - 1).square().flatten(1).mean(1) + generated.float().square().flatten(1).mean(1)) / 2


def least_squares_generator_loss(generated: Tensor) -> Tensor:
    """(D(generated) - 1)^2, the least-squares loss of the generator (1611.04076, Eq. 9, without its factor of a half, as in CUT's
    code), from scores (N, ...) of patches. The loss of each image (N,)."""
    return (generated.float() - 1).square().flatten(1).mean(1)
