"""Nearest neighbours in the original space, exact: a block of rows at a time against all the others.

Rows at the same distance come by chance, for each row in another order. In the order of the list, which of a folder is that of the
classes, an encoder that gives every image the same features would seem to tell the classes apart.
"""

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
# The short form of a squared distance is off by about this share of the squared lengths: what differs by less is the same.
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

    A row is never its own neighbour, its copies are. Of more copies than k, chance says which, the same every time. k is cut to
    n - 1. The distance is 1 - cosine, or Euclid's."""
    x = _prepared(features, metric)
    # Distances stay as they are when all rows are moved, and numbers near zero lose fewer digits.
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
    scores = torch.empty(min(chunk, n), n)  # one for all blocks: a new one each time is given out by the kernel page by page
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            # The short form of the squared distance: near 0 where rows are copies, so that a little chance tells them apart.
            score = scores[: len(part)]
            torch.add(squares[None, :], squares[start : start + chunk, None], out=score)
            score.addmm_(part, x.T, alpha=-2)  # (c, n)
            score[torch.arange(len(part)), torch.arange(start, start + len(part))] = torch.inf
            values, candidates = score.topk(many, largest=False)  # (c, k + 8)
            # Rows with others behind their last candidate that are as near as the last one wanted.
            close = values[:, -1] - values[:, k - 1] <= width[start : start + len(part)]
            if many < n - 1 and close.any():
                tied = close.nonzero()[:, 0]
                apart = torch.addcmul(score[tied], chance[first[start + tied]], width[None, :])
                candidates[tied] = apart.topk(many, largest=False).indices
            candidates = candidates.gather(1, shuffled[start : start + len(part)])
            # The short form loses digits where points lie close; a few candidates more, and the long form, put that right.
            exact = torch.cdist(part[:, None, :], x[candidates], compute_mode="donot_use_mm_for_euclid_dist")[:, 0]  # (c, k + 8)
            exact, order = exact.sort(dim=1, stable=True)
            rows[start : start + len(part)] = candidates.gather(1, order)[:, :k]
            distances[start : start + len(part)] = exact[:, :k]
    if metric == "cosine":  # on the unit sphere the squared distance is twice (1 - cosine)
        distances = distances.square() / 2
    return rows.numpy(), distances.numpy()


def drawn(x: Tensor) -> tuple[Tensor, Tensor]:
    """Chance for every pair of n rows (n, D) without n² numbers: windows (n, n) into 2 n numbers from 0 to 1, and which window is
    each row's (n,). The same for the same rows."""
    n = len(x)
    generator = torch.Generator().manual_seed(zlib.crc32(x.contiguous().numpy().tobytes()))
    numbers = torch.rand(2 * n, generator=generator, dtype=x.dtype)
    return numbers.unfold(0, n, 1), torch.randperm(n, generator=generator)


@dataclass(frozen=True, eq=False)
class Near:
    """`rows`: (k,) int64, nearest first; `cosine`: (k,) float32; `distance`: (k,) float32 by the metric, 1 - cosine or Euclid's."""

    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray


def neighbours_of(features: np.ndarray, row: int, k: int = 12, metric: Metric = "cosine", among: np.ndarray | None = None) -> Near:
    """The k rows nearest to one row of (n, D), itself left out, of all or `among` some rows. Those as near as each other come by
    chance, the same every time."""
    if not 0 <= row < len(features):
        raise IndexError(f"row must be from 0 to {len(features) - 1}. Got {row}.")
    others = np.arange(len(features)) if among is None else np.unique(np.asarray(among, np.int64))
    others = others[others != row]
    own = np.concatenate([[row], others])
    unit, x = _prepared(features, "cosine")[own], _prepared(features, metric)[own]
    # In full length, not by the product: points that lie close keep their digits.
    squared = (x[1:] - x[0]).double().square().sum(1)
    chance = np.random.default_rng(row).random(len(others))
    best = torch.from_numpy(np.lexsort((chance, squared.numpy())))[: max(0, k)]
    distance = squared[best] / 2 if metric == "cosine" else squared[best].sqrt()
    cosine = (unit[1:][best] @ unit[0]).clamp(-1, 1)
    return Near(others[best.numpy()], cosine.numpy(), distance.float().numpy())


def _prepared(features: np.ndarray, metric: Metric) -> Tensor:
    x = torch.from_numpy(np.nan_to_num(np.asarray(features, dtype=np.float32), posinf=0.0, neginf=0.0))
    return normalize(x, dim=1) if metric == "cosine" else x
