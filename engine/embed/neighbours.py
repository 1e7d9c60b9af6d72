"""Nearest neighbours in the original space, exact: a block of rows at a time against all the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

Metric = Literal["cosine", "euclidean"]


def nearest(features: np.ndarray, k: int, metric: Metric = "cosine", chunk: int = 1024) -> tuple[np.ndarray, np.ndarray]:
    """For each of n rows (n, D) its k nearest other rows, nearest first: rows (n, k) int64 and distances (n, k) float32.

    A row is never its own neighbour, its copies are. k is cut to n - 1. The distance is 1 - cosine, or Euclid's."""
    x = _prepared(features, metric)
    n = len(x)
    k = max(0, min(k, n - 1))
    rows, distances = torch.empty(n, k, dtype=torch.int64), torch.empty(n, k)
    if k == 0:
        return rows.numpy(), distances.numpy()
    squares = x.square().sum(1)
    scores = torch.empty(min(chunk, n), n)  # one for all blocks: a new one each time is given out by the kernel page by page
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            # Twice the squared distance less what is the same for the whole row: enough to rank by.
            score = torch.addmm(squares[None, :], part, x.T, alpha=-2, out=scores[: len(part)])  # (c, n)
            own = torch.arange(start, start + len(part))
            score[torch.arange(len(part)), own] = torch.inf
            candidates = score.topk(min(k + 8, n - 1), largest=False).indices  # (c, k + 8)
            # The short form loses digits where points lie close; a few candidates more, and the long form, put that right.
            exact = torch.cdist(part[:, None, :], x[candidates], compute_mode="donot_use_mm_for_euclid_dist")[:, 0]  # (c, k + 8)
            exact, order = exact.sort(dim=1, stable=True)
            rows[start : start + len(part)] = candidates.gather(1, order)[:, :k]
            distances[start : start + len(part)] = exact[:, :k]
    if metric == "cosine":  # on the unit sphere the squared distance is twice (1 - cosine)
        distances = distances.square() / 2
    return rows.numpy(), distances.numpy()


@dataclass(frozen=True, eq=False)
class Near:
    """`rows`: (k,) int64, nearest first; `cosine`: (k,) float32; `distance`: (k,) float32 by the metric, 1 - cosine or Euclid's."""

    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray


def neighbours_of(features: np.ndarray, row: int, k: int = 12, metric: Metric = "cosine", among: np.ndarray | None = None) -> Near:
    """The k rows nearest to one row of (n, D), itself left out, of all or `among` some rows."""
    if not 0 <= row < len(features):
        raise IndexError(f"row must be from 0 to {len(features) - 1}. Got {row}.")
    others = np.arange(len(features)) if among is None else np.unique(np.asarray(among, np.int64))
    others = others[others != row]
    own = np.concatenate([[row], others])
    unit, x = _prepared(features, "cosine")[own], _prepared(features, metric)[own]
    # In full length, not by the product: points that lie close keep their digits.
    squared = (x[1:] - x[0]).double().square().sum(1)
    best = squared.argsort(stable=True)[: max(0, k)]
    distance = squared[best] / 2 if metric == "cosine" else squared[best].sqrt()
    cosine = (unit[1:][best] @ unit[0]).clamp(-1, 1)
    return Near(others[best.numpy()], cosine.numpy(), distance.float().numpy())


def _prepared(features: np.ndarray, metric: Metric) -> Tensor:
    x = torch.from_numpy(np.nan_to_num(np.asarray(features, dtype=np.float32), posinf=0.0, neginf=0.0))
    # Centred, because Euclid's distances do not change by it and numbers near zero lose fewer digits.
    return normalize(x, dim=1) if metric == "cosine" else x - x.mean(0, keepdim=True)
