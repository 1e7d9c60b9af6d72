"""Barlow Twins' two sums against loops over Pearson correlations, and special values."""

from __future__ import annotations

import pytest
import torch

from engine.losses.cross_correlation import cross_correlation
from tests.engine.losses import naive


def decorrelated(n: int) -> torch.Tensor:
    """Columns with mean 0, variance 1 and correlation 0: the Hadamard matrix without its constant column."""
    h = torch.ones(1, 1)
    while len(h) < n:
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)])
    return h[:, 1:]


def test_equals_the_loops() -> None:
    generator = torch.Generator().manual_seed(3)
    z1 = 3 * torch.randn(9, 4, generator=generator) + 1
    z2 = z1 + torch.randn(9, 4, generator=generator)
    terms = cross_correlation(z1, z2)
    invariance, redundancy = naive.barlow(z1, z2, 1e-5)
    assert terms.invariance.item() == pytest.approx(invariance, rel=1e-5)
    assert terms.redundancy.item() == pytest.approx(redundancy, rel=1e-5)


def test_is_zero_for_decorrelated_identical_views() -> None:
    z = decorrelated(16)
    terms = cross_correlation(z, z)
    assert terms.invariance.item() == pytest.approx(0, abs=1e-6)
    assert 0 <= terms.redundancy.item() < 1e-6
    assert torch.allclose(terms.correlation, torch.eye(15), atol=1e-4)


def test_scale_and_shift_of_a_dimension_do_not_change_the_loss() -> None:
    generator = torch.Generator().manual_seed(4)
    z1, z2 = torch.randn(64, 6, generator=generator), torch.randn(64, 6, generator=generator)
    plain, moved = cross_correlation(z1, z2), cross_correlation(20 * z1 - 3, z2 * torch.arange(1, 7) + 5)
    assert moved.invariance.item() == pytest.approx(plain.invariance.item(), rel=1e-3)
    assert moved.redundancy.item() == pytest.approx(plain.redundancy.item(), rel=1e-3)


def test_swapping_the_views_transposes_the_matrix() -> None:
    generator = torch.Generator().manual_seed(5)
    z1, z2 = torch.randn(8, 3, generator=generator), torch.randn(8, 3, generator=generator)
    assert torch.allclose(cross_correlation(z1, z2).correlation, cross_correlation(z2, z1).correlation.t(), atol=1e-6)


def test_opposite_views_maximise_one_sum_and_copied_dimensions_the_other() -> None:
    z = decorrelated(8)
    assert cross_correlation(z, -z).invariance.item() == pytest.approx(4 * 7, rel=1e-4)
    copies = z[:, :1].expand(-1, 5)
    assert cross_correlation(copies, copies).redundancy.item() == pytest.approx(5 * 4, rel=1e-4)


def test_a_constant_dimension_counts_as_uncorrelated() -> None:
    z = decorrelated(8).clone()
    z[:, 2] = 3.0
    terms = cross_correlation(z, z)
    assert terms.invariance.item() == pytest.approx(1, rel=1e-4)
    assert terms.redundancy.item() == pytest.approx(0, abs=1e-5)
