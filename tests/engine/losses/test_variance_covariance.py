"""VICReg's three terms against Eq. 1 to 5 with loops, closed forms and symmetries."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.variance_covariance import EPSILON, covariance_matrix, vicreg_terms


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    z1 = 0.8 * torch.randn(9, 5, generator=generator) + 3
    return z1, z1 + 0.3 * torch.randn(9, 5, generator=generator)


def naive(z1: Tensor, z2: Tensor) -> tuple[float, float, float]:
    """The equations with loops in double precision, averaged over dimensions and views as in the official code."""
    views = [z.double().tolist() for z in (z1, z2)]
    n, d = len(views[0]), len(views[0][0])
    distance = math.fsum((views[0][i][j] - views[1][i][j]) ** 2 for i in range(n) for j in range(d)) / (n * d)
    hinges, covariances = [], []
    for z in views:
        mean = [math.fsum(z[i][j] for i in range(n)) / n for j in range(d)]
        c = [[math.fsum((z[i][j] - mean[j]) * (z[i][k] - mean[k]) for i in range(n)) / (n - 1) for k in range(d)] for j in range(d)]
        hinges.append(math.fsum(max(0.0, 1.0 - math.sqrt(c[j][j] + EPSILON)) for j in range(d)) / d)
        covariances.append(math.fsum(c[j][k] ** 2 for j in range(d) for k in range(d) if j != k) / d)
    return distance, sum(hinges) / 2, sum(covariances)


def test_equals_the_equations(pair: tuple[Tensor, Tensor]) -> None:
    assert [term.item() for term in vicreg_terms(*pair)] == pytest.approx(naive(*pair), rel=1e-5)


def test_the_order_of_views_and_images_does_not_change_the_terms(pair: tuple[Tensor, Tensor]) -> None:
    expected = [term.item() for term in vicreg_terms(*pair)]
    order = torch.tensor([4, 1, 0, 3, 2, 8, 7, 5, 6])
    assert [term.item() for term in vicreg_terms(pair[1], pair[0])] == pytest.approx(expected, rel=1e-6)
    assert [term.item() for term in vicreg_terms(pair[0][order], pair[1][order])] == pytest.approx(expected, rel=1e-5)


def test_a_shift_of_both_views_does_not_change_the_terms(pair: tuple[Tensor, Tensor]) -> None:
    moved = [term.item() for term in vicreg_terms(pair[0] - 5, pair[1] - 5)]
    assert moved == pytest.approx([term.item() for term in vicreg_terms(*pair)], rel=1e-4)


def test_at_collapse_only_the_variance_term_is_positive() -> None:
    same = torch.full((8, 4), 0.3)
    invariance, variance, covariance = vicreg_terms(same, same)
    assert invariance.item() == 0.0
    assert covariance.item() == pytest.approx(0.0, abs=1e-20)
    assert variance.item() == pytest.approx(1 - math.sqrt(EPSILON), rel=1e-6)


def test_uncorrelated_dimensions_with_a_standard_deviation_of_at_least_1_have_a_loss_of_0() -> None:
    signs = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    z = signs * torch.tensor([1.0, 2.0, 5.0])
    assert [term.item() for term in vicreg_terms(z, z)] == [0.0, 0.0, 0.0]


def test_two_equal_dimensions_in_closed_form() -> None:
    column = torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])
    # C_12 = C_21 = 4 / 3 in both views: 2 (4/3)^2 / d each.
    covariance = vicreg_terms(column.repeat(1, 2), column.repeat(1, 2)).covariance
    assert covariance.item() == pytest.approx(2 * 2 * (4 / 3) ** 2 / 2, rel=1e-6)


def test_the_covariance_equals_torch_cov(pair: tuple[Tensor, Tensor]) -> None:
    assert torch.allclose(covariance_matrix(pair[0]), torch.cov(pair[0].t()), atol=1e-6)
