"""Orders of a puzzle's tiles that are as unlike each other as they can be."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import permutations

import numpy as np
import torch
from torch import Tensor


def permutation_set(count: int, tiles: int) -> Tensor:
    """(count, tiles) different orders of the numbers 0 to tiles - 1, the same at every call.

    Greedy, as Algorithm 1 of the jigsaw paper (Noroozi and Favaro, 1603.09246): next comes the order whose Hamming distances to
    the ones taken so far add up to most. Of the many that do, it is the one whose nearest is farthest, and of those the first in
    counting order, where the paper leaves the choice open. It begins with the order as it is. At most 9 tiles (362,880 orders)."""
    assert 1 <= tiles <= 9
    assert 1 <= count <= math.factorial(tiles)
    return torch.from_numpy(_chosen(count, tiles).astype(np.int64))


def hamming_distances(orders: Tensor) -> Tensor:
    """(P, P) in how many places two orders of (P, tiles) differ."""
    return (orders[:, None] != orders[None]).sum(2)


@lru_cache(maxsize=8)
def _chosen(count: int, tiles: int) -> np.ndarray:
    every = np.array(list(permutations(range(tiles))), dtype=np.uint8)  # (tiles!, tiles), in counting order
    columns = np.ascontiguousarray(every.T)
    total = np.zeros(len(every), dtype=np.int32)  # of the distances to the ones taken
    nearest = np.full(len(every), tiles + 1, dtype=np.int32)
    taken = [0]
    while len(taken) < count:
        distance = sum((column != column[taken[-1]]).astype(np.int32) for column in columns)
        total += distance
        np.minimum(nearest, distance, out=nearest)  # 0 for what is taken
        score = np.where(nearest > 0, total * (tiles + 1) + nearest, -1)
        taken.append(int(score.argmax()))
    return every[taken]
