"""UMAP's fuzzy graph: membership strengths of pairs of points, from their nearest neighbours.

McInnes, Healy and Melville, UMAP: Uniform Manifold Approximation and Projection, 2018, arXiv 1802.03426, algorithms 2 and 3. It is
vectorised over the matrix instead of a compiled loop; tests compare it with umap-learn's. umap-learn's own functions are not
called, because a worker would have to import and compile them first: 18 s before the first map (2.5 s and 15.7 s; 0.03 s here,
10,000 points), and 0.2 s against 0.03 s for each later map."""

from __future__ import annotations

import numpy as np
from scipy.optimize import curve_fit
from scipy.sparse import coo_matrix

_TOLERANCE = 1e-5
_HALVINGS = 64
# A scale is at least this share of the mean distance (umap-learn's MIN_K_DIST_SCALE).
_LEAST_SCALE = 1e-3


def scales(distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For distances (n, k) to the nearest, each row's own 0 in front: the distance `rho` (n,) from which membership falls, and its
    scale `sigma` (n,), such that the memberships of a row sum to log2 k; float32. Algorithm 3, by bisection."""
    d = np.asarray(distances, np.float32)
    positive = np.where(d > 0, d, np.inf)
    rho = positive.min(1, initial=np.inf)
    rho[~np.isfinite(rho)] = 0
    beyond = np.maximum(d[:, 1:] - rho[:, None], 0)  # (n, k - 1)
    target, n = np.log2(d.shape[1]), len(d)
    low, high, sigma = np.zeros(n), np.full(n, np.inf), np.ones(n)
    open_ = np.arange(n)
    for _ in range(_HALVINGS):
        total = np.exp(-beyond[open_] / sigma[open_, None].astype(np.float32)).sum(1, dtype=np.float64)
        off = np.abs(total - target) >= _TOLERANCE
        open_, total = open_[off], total[off]
        if not len(open_):
            break
        above = total > target
        high[open_[above]] = sigma[open_[above]]
        low[open_[~above]] = sigma[open_[~above]]
        ends = high[open_]
        sigma[open_] = np.where(np.isfinite(ends), (low[open_] + np.where(np.isfinite(ends), ends, 0)) / 2, 2 * sigma[open_])
    least = np.where(rho > 0, d.mean(1), d.mean()) * _LEAST_SCALE
    return rho, np.maximum(sigma, least).astype(np.float32)


def memberships(rows: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The fuzzy union of the rows' memberships (algorithm 2), from neighbours (n, k), each row itself first at distance 0: heads
    (m,) and tails (m,) int32, sorted, each pair in both directions, and weights (m,) float32 between 0 and 1."""
    n, k = rows.shape
    rho, sigma = scales(distances)
    beyond = np.maximum(distances - rho[:, None], 0)
    # At a scale of 0 the neighbours up to `rho` have membership 1.
    weight = np.exp(-beyond / np.where(sigma > 0, sigma, 1)[:, None]).astype(np.float32)
    weight[rows == np.arange(n)[:, None]] = 0
    heads = np.repeat(np.arange(n, dtype=np.int32), k)
    one_way = coo_matrix((weight.ravel(), (heads, rows.ravel().astype(np.int32))), shape=(n, n)).tocsr()
    one_way.eliminate_zeros()
    other_way = one_way.T.tocsr()
    both = (one_way + other_way - one_way.multiply(other_way)).tocsr()
    both.sort_indices()
    both.eliminate_zeros()
    graph = both.tocoo()
    return graph.row.astype(np.int32), graph.col.astype(np.int32), graph.data.astype(np.float32)


def curve(min_dist: float, spread: float = 1.0) -> tuple[float, float]:
    """a and b of 1 / (1 + a x^2b), the smooth curve nearest to "1 up to `min_dist`, then falling with `spread`" (section 3.2)."""
    x = np.linspace(0, spread * 3, 300)
    y = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist) / spread))
    (a, b), _ = curve_fit(lambda x, a, b: 1.0 / (1.0 + a * x ** (2 * b)), x, y)
    return float(a), float(b)
