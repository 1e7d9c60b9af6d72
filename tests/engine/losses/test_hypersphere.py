"""Alignment, uniformity and the margin loss against loops, closed forms and symmetries."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.hypersphere import alignment, uniformity
from engine.losses.margin import distance, margin_contrast
from tests.engine.losses import naive_candidates


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    z1 = torch.randn(9, 6, generator=generator)
    return z1, z1 + 0.5 * torch.randn(9, 6, generator=generator)


@pytest.mark.parametrize("alpha", [1.0, 2.0, 3.5])
def test_alignment_equals_the_loop(pair: tuple[Tensor, Tensor], alpha: float) -> None:
    assert alignment(*pair, alpha).item() == pytest.approx(naive_candidates.alignment(*pair, alpha), rel=1e-5)


@pytest.mark.parametrize("t", [0.1, 2.0, 50.0])
def test_uniformity_equals_the_loop(pair: tuple[Tensor, Tensor], t: float) -> None:
    assert uniformity(pair[0], t).item() == pytest.approx(naive_candidates.uniformity(pair[0], t), rel=1e-5)


def test_alignment_and_uniformity_in_closed_form() -> None:
    corners = torch.eye(5)  # all pairs at a squared distance of 2
    assert uniformity(corners, 2.0).item() == pytest.approx(-4.0, rel=1e-6)
    assert alignment(corners, -corners, 2.0).item() == pytest.approx(4.0, rel=1e-6)
    assert alignment(corners, corners.roll(1, 0), 1.0).item() == pytest.approx(math.sqrt(2), rel=1e-6)
    assert uniformity(torch.ones(5, 3), 2.0).item() == pytest.approx(0.0, abs=1e-5)


def test_uniformity_is_lower_for_spread_points_than_for_clustered_points() -> None:
    angles = torch.linspace(0, 2 * math.pi, 13)[:-1]
    even = torch.stack([angles.cos(), angles.sin()], dim=1)
    bunched = torch.stack([(angles / 4).cos(), (angles / 4).sin()], dim=1)
    assert uniformity(even, 2.0) < uniformity(bunched, 2.0)


def test_rotation_and_norms_do_not_change_the_losses(pair: tuple[Tensor, Tensor]) -> None:
    turn = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(3))).Q
    x, y = (3.0 * z @ turn for z in pair)
    assert alignment(x, y, 2.0).item() == pytest.approx(alignment(*pair, 2.0).item(), rel=1e-5)
    assert uniformity(x, 2.0).item() == pytest.approx(uniformity(pair[0], 2.0).item(), rel=1e-5)


@pytest.mark.parametrize("m", [0.5, 2.0, 6.0])
def test_margin_loss_equals_the_loop(pair: tuple[Tensor, Tensor], m: float) -> None:
    z1, z2 = pair
    same, other = distance(z1, z2), distance(z1, z2.roll(1, 0))
    expected = naive_candidates.margin(
        [naive_candidates.euclidean(a, b) for a, b in zip(z1.tolist(), z2.tolist(), strict=True)],
        [naive_candidates.euclidean(a, b) for a, b in zip(z1.tolist(), z2.roll(1, 0).tolist(), strict=True)],
        m,
    )
    assert margin_contrast(same, other, m).tolist() == pytest.approx(expected, rel=1e-5)


def test_margin_loss_in_closed_form() -> None:
    zero, far, half = torch.zeros(4), torch.full((4,), 7.0), torch.full((4,), 1.0)
    assert margin_contrast(zero, far, 2.0).tolist() == [0.0] * 8
    assert margin_contrast(zero, zero, 2.0).mean().item() == pytest.approx(2.0)  # m^2 / 2
    assert margin_contrast(half, half, 2.0).mean().item() == pytest.approx(1.0)  # m^2 / 4


def test_negatives_have_a_gradient_only_within_the_margin() -> None:
    same, other = torch.tensor([1.0]), torch.tensor([0.5, 3.0], requires_grad=True)
    (given,) = torch.autograd.grad(margin_contrast(same, other, 2.0).mean(), other)
    assert given[0] < 0
    assert given[1] == 0
