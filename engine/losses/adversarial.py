"""Real against made: the judge's loss and the maker's (Goodfellow et al., 1406.2661; Pathak et al., 1604.07379, Eq. 2)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def judging(real: Tensor, made: Tensor) -> Tensor:
    """- log D(real) - log(1 - D(made)), D the sigmoid of the logits (N,). (N,), in nats, each image's; 2 ln 2 for who guesses."""
    return F.softplus(-real.float()) + F.softplus(made.float())


def deceiving(made: Tensor) -> Tensor:
    """- log D(made), the maker's loss in its form that does not saturate (1406.2661, Sec. 3), as in the official code of
    1604.07379. Logits (N,); (N,), in nats, each image's; ln 2 where the judge guesses."""
    return F.softplus(-made.float())
