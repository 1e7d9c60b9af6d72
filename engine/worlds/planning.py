"""Planning in a latent space: which actions does a world model believe to lead to a goal?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

# Costs (P, K) of K sequences of actions (P, K, H) int64 for each of P problems.
Cost = Callable[[Tensor], Tensor]
_LEAST = 0.02  # probability that every action keeps, so that none is given up for ever


@dataclass(frozen=True)
class Search:
    """How the cross-entropy method searches. `horizon`: actions ahead. `candidates` are drawn in each of the `rounds`; the
    probabilities move to the frequencies of the `elite` best."""

    horizon: int = 8
    candidates: int = 128
    elite: int = 16
    rounds: int = 4


@dataclass(frozen=True, eq=False)
class Plan:
    """actions: (P, H) int64, the sequence of the least cost for each problem. by_first: (P, A) the least cost of a sequence that
    begins with each action, infinite where none was tried."""

    actions: Tensor
    by_first: Tensor


def plan(cost: Cost, problems: int, actions: int, search: Search, generator: torch.Generator) -> Plan:
    """The best sequences that the cross-entropy method found for each of P problems, by independent probabilities of the `actions`
    at each step (Rubinstein, The Cross-Entropy Method for Combinatorial and Continuous Optimization, 1999). Drawn on the CPU by
    `generator`; the same generator and costs give the same plans."""
    probability = torch.full((problems, search.horizon, actions), 1.0 / actions)
    best = torch.zeros(problems, search.horizon, dtype=torch.int64)
    least = torch.full((problems,), torch.inf)
    by_first = torch.full((problems, actions), torch.inf)
    for _ in range(search.rounds):
        drawn = torch.multinomial(probability.flatten(0, 1), search.candidates, replacement=True, generator=generator)
        sequences = drawn.view(problems, search.horizon, search.candidates).transpose(1, 2)  # (P, K, H)
        costs = cost(sequences).detach().float().cpu()  # (P, K)
        by_first = by_first.scatter_reduce(1, sequences[:, :, 0], costs, "amin")
        values, order = costs.topk(search.elite, dim=1, largest=False)
        elite = sequences.gather(1, order[..., None].expand(-1, -1, search.horizon))  # (P, E, H)
        better = values[:, 0] < least
        best[better], least[better] = elite[better, 0], values[better, 0]
        frequency = torch.nn.functional.one_hot(elite, actions).float().mean(1)  # (P, H, A)
        probability = frequency * (1 - actions * _LEAST) + _LEAST if actions * _LEAST < 1 else frequency
    return Plan(best, by_first)
