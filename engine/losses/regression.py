"""The cosine regressions of BYOL and SimSiam."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def normalised_mse(prediction: Tensor, target: Tensor) -> Tensor:
    """|| p / |p| - t / |t| ||^2 = 2 - 2 cos(p, t) (BYOL 2006.07733, Eq. 2). (N, P) each; gives (N,), each image's, in [0, 4]."""
    return 2.0 - 2.0 * F.cosine_similarity(prediction.float(), target.float(), dim=1)


def negative_cosine(prediction: Tensor, target: Tensor) -> Tensor:
    """-cos(p, t) (SimSiam 2011.10566, Eq. 1). (N, P) each; gives (N,), each image's, in [-1, 1]."""
    return -F.cosine_similarity(prediction.float(), target.float(), dim=1)
