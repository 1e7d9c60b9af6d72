"""Agreement of two spaces on the same samples: shared nearest neighbours, and linear CKA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.embed.feature_neighbours import nearest
from engine.execute.progress import ProgressCallback, no_progress, part_of

K = 15


@dataclass(frozen=True, eq=False)
class Agreement:
    """Agreement for n samples. `kept`: (n,) share of a sample's k nearest neighbours in one space that are among its k nearest in
    the other. `gone`: (n,) how far its neighbours in one space are in the other, averaged over both directions, as the mean share
    of all samples that are nearer; about 0.5 for unrelated spaces. `k`: number of neighbours. `cka`: linear CKA, NaN where a space
    has collapsed to a point."""

    kept: np.ndarray
    gone: np.ndarray
    k: int
    cka: float

    @property
    def share(self) -> float:
        """Mean of `kept`; NaN of no samples."""
        return float(self.kept.mean()) if len(self.kept) else float("nan")

    @property
    def chance(self) -> float:
        """The expected `share` of unrelated spaces: k of the n - 1 others."""
        return self.k / (len(self.kept) - 1) if len(self.kept) > 1 else float("nan")

    @property
    def order(self) -> np.ndarray:
        """(n,) indices of the samples, those whose neighbours changed most first; at equal `kept` by `gone`, then in a fixed random
        order."""
        chance = np.random.default_rng(0).random(len(self.kept))
        order: np.ndarray = np.lexsort((chance, -self.gone, self.kept))
        return order


def agree(one: np.ndarray, other: np.ndarray, k: int = K, tick: ProgressCallback | None = None) -> Agreement:
    """Features (n, D) and (n, E) of the same n samples in two spaces, by the cosine. k is cut to n - 1. `tick` is
    called with the fraction done, 0 to 1; its errors are passed on."""
    if len(one) != len(other):
        raise ValueError(f"both spaces must have as many rows. Got {len(one)} and {len(other)}.")
    k = max(0, min(k, len(one) - 1))
    if k == 0:
        return Agreement(np.ones(len(one)), np.zeros(len(one)), 0, linear_cka(one, other))
    report = tick or no_progress
    first = nearest(one, k)[0]
    report(0.25)
    second = nearest(other, k)[0]
    kept = (first[:, :, None] == second[:, None, :]).any(2).mean(1)
    gone = _ranks(other, first, part_of(report, 0.5, 0.75)) + _ranks(one, second, part_of(report, 0.75, 1.0))
    return Agreement(kept, gone / 2, k, linear_cka(one, other))


def linear_cka(one: np.ndarray, other: np.ndarray) -> float:
    """Linear centred kernel alignment of features (n, D) and (n, E), 0 to 1: |XᵀY|² / (|XᵀX| |YᵀY|) of the centred features, in
    Frobenius norms (Kornblith et al. 2019, 1905.00414, equation 7). It is invariant to rotation and isotropic scaling.

    With few samples beside many dimensions it is too high (of n rows of pure noise in d dimensions about d / (n + d)). NaN where a
    space has no spread."""
    x, y = _centred(one), _centred(other)
    if not len(x):
        return float("nan")
    # The smaller of the two products, over dimensions or over samples: the trace is cyclic.
    if max(x.shape[1], y.shape[1]) <= len(x):
        shared, own, others = x.T @ y, x.T @ x, y.T @ y
        top = shared.square().sum()
    else:
        own, others = x @ x.T, y @ y.T
        top = (own * others).sum()
    bottom = own.norm() * others.norm()
    return float(top / bottom) if float(bottom) > 0 else float("nan")


def _centred(features: np.ndarray) -> Tensor:
    x = torch.from_numpy(np.nan_to_num(np.asarray(features, dtype=np.float64), posinf=0.0, neginf=0.0))
    return x - x.mean(0, keepdim=True) if len(x) else x


def _ranks(features: np.ndarray, rows: np.ndarray, tick: ProgressCallback | None, chunk: int = 512) -> np.ndarray:
    """(n,) for each sample the mean share of the others that are nearer to it in (n, D) than its neighbours `rows` (n, k) are."""
    x = normalize(torch.from_numpy(np.nan_to_num(np.asarray(features, dtype=np.float32), posinf=0.0, neginf=0.0)), dim=1)
    near, n = torch.from_numpy(rows), len(x)
    ranks = torch.empty(n)
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            cosine = part @ x.T  # (c, n)
            cosine[torch.arange(len(part)), torch.arange(start, start + len(part))] = -torch.inf
            own = cosine.gather(1, near[start : start + len(part)]).sort(1).values  # (c, k)
            # For each sample, summed over the others: how many of the k neighbours are farther.
            nearer = torch.searchsorted(own, cosine, out_int32=True).sum(1)  # (c,)
            ranks[start : start + len(part)] = nearer / (own.shape[1] * max(1, n - 2))
            if tick is not None:
                tick(min(1.0, (start + chunk) / n))
    return ranks.numpy().astype(np.float64)
