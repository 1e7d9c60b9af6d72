"""The counting loss: what is counted in the parts must add up to what is counted in the whole."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class CountingTerms(NamedTuple):
    """Both terms of the loss, each (N,): `equal`, how far the parts' sum is from the whole; `different`, how far it comes within
    the margin of another image's whole."""

    equal: Tensor
    different: Tensor


def squared_distance(a: Tensor, b: Tensor) -> Tensor:
    """|a - b|^2 over the last axis, in float32: (..., C) and (..., C) to (...)."""
    return (a.float() - b.float()).square().sum(-1)


def counting_terms(whole: Tensor, parts: Tensor, other: Tensor, margin: float) -> CountingTerms:
    """Noroozi et al., 1708.06734, Eq. 3-4, whose loss is the sum of the two terms:

        |phi(D x) - sum_j phi(T_j x)|^2  +  max(0, M - |phi(D y) - sum_j phi(T_j x)|^2).

    whole phi(D x): (N, C) counts of the images made smaller; parts phi(T_j x): (N, T, C) of their tiles; other phi(D y): (N, C) of
    another image each. M: a number, compared with the squared distance of the whole vectors (not count by count). In squared
    counts. Where all counts are 0 the two terms are 0 and M."""
    total = parts.float().sum(1)  # (N, C)
    return CountingTerms(squared_distance(whole, total), (margin - squared_distance(other, total)).clamp(min=0))


def unexplained(whole: Tensor, parts: Tensor) -> Tensor:
    """Mean |phi(D x) - sum_j phi(T_j x)|^2 over the mean squared distance of phi(D x) from its own mean: 0 where the parts add up
    exactly, 1 for who answers the mean count every time. Shapes as above. Scalar; beyond all bounds where the wholes are alike."""
    spread = squared_distance(whole, whole.float().mean(0, keepdim=True)).mean()
    return squared_distance(whole, parts.float().sum(1)).mean() / spread.clamp(min=torch.finfo(torch.float32).tiny)
