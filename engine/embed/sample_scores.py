"""Scores of samples from their nearest neighbours: change since the snapshot before, outlier score, nearest cosine, class
margin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.embed.feature_neighbours import nearest

K = 15
MEANING: Mapping[str, str] = {
    "churn": "share of the nearest neighbours that are others than at the snapshot before, 0 to 1",
    "outlier": "mean of 1 - cosine to the nearest neighbours: large lies far from all others",
    "nearest": "cosine to the nearest other sample: near 1 is a near-duplicate",
    "same_class": "share of the nearest neighbours that have the sample's own class, 0 to 1",
    "margin": "share of the nearest neighbours of the own class, less that of the strongest other class: below 0 they would call it"
    " something else",
}


def sample_scores(
    features: np.ndarray, label: np.ndarray | None = None, before: np.ndarray | None = None, k: int = K
) -> dict[str, np.ndarray]:
    """The columns of MEANING that can be computed, (n,) float32 each, by the cosine in features (n, D). `label` (n,) with -1 where
    unknown (there same_class and margin are nan); `before` (n, E): the same samples' features at the snapshot before. k is cut to
    n - 1."""
    n = len(features)
    rows, distances = nearest(features, k)
    if rows.shape[1] == 0:
        return {"outlier": np.full(n, np.nan, np.float32), "nearest": np.full(n, np.nan, np.float32)}
    scores = {}
    if before is not None:
        scores["churn"] = churn(rows, nearest(before, k)[0])
    scores["outlier"] = distances.mean(1).astype(np.float32)
    scores["nearest"] = (1 - distances[:, 0]).astype(np.float32)
    if label is not None and (np.asarray(label) >= 0).any():
        scores["same_class"] = same_class(rows, np.asarray(label))
        scores["margin"] = margin(rows, np.asarray(label))
    return scores


def churn(rows: np.ndarray, before: np.ndarray) -> np.ndarray:
    """(n,) share of each sample's neighbours `rows` (n, k) that are not among those `before` (n, k)."""
    stayed: np.ndarray = (rows[:, :, None] == before[:, None, :]).any(2).mean(1)
    return np.asarray(1 - stayed, np.float32)


def same_class(rows: np.ndarray, label: np.ndarray) -> np.ndarray:
    """(n,) share of each sample's neighbours `rows` (n, k) with its own label, 0 to 1; nan for a sample without one (-1)."""
    share = (label[rows] == label[:, None]).mean(1).astype(np.float32)
    share[label < 0] = np.nan
    return np.asarray(share)


def margin(rows: np.ndarray, label: np.ndarray) -> np.ndarray:
    """(n,) share of each sample's neighbours `rows` (n, k) with its own label less that of the strongest other; -1 to 1. Neighbours
    without a label (-1) vote for none; nan for a sample without one."""
    n, k = rows.shape
    _, codes = np.unique(label, return_inverse=True)
    votes = np.zeros((n, codes.max(initial=0) + 1), np.float32)
    known = label[rows] >= 0
    np.add.at(votes, (np.repeat(np.arange(n), k)[known.ravel()], codes[rows].ravel()[known.ravel()]), 1)
    own = votes[np.arange(n), codes].copy()
    votes[np.arange(n), codes] = 0
    result: np.ndarray = ((own - votes.max(1)) / k).astype(np.float32)
    result[label < 0] = np.nan
    return result


def outliers(features: np.ndarray, count: int, k: int = K) -> tuple[np.ndarray, np.ndarray]:
    """The `count` rows of (n, D) with the largest outlier score, largest first, ties in random order: rows (m,) int64 and
    scores (m,)."""
    score = sample_scores(features, k=k)["outlier"]
    chance = np.random.default_rng(0).random(len(score))
    rows = np.lexsort((chance, -np.nan_to_num(score)))[: max(0, count)]
    return rows.astype(np.int64), score[rows]
