"""Clusters of features, and their agreement with the classes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from engine.config.errors import complain
from engine.embed.pca import fit

KINDS = ("kmeans", "hdbscan")
# HDBSCAN depends on distances, which are hardly informative in hundreds of dimensions.
DIMENSIONS = 50


@dataclass(frozen=True, eq=False)
class ClusterResult:
    """`label`: (n,) int64, 0 the largest cluster, -1 in none. `nmi`, `ari`: against the classes, over the `of` rows that are in a
    cluster and whose class is known; nan where there are none. `noise`: share of rows in no cluster."""

    label: np.ndarray
    count: int
    noise: float
    nmi: float
    ari: float
    of: int


def clusters(features: np.ndarray, kind: str, count: int = 10, least: int = 15, classes: np.ndarray | None = None) -> ClusterResult:
    """Clusters of features (n, D) of unit length: k-means into `count`, or HDBSCAN (Campello et al. 2013) of at least `least`
    members, on 50 principal components; both scikit-learn's, the same every time. `classes` (n,), -1 where unknown.

    ConfigError for another kind."""
    if kind not in KINDS:
        raise complain("kind", f"one of {', '.join(KINDS)}", kind)
    x = np.nan_to_num(np.asarray(features, np.float32), posinf=0.0, neginf=0.0)
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    n = len(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning of fewer distinct points than clusters; the result has their number
        if kind == "kmeans":
            label = _kmeans(x, max(1, min(count, n))) if n else np.zeros(0, np.int64)
        else:
            label = _hdbscan(x, max(2, least)) if n > max(2, least) else np.full(n, -1, np.int64)
    label = by_size(label)
    nmi, ari, of = agreement(label, classes)
    return ClusterResult(label, int(label.max(initial=-1)) + 1, float((label < 0).mean()) if n else 0.0, nmi, ari, of)


def agreement(label: np.ndarray, classes: np.ndarray | None) -> tuple[float, float, int]:
    """Normalised mutual information and adjusted Rand index of clusters and classes, both (n,), -1 in none or unknown, and over how
    many rows; nan and 0 where there are none."""
    known = label >= 0 if classes is None else (label >= 0) & (np.asarray(classes) >= 0)
    if classes is None or not known.any():
        return float("nan"), float("nan"), 0
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    own = np.asarray(classes)[known]
    nmi, ari = normalized_mutual_info_score(own, label[known]), adjusted_rand_score(own, label[known])
    return float(nmi), float(ari), int(known.sum())


def by_size(label: np.ndarray) -> np.ndarray:
    """Labels (n,) int64 renumbered by size: 0 the largest, -1 stays. Ties keep their order."""
    names, sizes = np.unique(label[label >= 0], return_counts=True)
    number = {int(name): rank for rank, name in enumerate(names[np.argsort(-sizes, kind="stable")])}
    return np.array([number.get(int(one), -1) for one in label], np.int64)


def _kmeans(x: np.ndarray, count: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(count, n_init=4, random_state=0).fit_predict(x), np.int64)


def _hdbscan(x: np.ndarray, least: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    flat = fit(x, min(DIMENSIONS, x.shape[1])).apply(x)
    return np.asarray(HDBSCAN(min_cluster_size=least, copy=True).fit_predict(flat), np.int64)
