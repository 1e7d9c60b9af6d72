"""Proposers against known optima, and that they are functions of seed and rewards."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.search.proposers import PROPOSERS, Task, _shares, check_proposer, population_of
from engine.search.space import Choice, Range, Space

NUMBERS = Space(tuple(Range(name, 0.0, 2.0) for name in "abc"))
GOAL = {"a": 0.3, "b": 1.7, "c": 0.6}
ARMS = Space((Choice("method.id", ("w", "x", "y", "z")),))
CHANCES = {"w": 0.3, "x": 0.8, "y": 0.5, "z": 0.2}


def distance(values: dict[str, Any]) -> float:
    return sum((values[key] - goal) ** 2 for key, goal in GOAL.items())


def task(space: Space, budget: int, seed: int = 0) -> Task:
    return Task(space, seed, budget, np.full(len(space.ranges), 0.5))


def play(
    id: str, on: Task, reward: Callable[[dict[str, Any], int], float | None]
) -> tuple[list[dict[str, Any]], list[float | None]]:
    rewards: list[float | None] = []
    tried: list[dict[str, Any]] = []
    for number in range(on.budget):
        tried.append(PROPOSERS[id].propose(on, rewards))
        rewards.append(reward(tried[-1], number))
    return tried, rewards


def test_cmaes_comes_near_the_optimum_and_random_draws_do_not() -> None:
    least = {}
    for id in ("cmaes", "random"):
        _, rewards = play(id, task(NUMBERS, 56), lambda values, _: -distance(values))
        least[id] = -max(reward for reward in rewards if reward is not None)
    assert least["cmaes"] < 0.02
    assert least["random"] > 2 * least["cmaes"]


@pytest.mark.parametrize("id", ["cmaes", "random", "ucb", "exp3"])
def test_proposals_are_repeated_to_the_bit_by_the_seed_and_resumed_from_the_rewards(id: str) -> None:
    space = NUMBERS if PROPOSERS[id].numbers else ARMS
    noise = np.random.default_rng(5).random(24)
    one, rewards = play(id, task(space, 24), lambda _, number: None if number == 7 else float(noise[number]))
    assert one == [PROPOSERS[id].propose(task(space, 24), rewards[:number]) for number in range(24)]
    if id != "ucb":  # it draws nothing
        other, _ = play(id, task(space, 24, seed=1), lambda _, number: None if number == 7 else float(noise[number]))
        assert one != other


def test_cmaes_begins_at_the_recipe() -> None:
    start = np.array([0.2, 0.8, 0.5])
    drawn = [PROPOSERS["cmaes"].propose(Task(NUMBERS, seed, 64, start), ()) for seed in range(60)]
    means = np.array([[values[key] / 2 for key in "abc"] for values in drawn]).mean(0)
    # Of normal distributions of deviation .3 about the start, cut off at 0 and 1.
    assert np.abs(means - [0.324, 0.676, 0.5]).max() < 0.11


def test_a_failed_run_is_the_worst_of_its_generation() -> None:
    size = population_of(3, 64)
    costs = [-0.5] * size
    failed = PROPOSERS["cmaes"].propose(task(NUMBERS, 64), [None, *[0.5 + i for i in range(size - 1)]])
    low = PROPOSERS["cmaes"].propose(task(NUMBERS, 64), [-1e6, *[0.5 + i for i in range(size - 1)]])
    assert failed == low != PROPOSERS["cmaes"].propose(task(NUMBERS, 64), costs)


def test_ucb_tries_each_arm_once_and_then_as_the_formula_says() -> None:
    rewards = [0.3, 0.8, 0.5, 0.2, 0.7, 0.1, 0.9]
    tried, _ = play("ucb", task(ARMS, 7), lambda _, number: rewards[number])
    arms = [ARMS.arms().index(values) for values in tried]
    assert arms[:4] == [0, 1, 2, 3]
    for step in range(4, 7):
        low, high = min(rewards[:step]), max(rewards[:step])
        scores = []
        for arm in range(4):
            own = [(rewards[i] - low) / (high - low) for i in range(step) if arms[i] == arm]
            scores.append(sum(own) / len(own) + math.sqrt(2 * math.log(step) / len(own)))
        assert arms[step] == scores.index(max(scores))


@pytest.mark.parametrize(("id", "share"), [("ucb", 0.4), ("exp3", 0.4), ("random", 0.0)])
def test_bandits_come_back_to_the_best_arm(id: str, share: float) -> None:
    noise = np.random.default_rng(0).random(120)
    tried, _ = play(id, task(ARMS, 120), lambda values, number: float(noise[number] < CHANCES[values["method.id"]]))
    often = sum(values == {"method.id": "x"} for values in tried[60:]) / 60
    assert often > share if share else 0.1 < often < 0.4


def test_rewards_of_any_size_become_shares_that_do_not_change_what_was_drawn() -> None:
    assert _shares([2.0, None, 6.0, 3.0]).tolist() == [0.0, 0.0, 1.0, 0.25]
    assert _shares([4.0, 4.0]).tolist() == [0.5, 0.5]
    for id in ("ucb", "exp3"):
        one, _ = play(id, task(ARMS, 20), lambda values, _: CHANCES[values["method.id"]])
        large, _ = play(id, task(ARMS, 20), lambda values, _: 1000 * CHANCES[values["method.id"]] - 7)
        assert one == large


def test_a_proposer_that_does_not_fit_the_space_is_refused_with_what_does() -> None:
    mixed = Space((*NUMBERS.dimensions, *ARMS.dimensions))
    assert check_proposer("random", mixed, 1).id == "random"
    for id, space, message in (
        ("cmaes", mixed, r"values to choose from \(method.id\): ucb, exp3 or random"),
        ("ucb", mixed, r"ranges of numbers \(a, b, c\): cmaes or random"),
        ("cma", NUMBERS, "Did you mean 'cmaes'"),
    ):
        with pytest.raises(ConfigError, match=message):
            check_proposer(id, space, 16)
    with pytest.raises(ConfigError, match="at least 4, a run of each choice"):
        check_proposer("exp3", ARMS, 3)
