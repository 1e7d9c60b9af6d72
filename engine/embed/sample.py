"""A stratified sample of many points."""

from __future__ import annotations

import numpy as np


def stratified(label: np.ndarray, limit: int, seed: int = 0) -> np.ndarray:
    """At most `limit` rows of n with labels (n,), in rising order, int64: of each label (-1 counts as one) a proportional share,
    and at least one where the limit allows. Deterministic, and a larger limit contains the sample of a smaller one. 0 or less takes
    all."""
    label = np.asarray(label)
    n = len(label)
    if limit <= 0 or limit >= n:
        return np.arange(n, dtype=np.int64)
    chance = np.random.default_rng(seed).permutation(n)
    order = np.lexsort((chance, label))  # by label, within a label at random
    _, first, size = np.unique(label[order], return_index=True, return_counts=True)
    position = np.arange(n) - np.repeat(first, size)
    # Position of a row within its label, as a share of the label's size: rows with a small share are taken first.
    share = np.empty(n)
    share[order] = position / np.repeat(size, size)
    return np.sort(np.lexsort((chance, share))[:limit]).astype(np.int64)
