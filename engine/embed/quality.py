"""How far a map can be believed: whether neighbours on it are neighbours in the space that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.embed.feature_neighbours import Metric, drawn

_CHUNK = 128
# Of the mean squared length: distances that differ by less are the same, and chance says which is nearer.
_ROUNDING = 1e-12
_LEAST = 1e-150


@dataclass(frozen=True)
class Quality:
    """`trustworthiness` and `kept`, each 0 to 1, see the functions of these names; `measured`: on how many points."""

    trustworthiness: float
    kept: float
    measured: int


def measure(features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 1000) -> Quality:
    """Both measures of a map (n, c) of features (n, D) at once. `sample` evenly spaced points stand for all; their neighbours are
    looked for among all, so that a sample says of the whole map what the whole would. Of points as near as each other chance says
    which is the neighbour, in the space and on the map apart: of a space that is one point both measures are what chance gives."""
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
            # The rank of a map neighbour in the space: how many others are nearer, and itself.
            rank = torch.stack([(far < own[:, place, None]).sum(1) for place in range(k)], 1) + 1
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
    """Tells distances apart that are the same."""

    def __init__(self, x: Tensor) -> None:
        self._windows, self._of = drawn(x)
        self._width = x.square().sum(1).mean() * _ROUNDING + _LEAST

    def apart(self, squared: Tensor, part: Tensor) -> Tensor:
        """Squared distances (c, n) of some rows, with a little more of each."""
        return squared.add_(self._windows[self._of[part]] * self._width)


def _doubles(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.nan_to_num(np.asarray(values, np.float64), posinf=0.0, neginf=0.0))


def _squared(x: Tensor, part: Tensor) -> Tensor:
    """(c, n) squared distances from some rows to all, infinite to themselves. Double precision bears the short form."""
    some = x[part]
    found = torch.addmm(x.square().sum(1)[None, :], some, x.T, alpha=-2) + some.square().sum(1, keepdim=True)
    found[torch.arange(len(part)), part] = torch.inf
    return found
