"""Permutation sets: distinct, reproducible, and with the largest possible mean distance."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
import torch

from engine.augment.permutations import hamming_distances, permutation_set


def greatest_mean_distance(count: int, tiles: int) -> float:
    """The upper bound for `count` orders: at every position each tile is equally frequent, up to a difference of one."""
    often, rest = divmod(count, tiles)
    same = tiles * (rest * math.comb(often + 1, 2) + (tiles - rest) * math.comb(often, 2))  # agreeing pairs, summed over positions
    return tiles - same / math.comb(count, 2)


def naive(count: int, tiles: int) -> list[tuple[int, ...]]:
    """Algorithm 1 of 1603.09246 with loops."""
    every = list(permutations(range(tiles)))
    taken = [every.pop(0)]
    while len(taken) < count:
        best, position = (-1, -1), -1
        for k, order in enumerate(every):
            distances = [sum(a != b for a, b in zip(order, other, strict=True)) for other in taken]
            if (sum(distances), min(distances)) > best:
                best, position = (sum(distances), min(distances)), k
        taken.append(every.pop(position))
    return taken


@pytest.mark.parametrize("count", [2, 9, 10, 35, 64, 100, 1000])
def test_the_mean_distance_of_nine_tiles_is_the_largest_possible(count: int) -> None:
    orders = permutation_set(count, 9)
    assert orders.shape == (count, 9)
    assert torch.equal(orders.sort(1).values, torch.arange(9).expand(count, 9))
    distances = hamming_distances(orders)
    assert torch.equal(distances, distances.T)
    apart = distances[~torch.eye(count, dtype=torch.bool)]
    assert apart.min() >= 2  # two orders cannot differ at one position only
    assert apart.double().mean().item() == pytest.approx(greatest_mean_distance(count, 9), abs=1e-12)


def test_distances_equal_the_paper_s_table() -> None:
    """A mean of 8.08 for 100 orders and 8.00 for 1,000, of which the nearest differ at two positions (Table 2 of 1603.09246)."""
    assert greatest_mean_distance(100, 9) == pytest.approx(8.08, abs=0.005)
    assert greatest_mean_distance(1000, 9) == pytest.approx(8.00, abs=0.01)
    thousand = hamming_distances(permutation_set(1000, 9))
    assert thousand[~torch.eye(1000, dtype=torch.bool)].min() == 2


def test_the_first_nine_orders_agree_at_no_position() -> None:
    """A Latin square: every tile once at each position."""
    orders = permutation_set(9, 9)
    assert torch.equal(orders.sort(0).values, torch.arange(9)[:, None].expand(9, 9))


@pytest.mark.parametrize(("count", "tiles"), [(24, 4), (7, 4), (40, 5), (1, 3)])
def test_equals_the_algorithm_with_loops(count: int, tiles: int) -> None:
    assert [tuple(order) for order in permutation_set(count, tiles).tolist()] == naive(count, tiles)


def test_a_smaller_set_is_the_beginning_of_a_larger_one_and_results_are_copies() -> None:
    large = permutation_set(20, 9)
    assert torch.equal(large[:8], permutation_set(8, 9))
    large.zero_()
    assert permutation_set(20, 9).sum() == 20 * 36


def test_distances_computed_by_hand() -> None:
    orders = torch.tensor([[0, 1, 2], [1, 0, 2], [1, 2, 0]])
    assert hamming_distances(orders).tolist() == [[0, 2, 3], [2, 0, 2], [3, 2, 0]]
