"""Random streams that depend on their path only."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.augment.seeds import drawn_from, generator_for, seed_device


def _first(*path: int | str) -> float:
    seed, *rest = path
    assert isinstance(seed, int)
    return float(torch.rand(1, generator=generator_for(seed, *rest)))


def test_the_same_path_gives_the_same_numbers() -> None:
    one, other = (torch.rand(100, generator=generator_for(3, "views", 1, 2)) for _ in range(2))
    assert torch.equal(one, other)


def test_the_numbers_are_the_same_in_later_versions() -> None:
    """Later versions replay a run's log: if this fails, logged steps are shown with other views than those trained on."""
    assert generator_for(0, "views", 0, 0, 0).initial_seed() == 13611274693589670009


def test_another_path_gives_other_numbers() -> None:
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


def test_global_generators_are_not_changed() -> None:
    states = _global_states()
    torch.rand(10, generator=generator_for(5, "x"))
    assert _global_states() == states


DRAWS: dict[str, Callable[[], Tensor]] = {
    "rand": lambda: torch.rand(7, 5),
    "randn": lambda: torch.randn(33),
    "randint": lambda: torch.randint(2**62, (9,)),
    "randint from": lambda: torch.randint(3, 2**40, (9,)),
    "randperm": lambda: torch.randperm(20),
    "rand_like": lambda: torch.rand_like(torch.zeros(6)),
    "uniform_": lambda: torch.empty(40).uniform_(-1, 1),
    "normal_": lambda: torch.empty(3, 40).normal_(0, 0.02),
    "normal": lambda: torch.normal(torch.zeros(20), torch.ones(20)),
    "bernoulli": lambda: torch.bernoulli(torch.full((30,), 0.3)),
    "multinomial": lambda: torch.multinomial(torch.ones(9), 4),
    "truncated": lambda: nn.init.trunc_normal_(torch.empty(50), std=0.02),
    "orthogonal": lambda: nn.init.orthogonal_(torch.empty(6, 6)),
    "layers": lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(8, 3))[0].weight.detach(),
    "dropout": lambda: nn.functional.dropout(torch.ones(40), 0.5),
}


@pytest.mark.parametrize("name", DRAWS)
def test_initial_weights_are_those_of_the_seeded_global_generator(name: str) -> None:
    """If this fails, runs are resumed and evaluated with other initial weights than at their start."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        expected = [DRAWS[name](), DRAWS[name]()]
    before = torch.random.get_rng_state()
    with drawn_from(7):
        drawn = [DRAWS[name](), DRAWS[name]()]
    assert all(torch.equal(a, b) for a, b in zip(drawn, expected, strict=True))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_an_explicit_generator_is_used() -> None:
    expected = torch.rand(5, generator=generator_for(1, "x"))
    with drawn_from(7):
        assert torch.equal(torch.rand(5, generator=generator_for(1, "x")), expected)


def test_threads_draw_independently() -> None:
    def draw(seed: int) -> Tensor:
        with drawn_from(seed):
            return torch.cat([torch.randn(16) for _ in range(200)])

    expected = {seed: draw(seed) for seed in range(4)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        alone = torch.cat([torch.rand(16) for _ in range(400)])
        torch.manual_seed(3)
        results: dict[int, Tensor] = {}
        threads = [threading.Thread(target=lambda seed=seed: results.update({seed: draw(seed)})) for seed in range(4)]
        for thread in threads:
            thread.start()
        beside = torch.cat([torch.rand(16) for _ in range(400)])
        for thread in threads:
            thread.join()
    assert torch.equal(beside, alone)
    assert all(torch.equal(results[seed], expected[seed]) for seed in expected)


def test_attention_without_dropout_is_allowed_and_draws_nothing() -> None:
    q = torch.randn(1, 2, 4, 8)
    expected = torch.nn.functional.scaled_dot_product_attention(q, q, q)
    before = torch.random.get_rng_state()
    with drawn_from(0):
        assert torch.equal(torch.nn.functional.scaled_dot_product_attention(q, q, q), expected)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_device_s_generator_is_seeded_like_pytorch_s() -> None:
    torch.manual_seed(11)
    expected = torch.rand(3)
    seed_device(torch.device("cpu"), 11)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_seeding_a_device_does_not_change_other_devices() -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    seed_device(torch.device("cuda:0"), 5)
    assert torch.equal(torch.random.get_rng_state(), before)
    first = torch.rand(3, device="cuda:0")
    seed_device(torch.device("cuda:0"), 5)
    assert torch.equal(torch.rand(3, device="cuda:0"), first)
