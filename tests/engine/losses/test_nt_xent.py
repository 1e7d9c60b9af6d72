"""NT-Xent against SimCLR's Algorithm 1 with loops, closed forms and symmetries."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.nt_xent import nt_xent
from tests.engine.losses import naive


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    z1 = torch.randn(7, 5, generator=generator)
    return z1, z1 + 0.7 * torch.randn(7, 5, generator=generator)


@pytest.mark.parametrize("tau", [0.05, 0.2, 0.5, 5.0])
def test_equals_the_algorithm_box(pair: tuple[torch.Tensor, torch.Tensor], tau: float) -> None:
    assert nt_xent(*pair, tau).tolist() == pytest.approx(naive.nt_xent(*pair, tau), rel=1e-5, abs=1e-6)


def test_swapping_the_views_does_not_change_the_loss(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    assert nt_xent(*pair, 0.2).tolist() == pytest.approx(nt_xent(*reversed(pair), 0.2).tolist(), rel=1e-5, abs=1e-6)


def test_losses_per_image_do_not_depend_on_the_order_or_the_norms(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    order = torch.tensor([3, 0, 6, 1, 2, 5, 4])
    z1, z2 = pair
    assert nt_xent(3 * z1[order], 0.1 * z2[order], 0.2).tolist() == pytest.approx(
        nt_xent(z1, z2, 0.2)[order].tolist(), rel=1e-5, abs=1e-6
    )


@pytest.mark.parametrize("n", [2, 8, 64])
def test_identical_embeddings_score_the_log_of_the_candidates(n: int) -> None:
    same = torch.ones(n, 4)
    assert nt_xent(same, same, 0.07).tolist() == pytest.approx([math.log(2 * n - 1)] * n, rel=1e-6)


def test_perfect_and_orthogonal_pairs_in_closed_form() -> None:
    n, tau = 4, 0.5
    z = torch.eye(n)
    # One candidate at cosine 1, the other 2N - 2 at cosine 0.
    expected = math.log(math.exp(1 / tau) + 2 * n - 2) - 1 / tau
    assert nt_xent(z, z, tau).tolist() == pytest.approx([expected] * n, rel=1e-6)


def test_positives_are_the_rows_of_the_same_image(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    z1, z2 = pair
    assert nt_xent(z1, z2, 0.2).mean() < nt_xent(z1, z2.roll(1, 0), 0.2).mean()


def test_a_gradient_step_increases_the_similarity_of_positives() -> None:
    z1 = torch.tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    z2 = torch.tensor([[0.8, 0.6], [-0.6, 0.8]])
    nt_xent(z1, z2, 0.5).mean().backward()
    assert z1.grad is not None
    moved = z1.detach() - 0.1 * z1.grad
    before = torch.cosine_similarity(z1.detach(), z2)
    assert (torch.cosine_similarity(moved, z2) > before).all()
