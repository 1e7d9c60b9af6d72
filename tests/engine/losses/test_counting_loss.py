"""The counting loss on an example computed by hand, against loops, and where it is 0."""

from __future__ import annotations

import pytest
import torch

from engine.losses.counting_loss import counting_terms, unexplained


def test_an_example_computed_by_hand() -> None:
    """The features count eyes and wheels. x has 2 eyes and 2 wheels; each quarter has one of them, but one wheel is missed.
    y has 0 eyes and 1 wheel."""
    whole = torch.tensor([[2.0, 2.0]])
    parts = torch.tensor([[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]])  # add up to 2, 1
    other = torch.tensor([[0.0, 1.0]])
    terms = counting_terms(whole, parts, other, margin=10.0)
    assert terms.equal.tolist() == [1.0]  # (2 - 2)^2 + (2 - 1)^2
    assert terms.different.tolist() == [6.0]  # 10 - ((0 - 2)^2 + (1 - 1)^2)
    # The margin applies to the distance of the vectors: 3^2 + 2^2 = 13 is above 10, though each count alone is not.
    far = counting_terms(whole, parts, torch.tensor([[5.0, 3.0]]), margin=10.0)
    assert far.different.tolist() == [0.0]


def test_equals_the_loops() -> None:
    generator = torch.Generator().manual_seed(0)
    whole, other = torch.rand(2, 5, 3, generator=generator, dtype=torch.float64) * 4
    parts = torch.rand(5, 4, 3, generator=generator, dtype=torch.float64)
    terms = counting_terms(whole, parts, other, margin=6.0)
    for i in range(5):
        equal = different = 0.0
        for c in range(3):
            total = sum(float(parts[i, j, c]) for j in range(4))
            equal += (float(whole[i, c]) - total) ** 2
            different += (float(other[i, c]) - total) ** 2
        assert terms.equal[i].item() == pytest.approx(equal, rel=1e-5)
        assert terms.different[i].item() == pytest.approx(max(0.0, 6.0 - different), rel=1e-4, abs=1e-5)


def test_zero_or_constant_features_cost_at_least_the_margin() -> None:
    nothing = counting_terms(torch.zeros(3, 4), torch.zeros(3, 4, 4), torch.zeros(3, 4), 10.0)
    assert (nothing.equal + nothing.different).tolist() == [10.0] * 3
    for level in (0.1, 0.5, 2.0):  # a constant count cannot add up: 1 is not 4
        same = counting_terms(torch.full((3, 4), level), torch.full((3, 4, 4), level), torch.full((3, 4), level), 10.0)
        assert (same.equal + same.different).min() >= 10.0 - 1e-5


def test_counts_that_add_up_and_differ_by_the_margin_have_a_loss_and_a_gradient_of_0() -> None:
    parts = torch.zeros(2, 4, 2)
    parts[0, 1, 0] = parts[1, 2, 1] = 4.0
    parts.requires_grad_()
    whole = parts.detach().sum(1)
    terms = counting_terms(whole, parts, whole.roll(1, 0), 10.0)  # 4^2 + 4^2 = 32 apart
    loss = (terms.equal + terms.different).sum()
    loss.backward()
    assert loss.item() == 0
    assert parts.grad is not None
    assert parts.grad.abs().max() == 0


def test_the_order_of_the_tiles_does_not_change_the_loss() -> None:
    whole, other, parts = torch.rand(3, 5), torch.rand(3, 5), torch.rand(3, 4, 5)
    one, two = counting_terms(whole, parts, other, 10.0), counting_terms(whole, parts[:, [2, 0, 3, 1]], other, 10.0)
    torch.testing.assert_close(one, two)


def test_bf16_features_are_compared_in_full_precision() -> None:
    whole, parts, other = torch.rand(3, 64).bfloat16(), torch.rand(3, 4, 64).bfloat16(), torch.rand(3, 64).bfloat16()
    low, full = counting_terms(whole, parts, other, 99.0), counting_terms(whole.float(), parts.float(), other.float(), 99.0)
    assert torch.equal(low.equal, full.equal)
    assert torch.equal(low.different, full.different)


def test_unexplained_is_1_for_the_mean_count_and_0_for_the_true_count() -> None:
    whole = torch.rand(6, 5)
    assert unexplained(whole, whole[:, None] / 4 * torch.ones(4, 1)).item() == pytest.approx(0.0, abs=1e-10)
    mean = whole.mean(0).expand(6, 4, 5) / 4
    assert unexplained(whole, mean).item() == pytest.approx(1.0, rel=1e-5)
    assert unexplained(torch.zeros(6, 5), torch.zeros(6, 4, 5)).item() == 0.0
