"""Cross-correlation towards the identity, the loss of Barlow Twins."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from engine.losses.products import exact_product


class BarlowTerms(NamedTuple):
    """The two sums of Eq. 1, the second without its weight, and the matrix (P, P)."""

    invariance: Tensor
    redundancy: Tensor
    correlation: Tensor


def cross_correlation(z1: Tensor, z2: Tensor) -> BarlowTerms:
    """C = Z1^T Z2 / N with each column standardised over the batch (Zbontar et al., 2103.03230, Eq. 2); invariance is
    sum_i (1 - C_ii)^2, redundancy sum_{i != j} C_ij^2 (Eq. 1).

    Args:
        z1, z2: (N, P) embeddings, row i of both is one image; N at least 2.

    Returns:
        The two terms, both at least 0.

    Example:
        Two equal dimensions: the diagonal is 1, without loss, and both entries off the diagonal are 1.

        >>> import torch
        >>> z = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, -1.0]])
        >>> terms = cross_correlation(z, z)
        >>> round(float(terms.invariance), 3), round(float(terms.redundancy), 3)
        (0.0, 2.0)
    """
    c = exact_product(_standardise(z1).t(), _standardise(z2)) / len(z1)  # (P, P)
    diagonal = torch.diagonal(c)
    invariance = (1.0 - diagonal).square().sum()
    # The diagonal is subtracted before the squares are summed: afterwards, small terms would be lost in rounding errors.
    redundancy = (c - torch.diag(diagonal)).square().sum()
    return BarlowTerms(invariance, redundancy, c)


def _standardise(z: Tensor) -> Tensor:
    z = z.float()
    # The epsilon of batch normalisation: a constant column gives 0, not NaN.
    return (z - z.mean(0)) / (z.var(0, unbiased=False) + 1e-5).sqrt()
