"""Whitened targets and the loss of their prediction against loops."""

from __future__ import annotations

import pytest
import torch

from engine.losses.feature_targets import feature_loss, whiten


def test_each_token_has_mean_0_and_variance_1() -> None:
    tokens = torch.randn(3, 5, 32) * 7 + 2
    white = whiten(tokens)
    assert torch.allclose(white.mean(-1), torch.zeros(3, 5), atol=1e-5)
    assert torch.allclose(white.var(-1, unbiased=False), torch.ones(3, 5), atol=1e-4)
    for n in range(3):
        for t in range(5):
            row = tokens[n, t]
            expected = (row - row.mean()) / (row.var(unbiased=False) + 1e-5).sqrt()
            assert torch.allclose(white[n, t], expected, atol=1e-5)


def test_scale_and_shift_of_a_teacher_s_token_change_no_target() -> None:
    tokens = torch.randn(2, 4, 16)
    scale, shift = torch.rand(2, 4, 1) * 50 + 1, torch.randn(2, 4, 1) * 10
    assert torch.allclose(whiten(tokens * scale + shift), whiten(tokens), atol=1e-3)


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_the_loss_is_a_square_and_then_a_line(beta: float) -> None:
    prediction, target = torch.randn(2, 3, 8) * 3, torch.randn(2, 3, 8)
    expected = torch.zeros(2, 3)
    for n in range(2):
        for t in range(3):
            for d in (prediction[n, t] - target[n, t]).abs().tolist():
                expected[n, t] += (d * d / (2 * beta) if d < beta else d - beta / 2) / 8
    assert torch.allclose(feature_loss(prediction, target, beta), expected, atol=1e-5)


def test_beta_is_2() -> None:
    far = torch.tensor([[[1.0], [2.0], [5.0]]])
    assert feature_loss(far, torch.zeros(1, 3, 1)).tolist() == [[0.25, 1.0, 4.0]]
