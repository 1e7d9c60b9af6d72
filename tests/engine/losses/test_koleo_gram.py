"""KoLeo and the Gram distance against loops over the official formulas (dinov2/loss/koleo_loss.py, dinov3/loss/gram_loss.py)."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.gram import gram_distance
from engine.losses.koleo import koleo


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_koleo_is_minus_the_log_of_the_nearest_distance() -> None:
    z = torch.randn(7, 3, generator=generator(1))
    unit = [[v / math.hypot(*row) for v in row] for row in z.double().tolist()]
    expected = [-math.log(min(math.dist(a, b) for j, b in enumerate(unit) if j != i)) for i, a in enumerate(unit)]
    assert koleo(z).tolist() == pytest.approx(expected, rel=1e-4)


def test_a_step_against_koleo_s_gradient_moves_the_nearest_rows_apart() -> None:
    z = torch.tensor([[1.0, 0.0], [1.0, 0.1], [-1.0, 0.0]], requires_grad=True)
    before = koleo(z)
    before.sum().backward()
    assert z.grad is not None
    assert z.grad[2].abs().sum() > 0  # its own distance from the nearest
    moved = z.detach() - 1e-3 * z.grad
    assert (koleo(moved) < before.detach())[:2].all()


def test_koleo_of_equal_rows_and_of_one_row_is_finite() -> None:
    z = torch.ones(4, 3, requires_grad=True)
    koleo(z).sum().backward()
    assert z.grad is not None
    assert z.grad.isfinite().all()
    assert koleo(torch.ones(2, 3)).tolist() == pytest.approx([-math.log(math.sqrt(3) * 1e-8 + 1e-8)] * 2, rel=1e-3)
    assert koleo(torch.ones(1, 3)).tolist() == [0.0]


def test_the_gram_distance_is_the_mean_squared_difference_of_cosines() -> None:
    one, two = torch.randn(2, 3, 5, generator=generator(2)), torch.randn(2, 3, 4, generator=generator(3))

    def cosine(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)

    expected = []
    for a, b in zip(one.double().tolist(), two.double().tolist(), strict=True):
        pairs = [(cosine(a[i], a[j]) - cosine(b[i], b[j])) ** 2 for i in range(3) for j in range(3)]
        expected.append(sum(pairs) / 9)
    assert gram_distance(one, two).tolist() == pytest.approx(expected, rel=1e-4)


def test_a_rotation_of_the_features_leaves_the_gram_distance() -> None:
    one, two = torch.randn(2, 6, 5, generator=generator(4)), torch.randn(2, 6, 5, generator=generator(5))
    rotation = torch.linalg.qr(torch.randn(5, 5, generator=generator(6))).Q
    assert torch.allclose(gram_distance(one @ rotation, two), gram_distance(one, two), atol=1e-5)
    assert gram_distance(one, one @ rotation).max() < 1e-6
