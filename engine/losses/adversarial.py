"""The losses of discriminator and generator (Goodfellow et al., 1406.2661; Pathak et al., 1604.07379, Eq. 2)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, generated: Tensor) -> Tensor:
    """- log D(real) - log(1 - D(generated)), D the sigmoid of the logits (N,). (N,), in nats, of each image; 2 ln 2 at chance."""
    return F.softplus(-real.float()) + F.softplus(generated.float())


def generator_loss(generated: Tensor) -> Tensor:
    """- log D(generated), the loss of the generator in its form that does not saturate (1406.2661, Sec. 3), as in the official code
    of 1604.07379. Logits (N,); (N,), in nats, of each image; ln 2 where the discriminator is at chance."""
    return F.softplus(-generated.float())
