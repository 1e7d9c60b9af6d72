"""Exact nearest neighbours in the original space, computed in blocks of rows.

Ties are broken at random, in another order for each row. In the order of the list, which for a folder is the order of the classes,
an encoder with the same features for every image would seem to separate the classes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.config.errors import complain

Metric = Literal["cosine", "euclidean"]
METRICS: tuple[Metric, ...] = get_args(Metric)
# |a|² + |b|² - 2ab has a rounding error of about this share of the squared norms: smaller differences count as ties.
ROUNDING = 1e-6
LEAST = 1e-30


def as_metric(name: str) -> Metric:
    """The metric of this name. ConfigError where there is none."""
    for metric in METRICS:
        if metric == name:
            return metric
    raise complain("metric", f"one of {', '.join(METRICS)}", name)


def nearest(features: np.ndarray, k: int, metric: Metric = "cosine", chunk: int = 1024) -> tuple[np.ndarray, np.ndarray]:
    """For each of n rows (n, D) its k nearest other rows, nearest first: rows (n, k) int64 and distances (n, k) float32.

    A row is never its own neighbour, but its copies are. Of more than k copies a random choice is taken, the same every time. k is
    at most n - 1. The distance is 1 - cosine, or Euclidean."""
    x = _prepared(features, metric)
    # Centring does not change distances, and numbers near zero lose fewer digits.
    x = x - x.mean(0, keepdim=True) if len(x) else x
    n = len(x)
    k = max(0, min(k, n - 1))
    rows, distances = torch.empty(n, k, dtype=torch.int64), torch.empty(n, k)
    if k == 0:
        return rows.numpy(), distances.numpy()
    squares = x.square().sum(1)
    chance, first = drawn(x)
    width = squares * ROUNDING + LEAST
    many = min(k + 8, n - 1)
    shuffled = torch.rand(n, many, generator=torch.Generator().manual_seed(0)).argsort(1)
    scores = torch.empty(min(chunk, n), n)  # one buffer for all blocks: allocating a new one each time is slow
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            # |a|² + |b|² - 2ab, near 0 for copies; a small random number breaks ties.
            score = scores[: len(part)]
            torch.add(squares[None, :], squares[start : start + chunk, None], out=score)
            score.addmm_(part, x.T, alpha=-2)  # (c, n)
            score[torch.arange(len(part)), torch.arange(start, start + len(part))] = torch.inf
            values, candidates = score.topk(many, largest=False)  # (c, k + 8)
            # Rows with ties beyond their last candidate.
            close = values[:, -1] - values[:, k - 1] <= width[start : start + len(part)]
            if many < n - 1 and close.any():
                tied = close.nonzero()[:, 0]
                apart = torch.addcmul(score[tied], chance[first[start + tied]], width[None, :])
                candidates[tied] = apart.topk(many, largest=False).indices
            candidates = candidates.gather(1, shuffled[start : start + len(part)])
            # |a|² + |b|² - 2ab loses digits for close points: take a few more candidates and compute their distances directly.
            exact = torch.cdist(part[:, None, :], x[candidates], compute_mode="donot_use_mm_for_euclid_dist")[:, 0]  # (c, k + 8)
            exact, order = exact.sort(dim=1, stable=True)
            rows[start : start + len(part)] = candidates.gather(1, order)[:, :k]
            distances[start : start + len(part)] = exact[:, :k]
    if metric == "cosine":  # on the unit sphere the squared distance is twice (1 - cosine)
        distances = distances.square() / 2
    return rows.numpy(), distances.numpy()


def drawn(x: Tensor) -> tuple[Tensor, Tensor]:
    """A random number for every pair of n rows (n, D) without n² numbers: windows (n, n) into 2 n numbers from 0 to 1, and each
    row's window (n,). The same for the same rows."""
    n = len(x)
    generator = torch.Generator().manual_seed(zlib.crc32(x.contiguous().numpy().tobytes()))
    numbers = torch.rand(2 * n, generator=generator, dtype=x.dtype)
    return numbers.unfold(0, n, 1), torch.randperm(n, generator=generator)


@dataclass(frozen=True, eq=False)
class Near:
    """`rows`: (k,) int64, nearest first; `cosine`: (k,) float32; `distance`: (k,) float32 by the metric, 1 - cosine or
    Euclidean."""

    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray


def neighbours_of(features: np.ndarray, row: int, k: int = 12, metric: Metric = "cosine", among: np.ndarray | None = None) -> Near:
    """The k rows nearest to one row of (n, D), without itself, of all or `among` some rows. Ties are broken at random, the same
    every time."""
    if not 0 <= row < len(features):
        raise IndexError(f"row must be from 0 to {len(features) - 1}. Got {row}.")
    others = np.arange(len(features)) if among is None else np.unique(np.asarray(among, np.int64))
    others = others[others != row]
    own = np.concatenate([[row], others])
    unit, x = _prepared(features, "cosine")[own], _prepared(features, metric)[own]
    # Differences, not the product: close points keep their digits.
    squared = (x[1:] - x[0]).double().square().sum(1)
    chance = np.random.default_rng(row).random(len(others))
    best = torch.from_numpy(np.lexsort((chance, squared.numpy())))[: max(0, k)]
    distance = squared[best] / 2 if metric == "cosine" else squared[best].sqrt()
    cosine = (unit[1:][best] @ unit[0]).clamp(-1, 1)
    return Near(others[best.numpy()], cosine.numpy(), distance.float().numpy())


def _prepared(features: np.ndarray, metric: Metric) -> Tensor:
    x = torch.from_numpy(np.nan_to_num(np.asarray(features, dtype=np.float32), posinf=0.0, neginf=0.0))
    return normalize(x, dim=1) if metric == "cosine" else x


def nearest_to(
    features: np.ndarray, new: np.ndarray, k: int, metric: Metric = "cosine"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of m new rows (m, D) its k nearest of n rows (n, D), nearest first: rows (m, k) int64, distances (m, k) float32 by
    the metric (1 - cosine or Euclidean) and cosines (m, k) float32. k is at most n. Equal rows are in the order of `features`."""
    k = max(0, min(k, len(features)))
    rows = np.empty((len(new), k), np.int64)
    distances, cosines = np.empty((len(new), k), np.float32), np.empty((len(new), k), np.float32)
    x, unit = _prepared(features, metric), _prepared(features, "cosine")
    own, own_unit = _prepared(new, metric), _prepared(new, "cosine")
    with torch.no_grad():
        for number in range(len(new)):
            squared = (x - own[number]).double().square().sum(1)
            best = torch.argsort(squared, stable=True)[:k]
            distance = squared[best] / 2 if metric == "cosine" else squared[best].sqrt()
            rows[number] = best.numpy()
            distances[number] = distance.float().numpy()
            cosines[number] = (unit[best] @ own_unit[number]).clamp(-1, 1).numpy()
    return rows, distances, cosines
