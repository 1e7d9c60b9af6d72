"""The contrastive loss with a margin: decrease the distance of similar pairs, increase that of others up to a margin."""

from __future__ import annotations

import torch
from torch import Tensor


def distance(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of row i of a and of b, (N,), for embeddings (N, P) that are not normalised."""
    apart: Tensor = (a.float() - b.float()).norm(dim=1)
    return apart


def margin_contrast(same: Tensor, other: Tensor, margin: float) -> Tensor:
    """For each pair, y d^2 + (1 - y) max(0, m - d)^2 (Hadsell et al., CVPR 2006, Eq. 4), y = 1 for two views of an image.

    same: (N,) distances of pairs with y = 1; other: (M,) with y = 0. The paper's Y is 1 - y, and its factor of one half is left
    out. (N + M,), in squared units of the distance. For N = M its mean is m^2 / 2 where all embeddings are equal, and at least
    m^2 / 4 where all distances are equal."""
    return torch.cat([same.square(), (margin - other).clamp(min=0).square()])
