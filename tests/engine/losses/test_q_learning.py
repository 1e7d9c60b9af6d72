"""Targets of double DQN by hand, and a table network that learns what value iteration gives."""

from __future__ import annotations

import pytest
import torch

from engine.losses.q_learning import double_dqn_target, huber

# A chain of three states: action 1 goes on, action 0 back to the first. Beyond the last state the episode ends with a reward of 1,
# and a step back costs a tenth.
DISCOUNT = 0.9
STEPS = [(state, action) for state in range(3) for action in range(2)]


def outcome(state: int, action: int) -> tuple[int, float, bool]:
    if action == 0:
        return 0, -0.1, False
    return (state, 1.0, True) if state == 2 else (state + 1, 0.0, False)


def value_iteration() -> list[list[float]]:
    values = [[0.0, 0.0] for _ in range(3)]
    for _ in range(500):
        values = [
            [
                reward + (0.0 if ended else DISCOUNT * max(values[after]))
                for after, reward, ended in (outcome(state, action) for action in range(2))
            ]
            for state in range(3)
        ]
    return values


def test_the_network_that_learns_chooses_and_the_target_network_values() -> None:
    online = torch.tensor([[1.0, 5.0], [3.0, 2.0]])
    target = torch.tensor([[10.0, 20.0], [30.0, 40.0]])
    wanted = double_dqn_target(torch.tensor([0.5, 1.0]), torch.tensor([False, True]), online, target, 0.5)
    assert wanted.tolist() == [0.5 + 0.5 * 20, 1.0]


def test_the_target_has_no_gradient() -> None:
    online, target = (torch.randn(2, 3, requires_grad=True) for _ in range(2))
    wanted = double_dqn_target(torch.zeros(2), torch.tensor([False, False]), online, target, 0.9)
    assert not wanted.requires_grad


def test_huber_by_hand() -> None:
    errors = huber(torch.tensor([0.5, 3.0, -2.0]), torch.zeros(3))
    assert errors.tolist() == pytest.approx([0.125, 2.5, 1.5])


def test_a_table_learns_the_values_of_value_iteration() -> None:
    table = torch.zeros(3, 2, requires_grad=True)
    optimiser = torch.optim.SGD([table], lr=0.5)
    states, actions = (torch.tensor(column) for column in zip(*STEPS, strict=True))
    results = [outcome(state, action) for state, action in STEPS]
    after, reward, ended = (torch.tensor(column) for column in zip(*results, strict=True))
    frozen = table.detach().clone()
    for step in range(3000):
        if step % 10 == 0:
            frozen = table.detach().clone()
        wanted = double_dqn_target(reward, ended, table[after], frozen[after], DISCOUNT)
        huber(table[states, actions], wanted).sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    torch.testing.assert_close(table.detach(), torch.tensor(value_iteration()), rtol=0, atol=1e-3)
