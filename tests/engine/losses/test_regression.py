"""The cosine regression losses against loops and closed forms, and the identity between them."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.regression import negative_cosine, normalised_mse
from tests.engine.losses import naive


def draw() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(15)
    return torch.randn(6, 5, generator=generator), torch.randn(6, 5, generator=generator)


def test_mse_equals_the_distance_of_unit_vectors() -> None:
    p, t = draw()
    values = []
    for a, b in zip(naive.rows(p), naive.rows(t), strict=True):
        la, lb = math.sqrt(naive.dot(a, a)), math.sqrt(naive.dot(b, b))
        values.append(sum((x / la - y / lb) ** 2 for x, y in zip(a, b, strict=True)))
    assert normalised_mse(p, t).tolist() == pytest.approx(values, rel=1e-5)


def test_mse_is_two_minus_two_cosines() -> None:
    p, t = draw()
    cosines = [naive.cosine(a, b) for a, b in zip(naive.rows(p), naive.rows(t), strict=True)]
    assert normalised_mse(p, t).tolist() == pytest.approx([2 - 2 * value for value in cosines], rel=1e-5)
    assert negative_cosine(p, t).tolist() == pytest.approx([-value for value in cosines], rel=1e-5)


def test_equal_and_opposite_vectors_give_the_ends_of_the_range() -> None:
    p, _ = draw()
    assert normalised_mse(p, 3 * p).tolist() == pytest.approx([0] * 6, abs=1e-6)
    assert normalised_mse(p, -p).tolist() == pytest.approx([4] * 6, rel=1e-6)
    assert negative_cosine(p, 3 * p).tolist() == pytest.approx([-1] * 6, rel=1e-6)
    across = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 2.0]])
    assert normalised_mse(*across).item() == pytest.approx(2)
    assert negative_cosine(*across).item() == 0.0
