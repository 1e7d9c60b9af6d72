"""Instance discrimination: the bank's softmax and the invariant and spreading loss against loops from the papers."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.losses.instance_softmax import bank_logits, instance_softmax, invariant_and_spread
from tests.engine.losses.naive import cosine, log_sum_exp, rows, softmax, unit


def draw(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def wu(v: Tensor, bank: Tensor, own: list[int], tau: float) -> list[float]:
    """1805.01978, Eq. 2 and 3, for each feature."""
    losses = []
    for feature, i in zip(rows(v), own, strict=True):
        scores = [cosine(feature, row) / tau for row in rows(bank)]
        losses.append(log_sum_exp(scores) - scores[i])
    return losses


def ye(original: Tensor, augmented: Tensor, tau: float) -> tuple[list[float], list[float]]:
    """1904.03436, Sec. 3: each image's part of both sums; the second uses the original's probabilities of other classes."""
    f, g = rows(original), rows(augmented)
    n = len(f)
    invariance, spread = [0.0] * n, [0.0] * n
    for i in range(n):
        invariance[i] -= math.log(softmax([cosine(f[k], g[i]) / tau for k in range(n)])[i])
        for j in range(n):
            if j != i:
                spread[j] -= math.log(1 - softmax([cosine(f[k], f[j]) / tau for k in range(n)])[i])
    return invariance, spread


def dwibedi(friends: Tensor, p: Tensor, tau: float) -> list[float]:
    """2104.14548, Eq. 3 for each image, with predictions: the positive of NN(z_i) is p_i among all p_k."""
    losses = []
    for i, friend in enumerate(rows(friends)):
        scores = [cosine(friend, other) / tau for other in rows(p)]
        losses.append(log_sum_exp(scores) - scores[i])
    return losses


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_the_bank_softmax_equals_the_paper_s_loops(tau: float) -> None:
    v, bank, own = draw(5, 6, seed=0), unit(draw(9, 6, seed=1)), torch.tensor([3, 0, 8, 4, 4])
    loss = instance_softmax(bank_logits(v, bank, tau), own).tolist()
    assert loss == pytest.approx(wu(v, bank, own.tolist(), tau), rel=1e-5)


def test_the_bank_softmax_equals_info_nce_with_all_other_rows_as_the_queue() -> None:
    v, bank = draw(1, 6, seed=2), unit(draw(9, 6, seed=3))
    others = torch.cat([bank[:4], bank[5:]])
    expected = info_nce(info_nce_logits(v, bank[4:5], others, 0.1)).item()
    assert instance_softmax(bank_logits(v, bank, 0.1), torch.tensor([4])).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_invariant_and_spread_equals_the_paper_s_loops(tau: float) -> None:
    f, g = draw(7, 6, seed=4), draw(7, 6, seed=5)
    result, expected = invariant_and_spread(f, g, tau), ye(f, g, tau)
    assert result.invariance.tolist() == pytest.approx(expected[0], rel=1e-5)
    assert result.spread.tolist() == pytest.approx(expected[1], rel=1e-5)


def test_no_image_has_a_higher_probability_of_another_class_than_of_its_own() -> None:
    f = draw(7, 6, seed=6)
    f[3] = f[2] * 5  # the same direction: P(3 | x_2) = P(2 | x_2)
    probabilities = invariant_and_spread(f, f, 0.01).mistaken
    assert torch.allclose(probabilities.sum(0), torch.ones(7))
    assert (probabilities <= probabilities.diagonal() + 1e-6).all()
    assert probabilities[3, 2].item() == pytest.approx(0.5, abs=1e-3)


def test_constant_features_score_chance_level() -> None:
    f, n = torch.ones(8, 4), 8
    result = invariant_and_spread(f, f, 0.1)
    assert result.invariance.tolist() == pytest.approx([math.log(n)] * n, rel=1e-6)
    assert result.spread.tolist() == pytest.approx([(n - 1) * math.log(n / (n - 1))] * n, rel=1e-5)


def test_losses_per_image_do_not_depend_on_the_order() -> None:
    f, g, order = draw(7, 6, seed=7), draw(7, 6, seed=8), torch.randperm(7, generator=torch.Generator().manual_seed(0))
    one, two = invariant_and_spread(f, g, 0.1), invariant_and_spread(f[order], g[order], 0.1)
    assert (one.invariance + one.spread)[order].tolist() == pytest.approx((two.invariance + two.spread).tolist(), rel=1e-5)


def test_the_contrast_of_neighbours_equals_the_paper_s_loops() -> None:
    friends, p = unit(draw(7, 6, seed=9)), draw(7, 6, seed=10)
    assert in_batch_nce(in_batch_logits(friends, p, 0.1)).tolist() == pytest.approx(dwibedi(friends, p, 0.1), rel=1e-5)
