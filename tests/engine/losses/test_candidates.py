"""The losses after NT-Xent against loops from their papers, and settings at which they equal NT-Xent or each other."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.losses.candidates import Candidates, candidates, in_place, other_images, partners
from engine.losses.debiased_nt_xent import debiased, hardness, push
from engine.losses.decoupled import coupling, decoupled, flat_nce, von_mises_fisher_weight
from engine.losses.nt_xent import nt_xent
from tests.engine.losses import naive, naive_candidates

TAUS = [0.05, 0.2, 0.5, 5.0]
Pair = tuple[Tensor, Tensor]


@pytest.fixture
def pair() -> Pair:
    generator = torch.Generator().manual_seed(1)
    z1 = torch.randn(7, 5, generator=generator)
    return z1, z1 + 0.7 * torch.randn(7, 5, generator=generator)


def gradient(loss: Callable[[Tensor, Tensor], Tensor], pair: Pair) -> Tensor:
    z1, z2 = (z.clone().requires_grad_() for z in pair)
    gradients = torch.autograd.grad(loss(z1, z2).mean(), (z1, z2))
    return torch.cat(gradients)


def double(pair: Pair, tau: float) -> Candidates:
    """The candidates in double precision, computed with loops."""
    pairs = naive_candidates.split(*pair, tau)
    return Candidates(*(torch.tensor(part, dtype=torch.float64) for part in zip(*pairs, strict=True)))


def test_candidates_are_the_positive_and_the_views_of_other_images(pair: Pair) -> None:
    expected = naive_candidates.split(*pair, 0.2)
    ours = candidates(*pair, 0.2)
    assert ours.positive.tolist() == pytest.approx([pos for pos, _ in expected], rel=1e-5, abs=1e-5)
    assert ours.negative.sort(1).values.flatten().tolist() == pytest.approx([s for _, n in expected for s in sorted(n)], abs=1e-5)


def test_negatives_are_scattered_back_to_their_positions(pair: Pair) -> None:
    negative = candidates(*pair, 1.0).negative
    matrix = in_place(negative)
    z = naive.unit(torch.cat(pair))
    others = other_images(7, z.device)
    assert torch.allclose(matrix, torch.where(others, z @ z.t(), 0.0), atol=1e-6)
    assert torch.equal(partners(7, z.device) | torch.eye(14, dtype=torch.bool), ~others)


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize("sigma", [None, 0.5, 2.0])
def test_dcl_equals_the_loops(pair: Pair, tau: float, sigma: float | None) -> None:
    positive, negative = candidates(*pair, tau)
    weight = von_mises_fisher_weight(positive * tau, sigma) if sigma else None
    ours = decoupled(positive, negative, weight).tolist()
    assert ours == pytest.approx(naive_candidates.dcl(*pair, tau, sigma), rel=1e-5, abs=1e-5)


def test_dclw_s_weights_have_mean_1_and_are_larger_for_distant_pairs(pair: Pair) -> None:
    cosine = candidates(*pair, 1.0).positive
    weight = von_mises_fisher_weight(cosine, 0.5)
    assert weight.mean().item() == pytest.approx(1.0, rel=1e-6)
    assert torch.equal(weight.argsort(), cosine.argsort(descending=True))


def test_nt_xent_s_gradient_is_dcl_s_times_the_coupling(pair: Pair) -> None:
    positive, negative = (part.requires_grad_() for part in double(pair, 0.2))
    factor = coupling(positive, negative).detach()
    with_positive = torch.logsumexp(torch.cat([positive[:, None], negative], dim=1), dim=1) - positive
    ours = torch.autograd.grad(decoupled(positive, negative).mean(), (positive, negative))
    theirs = torch.autograd.grad(with_positive.mean(), (positive, negative))
    assert torch.allclose(theirs[0], factor * ours[0], rtol=1e-12)
    assert torch.allclose(theirs[1], factor[:, None] * ours[1], rtol=1e-12)


@pytest.mark.parametrize("tau", TAUS)
def test_flat_nce_is_1_and_returns_the_contrast_separately(pair: Pair, tau: float) -> None:
    flat = flat_nce(*candidates(*pair, tau))
    assert flat.loss.tolist() == [1.0] * 7
    assert flat.contrast.item() == pytest.approx(naive_candidates.contrast(*pair, tau), rel=1e-5, abs=1e-5)
    assert flat.info_nce.tolist() == pytest.approx(naive.nt_xent(*pair, tau), rel=1e-5, abs=1e-6)
    assert 1.0 <= flat.effective.item() <= 12.0


@pytest.mark.parametrize("tau", TAUS)
def test_flat_nce_s_gradient_is_that_of_the_log_contrast(pair: Pair, tau: float) -> None:
    """The paper's statement: the gradient is not InfoNCE's but that of log sum exp((s- - s+) / tau), which is also DCL's."""

    def contrast(z1: Tensor, z2: Tensor) -> Tensor:
        positive, negative = candidates(z1, z2, tau)
        return torch.stack([torch.logsumexp(neg - pos, dim=0) for pos, neg in zip(positive, negative, strict=True)]).mean()

    ours = gradient(lambda a, b: flat_nce(*candidates(a, b, tau)).loss, pair)
    scale = ours.abs().max()
    assert torch.allclose(ours, gradient(contrast, pair), rtol=1e-4, atol=1e-6 * scale)
    assert torch.allclose(ours, gradient(lambda a, b: decoupled(*candidates(a, b, tau)), pair), rtol=1e-4, atol=1e-6 * scale)
    assert not torch.allclose(ours, gradient(lambda a, b: nt_xent(a, b, tau), pair), rtol=1e-2, atol=1e-2 * scale)


