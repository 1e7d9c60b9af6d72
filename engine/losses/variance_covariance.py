"""Variance, invariance and covariance, the loss of VICReg."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product

# Under the root of Eq. 2, so that a constant dimension still has a finite gradient.
EPSILON = 1e-4


class VICRegTerms(NamedTuple):
    """The three sums of Eq. 6, without their weights."""

    invariance: Tensor
    variance: Tensor
    covariance: Tensor


def vicreg_terms(z1: Tensor, z2: Tensor) -> VICRegTerms:
    """Bardes et al., 2105.04906. With d dimensions and n images:

        invariance = 1 / (n d) sum_i |z1_i - z2_i|^2                                  (Eq. 5)
        variance   = 1 / d sum_j max(0, 1 - sqrt(Var(z_j) + epsilon))                 (Eq. 1, 2), the mean of both views
        covariance = 1 / d sum_{j != k} C_jk^2, C = covariance matrix over the batch  (Eq. 3, 4), the sum of both views

    Invariance per dimension and variance averaged over the views as in the official code; in the paper Eq. 5 has no 1 / d and Eq. 6
    adds the views. z1, z2: (n, d), row i of both is one image, n at least 2; not normalised. Three scalars."""
    z1, z2 = z1.float(), z2.float()
    variance = (_hinge(z1) + _hinge(z2)) / 2
    covariance = _off_diagonal(covariance_matrix(z1)) + _off_diagonal(covariance_matrix(z2))
    return VICRegTerms(F.mse_loss(z1, z2), variance, covariance)


def covariance_matrix(z: Tensor) -> Tensor:
    """(d, d) of embeddings (n, d), over n - 1 (Eq. 3)."""
    centred = z.float() - z.float().mean(0)
    return exact_product(centred.t(), centred) / (len(z) - 1)


def _hinge(z: Tensor) -> Tensor:
    return F.relu(1.0 - (z.var(0) + EPSILON).sqrt()).mean()


def _off_diagonal(c: Tensor) -> Tensor:
    # The diagonal is subtracted before the squares are summed: afterwards, small terms would be lost in rounding errors.
    return (c - torch.diag(torch.diagonal(c))).square().sum() / len(c)
