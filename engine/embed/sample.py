"""Which of many points stand for all."""

from __future__ import annotations

import numpy as np


def stratified(label: np.ndarray, limit: int, seed: int = 0) -> np.ndarray:
    """At most `limit` rows of n with labels (n,), rising, int64: of each label (-1 is one too) a share as large as its own, and one
    of each as long as there is room. The same every time, and a larger limit keeps what a smaller one has. 0 or less takes all."""
    label = np.asarray(label)
    n = len(label)
    if limit <= 0 or limit >= n:
        return np.arange(n, dtype=np.int64)
    chance = np.random.default_rng(seed).permutation(n)
    order = np.lexsort((chance, label))  # by label, within it by chance
    _, first, size = np.unique(label[order], return_index=True, return_counts=True)
    place = np.arange(n) - np.repeat(first, size)
    # The share of its label that a row completes: rows with a small one come first, whatever the label's size.
    share = np.empty(n)
    share[order] = place / np.repeat(size, size)
    return np.sort(np.lexsort((chance, share))[:limit]).astype(np.int64)
