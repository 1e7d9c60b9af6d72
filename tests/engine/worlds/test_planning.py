"""Planning by the cross-entropy method."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.worlds.planning import Search, plan


def test_the_best_of_many_sequences_is_found() -> None:
    goals = torch.randint(4, (5, 6), generator=torch.Generator().manual_seed(1))

    def cost(sequences: Tensor) -> Tensor:
        return (sequences != goals[:, None]).float().sum(-1)

    planned = plan(cost, 5, 4, Search(horizon=6, candidates=128, elite=16, rounds=6), torch.Generator().manual_seed(0))
    assert torch.equal(planned.actions, goals)  # one of 4,096 sequences each
    again = plan(cost, 5, 4, Search(horizon=6, candidates=128, elite=16, rounds=6), torch.Generator().manual_seed(0))
    assert torch.equal(planned.actions, again.actions)


def test_the_result_is_the_best_of_all_rounds() -> None:
    seen: list[Tensor] = []
    costs: list[Tensor] = []

    def cost(sequences: Tensor) -> Tensor:
        seen.append(sequences)
        costs.append(torch.rand(sequences.shape[:2], generator=torch.Generator().manual_seed(len(costs))))
        return costs[-1]

    planned = plan(cost, 2, 3, Search(horizon=4, candidates=20, elite=5, rounds=3), torch.Generator().manual_seed(0))
    drawn, all_costs = torch.cat(seen, 1), torch.cat(costs, 1)
    assert torch.equal(planned.actions, drawn[torch.arange(2), all_costs.argmin(1)])
    for problem in range(2):
        for action in range(3):
            first = drawn[problem, :, 0] == action
            assert planned.by_first[problem, action] == all_costs[problem][first].min()
