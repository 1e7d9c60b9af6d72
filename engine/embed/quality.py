"""Quality of a map: whether neighbours on it are neighbours in the space that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.embed.feature_neighbours import Metric, drawn

_CHUNK = 128
# As a share of the mean squared norm: distances that differ by less are ties, which are broken at random.
_ROUNDING = 1e-12
_LEAST = 1e-150


@dataclass(frozen=True)
class Quality:
    """`trustworthiness` and `kept`, each 0 to 1, see the functions of these names; `measured`: on how many points."""

    trustworthiness: float
    kept: float
    measured: int


def measure(features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 1000) -> Quality:
    """Both measures of a map (n, c) of features (n, D) at once, estimated on `sample` evenly spaced points; their neighbours are
    searched among all points, so that the estimate has no bias. Ties are broken at random, independently in the space and on the
    map: for a collapsed space both measures are at chance level."""
    if len(features) != len(xy):
        raise ValueError(f"features and map must have as many rows. Got {len(features)} and {len(xy)}.")
    n = len(xy)
    if n < 3:
        return Quality(1.0, 1.0, n)
    k = max(1, min(k, (n - 1) // 2))
    rows = torch.arange(n) if n <= sample else torch.from_numpy(np.linspace(0, n - 1, sample).astype(np.int64))
    x, y = _doubles(features), _doubles(xy)
    x = normalize(x, dim=1) if metric == "cosine" else x - x.mean(0, keepdim=True)
    by_chance = _Chance(x), _Chance(y)
    missed, kept = 0.0, 0.0
    with torch.no_grad():
        for part in rows.split(_CHUNK):
            far = by_chance[0].apart(_squared(x, part), part)  # (c, n)
            near_map = by_chance[1].apart(_squared(y, part), part).topk(k, largest=False).indices  # (c, k)
            own = far.gather(1, near_map)
            # The rank of a map neighbour in the space: 1 + the number of nearer points.
            rank = torch.stack([(far < own[:, neighbour, None]).sum(1) for neighbour in range(k)], 1) + 1
            missed += float((rank - k).clamp_min(0).sum())
            near_space = far.topk(k, largest=False).indices
            kept += float((near_space[:, :, None] == near_map[:, None, :]).any(2).double().mean(1).sum())
    m = len(rows)
    trust = 1.0 - missed * 2.0 / (m * k * (2.0 * n - 3.0 * k - 1.0))
    return Quality(float(trust), kept / m, m)


def trustworthiness(features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 2000) -> float:
    """Trustworthiness of a map, 0 to 1 (Venna and Kaski, Neighborhood preservation in nonlinear projection methods, 2001).

    1 - 2 / (n k (2n - 3k - 1)) times the sum, over each point and each of its k neighbours on the map that is not one in the
    space, of by how many ranks it misses. Features (n, D), map (n, c). k is cut to below n / 2, where the measure is defined; 1 for
    fewer than 3 points."""
    return measure(features, xy, k, metric, sample).trustworthiness


def neighbours_kept(features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 2000) -> float:
    """Share of the k nearest in the space that are among the k nearest on the map, 0 to 1. Arguments as for `trustworthiness`."""
    return measure(features, xy, k, metric, sample).kept


class _Chance:
    """Breaks ties between distances at random."""

    def __init__(self, x: Tensor) -> None:
        self._windows, self._of = drawn(x)
        self._width = x.square().sum(1).mean() * _ROUNDING + _LEAST

    def apart(self, squared: Tensor, part: Tensor) -> Tensor:
        """Squared distances (c, n) of some rows, with a small random number added to each."""
        return squared.add_(self._windows[self._of[part]] * self._width)


def _doubles(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.nan_to_num(np.asarray(values, np.float64), posinf=0.0, neginf=0.0))


def _squared(x: Tensor, part: Tensor) -> Tensor:
    """(c, n) squared distances from some rows to all, infinite to themselves. Double precision is enough for |a|² + |b|² - 2ab."""
    some = x[part]
    distances = torch.addmm(x.square().sum(1)[None, :], some, x.T, alpha=-2) + some.square().sum(1, keepdim=True)
    distances[torch.arange(len(part)), part] = torch.inf
    return distances
