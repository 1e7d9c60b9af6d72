"""CMA-ES that is resumed from its costs alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.optim.evolution import Evolution, generation

GOAL = np.linspace(0.2, 0.8, 10)


def cost(point: np.ndarray) -> float:
    return float(((point - GOAL) ** 2).sum())


def test_it_finds_the_least_of_a_quadratic_and_is_repeated_to_the_bit() -> None:
    runs = []
    for points in (250, 40):  # each point takes milliseconds
        torch.manual_seed(3)
        search = Evolution(10, 8)
        for _ in range(points):
            point = search.next()
            assert ((point >= 0) & (point <= 1)).all()
            search.add(point, cost(point.numpy()))
        runs.append(search)
    assert float(runs[0].costs.min()) < 1e-2
    assert float(runs[0].costs[:8].min()) > 0.05
    assert torch.equal(runs[0].points[:40], runs[1].points)
    torch.manual_seed(4)
    assert not torch.equal(Evolution(10, 8).next(), runs[0].points[0])


@pytest.mark.parametrize("done", [0, 3, 8, 13])
def test_a_loaded_search_goes_on_to_the_bit(done: int) -> None:
    torch.manual_seed(0)
    search = Evolution(10, 8)
    for _ in range(done):
        point = search.next()
        search.add(point, cost(point.numpy()), 0.5)
    other = Evolution(10, 8)
    other.load_state_dict(search.state_dict())
    for _ in range(12):
        assert torch.equal(search.next(), other.next())
        for one in (search, other):
            one.add(one.next(), cost(one.next().numpy()))
    assert torch.equal(search.costs, other.costs)


def test_candidates_of_a_generation_do_not_depend_on_costs_within_it() -> None:
    whole = generation(1, 4, 6, np.zeros(0))
    assert np.array_equal(generation(1, 4, 6, np.array([3.0, 1.0])), whole)
    assert not np.array_equal(generation(1, 4, 6, np.arange(6.0)), whole)
    assert not np.array_equal(generation(1, 4, 6, np.arange(6.0)), generation(1, 4, 6, -np.arange(6.0)))


def test_the_best_is_the_least_cost_and_a_cost_that_is_no_number_never_is() -> None:
    search = Evolution(3, 4)
    with pytest.raises(ValueError, match="no best"):
        search.best()
    for value in (2.0, float("nan"), 1.0, float("inf"), 1.5):
        search.add(search.next(), value)
    assert search.best() == 2
    assert search.best_by_generation() == [2, 4]
    assert search.costs.isfinite().all()