def test_flat_nce_s_gradient_by_a_negative_is_its_share_of_the_negatives_sum(pair: Pair) -> None:
    positive, negative = (part.requires_grad_() for part in double(pair, 0.2))
    pull, away = torch.autograd.grad(flat_nce(positive, negative).loss.mean() * len(positive), (positive, negative))
    for row, given in zip(naive.rows(negative), naive.rows(away), strict=True):
        assert given == pytest.approx(naive.softmax(row), rel=1e-9)
    assert pull.tolist() == pytest.approx([-1.0] * len(positive))


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize(("tau_plus", "beta"), [(0.1, 0.0), (0.0, 1.0), (0.1, 1.0), (0.5, 3.0), (0.9, 0.0)])
def test_hard_and_debiased_equal_the_loops(pair: Pair, tau: float, tau_plus: float, beta: float) -> None:
    positive, negative = candidates(*pair, tau)
    weight = hardness(negative, beta) if beta else None
    ours = debiased(positive, negative, tau, tau_plus, weight).loss.tolist()
    expected = naive_candidates.hard(*pair, tau, tau_plus, beta)
    assert ours == pytest.approx(expected, rel=2e-5, abs=1e-6)
    in_double = double(pair, tau)
    weight = hardness(in_double.negative, beta) if beta else None
    assert debiased(*in_double, tau, tau_plus, weight).loss.tolist() == pytest.approx(expected, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("tau", TAUS)
def test_without_bias_and_hardness_the_negatives_are_nt_xents(pair: Pair, tau: float) -> None:
    positive, negative = candidates(*pair, tau)
    weight = hardness(negative, 0.0)
    assert torch.equal(weight, torch.ones_like(negative))
    plain, weighted = debiased(positive, negative, tau, 0.0), debiased(positive, negative, tau, 0.0, weight)
    assert torch.equal(plain.loss, weighted.loss)
    assert not plain.floored.any()
    assert plain.loss.tolist() == pytest.approx(nt_xent(*pair, tau).tolist(), rel=1e-5, abs=1e-6)
    in_double = debiased(*double(pair, tau), tau, 0.0).loss.tolist()
    assert in_double == pytest.approx(naive.nt_xent(*pair, tau), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("tau", TAUS)
def test_without_bias_and_hardness_the_gradient_is_nt_xents(pair: Pair, tau: float) -> None:
    def hard(a: Tensor, b: Tensor) -> Tensor:
        positive, negative = candidates(a, b, tau)
        return debiased(positive, negative, tau, 0.0, hardness(negative, 0.0)).loss

    expected = gradient(lambda a, b: nt_xent(a, b, tau), pair)
    assert torch.allclose(gradient(hard, pair), expected, rtol=1e-4, atol=1e-6 * expected.abs().max())


def test_with_identical_embeddings_every_variant_equals_nt_xent() -> None:
    same = torch.ones(4, 3)
    positive, negative = candidates(same, same, 0.5)
    for tau_plus, beta in ((0.1, 0.0), (0.1, 2.0), (0.9, 5.0)):
        loss = debiased(positive, negative, 0.5, tau_plus, hardness(negative, beta)).loss
        assert loss.tolist() == pytest.approx([math.log(7)] * 4, rel=1e-5)
    assert decoupled(positive, negative).tolist() == pytest.approx([math.log(6)] * 4, rel=1e-6)
    assert flat_nce(positive, negative).effective.item() == pytest.approx(6, rel=1e-6)


def test_the_debiased_sum_is_at_least_that_of_opposite_views() -> None:
    z = torch.eye(4)
    positive, negative = candidates(z, z, 0.2)  # positives at e^5, six negatives at 1: the debiased sum is negative
    result = debiased(positive, negative, 0.2, 0.1)
    assert result.floored.all()
    expected = math.log(math.exp(5) + 6 * math.exp(-5)) - 5
    assert result.loss.tolist() == pytest.approx([expected] * 4, rel=1e-3, abs=1e-6)
    assert not debiased(positive, negative, 0.2, math.exp(-5) * 0.99).floored.any()


@pytest.mark.parametrize("beta", [0.5, 2.0, 50.0])
def test_hardness_weights_increase_with_similarity_and_have_mean_1(pair: Pair, beta: float) -> None:
    negative = candidates(*pair, 0.2).negative
    weight = hardness(negative, beta)
    assert weight.mean(1).tolist() == pytest.approx([1.0] * 14, rel=1e-5)
    assert torch.equal(weight.argmax(1), negative.argmax(1))
    assert (weight.gather(1, negative.argsort(1)).diff(dim=1) >= 0).all()


@pytest.mark.parametrize("tau_plus", [0.0, 0.05, 0.5])
def test_push_is_the_derivative_with_respect_to_each_negative(pair: Pair, tau_plus: float) -> None:
    positive, negative = double(pair, 0.5)
    negative.requires_grad_()
    loss = debiased(positive, negative, 0.5, tau_plus).loss.mean() * len(positive)
    (away,) = torch.autograd.grad(loss, negative)
    assert torch.allclose(push(positive, negative.detach(), 0.5, tau_plus), away, rtol=1e-10, atol=1e-14)


def test_losses_per_image_do_not_depend_on_the_order_or_the_norms(pair: Pair) -> None:
    order = torch.tensor([3, 0, 6, 1, 2, 5, 4])
    moved = candidates(3 * pair[0][order], 0.1 * pair[1][order], 0.2)
    plain = candidates(*pair, 0.2)
    assert decoupled(*moved).tolist() == pytest.approx(decoupled(*plain)[order].tolist(), rel=1e-5)
    one, two = (debiased(*both, 0.2, 0.01, hardness(both.negative, 1.0)).loss for both in (moved, plain))
    assert one.tolist() == pytest.approx(two[order].tolist(), rel=1e-5)
