"""Real against made: the judge's loss and the maker's (Goodfellow et al., 1406.2661; Pathak et al., 1604.07379, Eq. 2)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def judging(real: Tensor, made: Tensor) -> Tensor:
    """- mean log D(real) - mean log(1 - D(made)), D the sigmoid of the logits (N,). Scalar, in nats; 2 ln 2 for who guesses."""
    return F.softplus(-real.float()).mean() + F.softplus(made.float()).mean()


def deceiving(made: Tensor) -> Tensor:
    """- mean log D(made), the maker's loss in its form that does not saturate (1406.2661, Sec. 3), as in the official code of
    1604.07379. Logits (N,); scalar, in nats; ln 2 where the judge guesses."""
    return F.softplus(-made.float()).mean()
