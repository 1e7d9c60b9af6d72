"""What to try next. Each proposer is a function of its seed and of the rewards so far, so that a search is resumed from its
record alone: the proposals are drawn again, to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain, nearest
from engine.search.space import Point, Space

Rewards = Sequence[float | None]
WORST = np.finfo(np.float64).max  # the cost of a run that failed


@dataclass(frozen=True)
class Task:
    """space: what is searched. seed: of all draws. budget: how many runs there will be. start: the point (ranges,) of the recipe,
    from which CMA-ES begins."""

    space: Space
    seed: int
    budget: int
    start: Point


@dataclass(frozen=True)
class Proposer:
    """propose: the values of the next run by key, given the rewards of those before, None for a run that failed. known: of how many
    runs before the one of a number it must know the rewards; those after them are not used. numbers, choices: whether it takes
    settings with bounds, and settings with values to choose from."""

    id: str
    title: str
    line: str
    propose: Callable[[Task, Rewards], dict[str, Any]]
    known: Callable[[Task, int], int]
    numbers: bool
    choices: bool


def random(task: Task, rewards: Rewards) -> dict[str, Any]:
    """Uniform draws, whatever the rewards."""
    generator = np.random.default_rng([task.seed, len(rewards)])
    return task.space.values(generator.random(len(task.space.dimensions)))


def cmaes(task: Task, rewards: Rewards) -> dict[str, Any]:
    """CMA-ES (1604.00772) in the cube of the bounds, from the recipe on."""
    # Imports PyTorch.
    from engine.optim.evolution import generation

    dims = len(task.space.dimensions)
    population = population_of(dims, task.budget)
    costs = np.array([WORST if reward is None else -reward for reward in rewards], np.float64)
    drawn = generation(task.seed, dims, population, costs, task.start)
    return task.space.values(drawn[len(rewards) % population])


def population_of(dims: int, budget: int) -> int:
    """Candidates of a generation of CMA-ES: Hansen's 4 + 3 ln(dims), fewer where the budget would not give four generations, and
    at least 4."""
    return max(4, min(4 + int(3 * math.log(dims)), budget // 4))


def ucb(task: Task, rewards: Rewards) -> dict[str, Any]:
    """UCB1 (Auer, Cesa-Bianchi, Fischer 2002, Fig. 1): each arm once, then the one with the largest mean + sqrt(2 ln t / n)."""
    arms = task.space.arms()
    pulled: list[int] = []
    for step in range(len(rewards) + 1):
        pulled.append(_ucb_arm(len(arms), pulled, _shares(rewards[:step])))
    return arms[pulled[-1]]


def _ucb_arm(arms: int, pulled: Sequence[int], shares: npt.NDArray[np.float64]) -> int:
    step = len(pulled)
    if step < arms:
        return step
    counts = np.bincount(pulled, minlength=arms)
    means = np.bincount(pulled, weights=shares, minlength=arms) / counts
    return int((means + np.sqrt(2 * math.log(step) / counts)).argmax())


def exp3(task: Task, rewards: Rewards) -> dict[str, Any]:
    """Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002, Fig. 1 and Cor. 3.2): arms are drawn by weights that grow with the rewards
    they brought, divided by how probable they were. It holds where the rewards of an arm change in the course of the search."""
    arms = task.space.arms()
    count = len(arms)
    mixing = min(1.0, math.sqrt(count * math.log(count) / ((math.e - 1) * task.budget)))
    logs = np.zeros(count)
    arm = 0
    for step in range(len(rewards) + 1):
        weights = np.exp(logs - logs.max())
        chances = (1 - mixing) * weights / weights.sum() + mixing / count
        arm = int(np.random.default_rng([task.seed, step]).choice(count, p=chances))
        if step < len(rewards):
            # The shares as they were then: what was drawn must not change with later rewards.
            logs[arm] += mixing * float(_shares(rewards[: step + 1])[-1]) / chances[arm] / count
    return arms[arm]


def _shares(rewards: Rewards) -> npt.NDArray[np.float64]:
    """Rewards (n,) as shares of the way from the least to the largest so far, 0 to 1, as bandits ask for; 0 for a failed run, one
    half where all are equal."""
    known = [reward for reward in rewards if reward is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    if low == high:
        return np.array([0.0 if reward is None else 0.5 for reward in rewards])
    return np.array([0.0 if reward is None else (reward - low) / (high - low) for reward in rewards])


def _all_before(task: Task, number: int) -> int:
    return number


def _none_before(task: Task, number: int) -> int:
    return 0


def _generations_before(task: Task, number: int) -> int:
    population = population_of(len(task.space.dimensions), task.budget)
    return number // population * population


PROPOSERS: Mapping[str, Proposer] = {
    row.id: row
    for row in (
        Proposer(
            "cmaes",
            "CMA-ES",
            "Moves a normal distribution towards settings that were rewarded.",
            cmaes,
            _generations_before,
            numbers=True,
            choices=False,
        ),
        Proposer("ucb", "Bandit, UCB1", "Tries what did best, or what was seldom tried.", ucb, _all_before, False, True),
        Proposer("exp3", "Bandit, Exp3", "Draws more often what was rewarded.", exp3, _all_before, False, True),
        Proposer("random", "Random", "Draws settings at random.", random, _none_before, True, True),
    )
}


def check_proposer(id: str, space: Space, budget: int) -> Proposer:
    """The proposer of an id. ConfigError for an unknown one, and where it does not fit the space or the budget."""
    row = PROPOSERS.get(id)
    if row is None:
        raise complain("proposer", f"one of {', '.join(PROPOSERS)}", id, nearest(id, PROPOSERS))
    remedy = "Take `random`, which takes both, or search them one after the other."
    if space.choices and not row.choices:
        keys = ", ".join(one.key for one in space.choices)
        raise complain("proposer", f"one that takes values to choose from ({keys}): ucb, exp3 or random", id, remedy)
    if space.ranges and not row.numbers:
        keys = ", ".join(one.key for one in space.ranges)
        raise complain("proposer", f"one that takes ranges of numbers ({keys}): cmaes or random", id, remedy)
    if row.choices and not row.numbers and budget < len(space.arms()):
        raise complain("budget", f"at least {len(space.arms())}, a run of each choice", budget, "Or take fewer values.")
    return row
