"""The predictor of a world model."""

from __future__ import annotations

import pytest
import torch

from engine.heads.dynamics import ActionBlock, Dynamics


@pytest.fixture
def drawn() -> Dynamics:
    torch.manual_seed(0)
    model = Dynamics(6, length=4, width=16, depth=2, heads=4).eval()
    model.action.size(3)
    for block in model.blocks:  # the gates are 0 at first: no action would matter
        assert isinstance(block, ActionBlock)
        torch.nn.init.normal_(block.modulation.weight, std=0.5)
    return model


def test_a_new_block_is_the_identity() -> None:
    x = torch.randn(2, 3, 16)
    assert torch.equal(ActionBlock(16, 4, 0.0)(x, torch.randn(2, 3, 16)), x)


def test_a_prediction_depends_on_what_was_before_it_alone(drawn: Dynamics) -> None:
    latents, actions = torch.randn(2, 4, 6), torch.randint(3, (2, 4))
    before = drawn(latents, actions)
    later, other = latents.clone(), actions.clone()
    later[:, 2] += 1
    assert torch.equal(drawn(later, actions)[:, :2], before[:, :2])
    assert not torch.allclose(drawn(later, actions)[:, 2:], before[:, 2:])
    other[:, 2] = (other[:, 2] + 1) % 3
    assert torch.equal(drawn(latents, other)[:, :2], before[:, :2])
    assert not torch.allclose(drawn(latents, other)[:, 2], before[:, 2])


def test_a_roll_out_is_one_prediction_after_another(drawn: Dynamics) -> None:
    latents, before, actions = torch.randn(2, 3, 6), torch.randint(3, (2, 2)), torch.randint(3, (2, 3))
    seen, taken = latents, before
    for step in range(3):
        taken = torch.cat([taken, actions[:, step, None]], 1)
        seen = torch.cat([seen, drawn(seen[:, -4:], taken[:, -4:])[:, -1:]], 1)
    torch.testing.assert_close(drawn.roll_out(latents, before, actions), seen[:, 3:])
    one = drawn.roll_out(latents[:, -1:], before[:, :0], actions[:, :1])
    torch.testing.assert_close(one[:, 0], drawn(latents[:, -1:], actions[:, :1])[:, 0])
