"""How far a map can be believed: whether neighbours on it are neighbours in the space that it shows."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import normalize

from engine.embed.neighbours import Metric, nearest


def trustworthiness(
    features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 2000, chunk: int = 256
) -> float:
    """Trustworthiness of a map, 0 to 1 (Venna and Kaski, Neighborhood preservation in nonlinear projection methods, 2001).

    1 - 2 / (n k (2n - 3k - 1)) times the sum, over each point and each of its k neighbours on the map that is not one in the
    space, of by how many ranks it misses. Features (n, D), map (n, c); above `sample` points evenly spaced rows stand for all.
    k is cut to below n / 2, where the measure is defined; 1 for fewer than 3 points."""
    features, xy, k = _sampled(features, xy, k, sample)
    n = len(xy)
    if n < 3:
        return 1.0
    x = torch.from_numpy(features)
    x = normalize(x, dim=1) if metric == "cosine" else x
    on_map = torch.from_numpy(nearest(xy, k, "euclidean")[0])  # (n, k)
    missed = 0.0
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            distance = torch.cdist(part[None], x[None], compute_mode="donot_use_mm_for_euclid_dist")[0]  # (c, n)
            own = torch.arange(start, start + len(part))
            distance[torch.arange(len(part)), own] = -1.0  # itself has rank 0, before its copies
            rank = distance.argsort(dim=1, stable=True).argsort(dim=1)  # (c, n)
            beyond = rank.gather(1, on_map[start : start + len(part)]) - k
            missed += float(beyond.clamp_min(0).sum())
    return float(1.0 - missed * 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)))


def neighbours_kept(features: np.ndarray, xy: np.ndarray, k: int = 15, metric: Metric = "cosine", sample: int = 2000) -> float:
    """Share of the k nearest in the space that are among the k nearest on the map, 0 to 1. Arguments as for `trustworthiness`."""
    features, xy, k = _sampled(features, xy, k, sample)
    if len(xy) < 3:
        return 1.0
    space, on_map = nearest(features, k, metric)[0], nearest(xy, k, "euclidean")[0]
    return float((space[:, :, None] == on_map[:, None, :]).any(2).mean())


def _sampled(features: np.ndarray, xy: np.ndarray, k: int, sample: int) -> tuple[np.ndarray, np.ndarray, int]:
    if len(features) != len(xy):
        raise ValueError(f"features and map must have as many rows. Got {len(features)} and {len(xy)}.")
    if len(xy) > sample:
        rows = np.linspace(0, len(xy) - 1, sample).astype(np.int64)
        features, xy = features[rows], xy[rows]
    x, y = np.nan_to_num(np.asarray(features, np.float32)), np.nan_to_num(np.asarray(xy, np.float32))
    return x, y, max(1, min(k, (len(xy) - 1) // 2))
