"""Sinkhorn codes against SwAV's Algorithm 1, their marginals, and the swapped prediction loss against loops."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.swapped import sinkhorn, swapped_prediction
from tests.engine.losses import naive


def cosines(n: int, k: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(n * k)
    return naive.unit(torch.randn(n, 8, generator=generator)) @ naive.unit(torch.randn(k, 8, generator=generator)).t()


@pytest.mark.parametrize(("n", "k"), [(8, 3), (5, 5), (4, 9)])
@pytest.mark.parametrize("iterations", [1, 3])
def test_equals_the_algorithm_box(n: int, k: int, iterations: int) -> None:
    scores = cosines(n, k)
    expected = torch.tensor(naive.sinkhorn(scores, 0.05, iterations))
    assert torch.allclose(sinkhorn(scores, 0.05, iterations), expected, atol=1e-5)


def test_rows_sum_to_1_and_prototypes_have_equal_mass() -> None:
    codes = sinkhorn(cosines(60, 6), 0.05, 100)
    assert torch.allclose(codes.sum(1), torch.ones(60), atol=1e-5)
    assert torch.allclose(codes.sum(0), torch.full((6,), 10.0), atol=1e-2)


def test_rows_sum_to_1_after_any_number_of_iterations() -> None:
    for iterations in (1, 2, 3):
        assert torch.allclose(sinkhorn(cosines(7, 4), 0.05, iterations).sum(1), torch.ones(7), atol=1e-5)


def test_equal_scores_give_uniform_codes() -> None:
    assert torch.allclose(sinkhorn(torch.zeros(6, 4), 0.05, 3), torch.full((6, 4), 0.25), atol=1e-6)


def test_the_mass_of_a_preferred_prototype_is_limited() -> None:
    scores = torch.tensor([[0.9, 0.1], [0.8, 0.1], [0.7, 0.1], [0.6, 0.1]])
    codes = sinkhorn(scores, 0.05, 200)
    # All samples score the first prototype highest. Half of the mass goes to the second, from the samples with the lowest scores.
    assert codes.argmax(1).tolist() == [0, 0, 1, 1]


def test_a_constant_added_to_a_sample_or_a_prototype_does_not_change_converged_codes() -> None:
    scores = cosines(6, 3)
    shifted = scores + torch.arange(6).float()[:, None] / 10 + torch.arange(3).float() / 10
    assert torch.allclose(sinkhorn(scores, 0.1, 300), sinkhorn(shifted, 0.1, 300), atol=1e-4)


def test_does_not_overflow_where_exponentiating_first_would() -> None:
    scores = cosines(8, 5)
    assert not math.isfinite(float(torch.exp(scores / 0.001).sum()))
    codes = sinkhorn(scores, 0.001, 3)
    assert codes.isfinite().all()
    assert torch.allclose(codes.sum(1), torch.ones(8), atol=1e-4)


def test_codes_have_no_gradient() -> None:
    assert not sinkhorn(cosines(4, 3).requires_grad_(), 0.05, 3).requires_grad


def test_prediction_equals_the_loops() -> None:
    scores, code = cosines(7, 4), sinkhorn(cosines(7, 4).flip(0), 0.05, 3)
    expected = naive.cross_entropy(naive.rows(code), naive.rows(scores), 0.1)
    assert swapped_prediction(scores, code, 0.1).tolist() == pytest.approx(expected, rel=1e-5)


def test_a_uniform_prediction_scores_the_log_of_the_prototypes() -> None:
    code = sinkhorn(cosines(5, 7), 0.05, 3)
    assert swapped_prediction(torch.zeros(5, 7), code, 0.1).tolist() == pytest.approx([math.log(7)] * 5, rel=1e-5)


def test_the_loss_is_lowest_where_the_prediction_equals_the_code() -> None:
    code = torch.tensor([[0.7, 0.2, 0.1]])
    best = swapped_prediction(code.log(), code, 1.0)
    assert best < swapped_prediction(torch.tensor([[0.6, 0.3, 0.1]]).log(), code, 1.0)
    assert best < swapped_prediction(torch.tensor([[0.8, 0.1, 0.1]]).log(), code, 1.0)
