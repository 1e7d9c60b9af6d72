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
