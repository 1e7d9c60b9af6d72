"""Streams that depend on their path alone."""

from __future__ import annotations

import random

import numpy as np
import torch

from engine.augment.seeds import generator_for


def _first(*path: int | str) -> float:
    seed, *rest = path
    assert isinstance(seed, int)
    return float(torch.rand(1, generator=generator_for(seed, *rest)))


def test_the_same_path_gives_the_same_numbers() -> None:
    one, other = (torch.rand(100, generator=generator_for(3, "views", 1, 2)) for _ in range(2))
    assert torch.equal(one, other)


def test_the_numbers_stay_what_they_are() -> None:
    """A run's log is replayed by later versions too: if this fails, every logged step shows other views than it saw."""
    assert generator_for(0, "views", 0, 0, 0).initial_seed() == 13611274693589670009


def test_any_other_path_gives_others() -> None:
    paths = [(s, name, e, t) for s in range(4) for name in ("views", "method") for e in range(5) for t in range(5)]
    paths += [(1, 23), (12, 3), (1, "23"), (1, 2, 3), (123,)]
    assert len({_first(*path) for path in paths}) == len(paths)


def test_streams_are_uncorrelated() -> None:
    numbers = torch.stack([torch.rand(2000, generator=generator_for(0, "views", 0, step)) for step in range(8)])
    off_diagonal = torch.corrcoef(numbers) - torch.eye(8)
    assert off_diagonal.abs().max() < 0.1


def _global_states() -> tuple[object, ...]:
    numpy_state = np.random.get_state()  # noqa: NPY002
    return torch.get_rng_state().tolist(), random.getstate(), str(numpy_state)


def test_global_generators_are_left_alone() -> None:
    states = _global_states()
    torch.rand(10, generator=generator_for(5, "x"))
    assert _global_states() == states
