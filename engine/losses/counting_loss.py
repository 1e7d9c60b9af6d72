"""The counting loss: the counts of the parts of an image add up to the counts of the whole image."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class CountingTerms(NamedTuple):
    """Both terms of the loss, each (N,): `equal`, the squared distance of the sum over the parts from the whole; `different`, the
    hinge on its squared distance from the whole of another image."""

    equal: Tensor
    different: Tensor


def squared_distance(a: Tensor, b: Tensor) -> Tensor:
    """|a - b|^2 over the last axis, in float32: (..., C) and (..., C) to (...)."""
    return (a.float() - b.float()).square().sum(-1)


def counting_terms(whole: Tensor, parts: Tensor, other: Tensor, margin: float) -> CountingTerms:
    """Noroozi et al., 1708.06734, Eq. 3-4, whose loss is the sum of the two terms:

        |phi(D x) - sum_j phi(T_j x)|^2  +  max(0, M - |phi(D y) - sum_j phi(T_j x)|^2).

    whole phi(D x): (N, C) counts of the downsampled images; parts phi(T_j x): (N, T, C) of their tiles; other phi(D y): (N, C) of
    another image each. M: a number, compared with the squared distance of the whole vectors (not count by count). In squared
    counts. Where all counts are 0 the two terms are 0 and M."""
    total = parts.float().sum(1)  # (N, C)
    return CountingTerms(squared_distance(whole, total), (margin - squared_distance(other, total)).clamp(min=0))


def unexplained(whole: Tensor, parts: Tensor) -> Tensor:
    """Mean |phi(D x) - sum_j phi(T_j x)|^2 over the mean squared distance of phi(D x) from its own mean: 0 where the parts add up
    exactly, 1 for a constant prediction of the mean count. Shapes as above. Scalar; unbounded where all wholes are equal."""
    spread = squared_distance(whole, whole.float().mean(0, keepdim=True)).mean()
    return squared_distance(whole, parts.float().sum(1)).mean() / spread.clamp(min=torch.finfo(torch.float32).tiny)
