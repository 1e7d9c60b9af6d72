"""Near-duplicates: groups of samples that are linked by a cosine above a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from torch.nn.functional import normalize


@dataclass(frozen=True, eq=False)
class Groups:
    """`groups`: rows (m,) int64 each, rising, at least two, the most alike group first. `similarity`: (g,) float32, the highest
    cosine within each. `pairs`: how many pairs are linked."""

    groups: tuple[np.ndarray, ...]
    similarity: np.ndarray
    pairs: int


def near_duplicates(features: np.ndarray, threshold: float, chunk: int = 512) -> Groups:
    """Groups of rows (n, D) linked by a cosine of at least `threshold`, also through others. Computed in blocks, so that a
    collapsed space, where all rows are linked, needs no more memory than another."""
    x = torch.from_numpy(np.nan_to_num(np.asarray(features, np.float32), posinf=0.0, neginf=0.0))
    x, n = normalize(x, dim=1), len(features)
    group = np.arange(n)  # the group of each row so far
    best = np.full(n, -np.inf, np.float32)  # the highest cosine of each row to another
    pairs = 0
    with torch.no_grad():
        for start in range(0, n, chunk):
            part = x[start : start + chunk]
            cosine = part @ x[start:].T  # (c, n - start): each pair once
            linked = torch.triu(cosine >= threshold, diagonal=1)
            one, other = (side.numpy() for side in torch.nonzero(linked, as_tuple=True))
            if not len(one):
                continue
            pairs += len(one)
            near = cosine[linked].numpy()
            one, other = one + start, other + start
            np.maximum.at(best, one, near)
            np.maximum.at(best, other, near)
            links = coo_matrix((np.ones(len(one), np.int8), (group[one], group[other])), shape=(n, n))
            _, of = connected_components(links, directed=False)
            group = of[group]
    order = np.argsort(group, kind="stable")
    _, first, size = np.unique(group[order], return_index=True, return_counts=True)
    groups = [np.sort(order[at : at + many]).astype(np.int64) for at, many in zip(first, size, strict=True) if many > 1]
    similarity = np.array([best[rows].max() for rows in groups], np.float32)
    rank = np.argsort(-similarity, kind="stable")
    return Groups(tuple(groups[index] for index in rank), similarity[rank].clip(-1, 1), pairs)
