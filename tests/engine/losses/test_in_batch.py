"""InfoNCE within a batch against its definition in loops, its closed forms and its symmetries."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.info_nce import info_nce, info_nce_logits


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def naive(query: torch.Tensor, key: torch.Tensor, tau: float) -> float:
    """1906.05849, Eq. 2, in loops and double precision."""

    def cosine(a: list[float], b: list[float]) -> float:
        dot = sum(x * y for x, y in zip(a, b, strict=True))
        return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))

    q, k = query.double().tolist(), key.double().tolist()
    total = 0.0
    for i in range(len(q)):
        weights = [math.exp(cosine(q[i], k[j]) / tau) for j in range(len(k))]
        total -= math.log(weights[i] / sum(weights))
    return total / len(q)


@pytest.mark.parametrize("tau", [0.05, 0.2, 1.0, 5.0])
def test_equals_the_loops_in_both_directions(tau: float) -> None:
    q, k = draw(7, 5, seed=1), draw(7, 5, seed=2)
    logits = in_batch_logits(q, k, tau)
    assert in_batch_nce(logits).item() == pytest.approx(naive(q, k, tau), rel=1e-5)
    assert in_batch_nce(logits.t()).item() == pytest.approx(naive(k, q, tau), rel=1e-5)


@pytest.mark.parametrize("n", [2, 8, 64])
def test_knowing_nothing_scores_the_log_of_the_batch(n: int) -> None:
    assert in_batch_nce(in_batch_logits(torch.ones(n, 4), torch.ones(n, 4), 0.07)).item() == pytest.approx(math.log(n), rel=1e-6)


def test_perfect_and_orthogonal_pairs_in_closed_form() -> None:
    n, tau = 4, 0.5
    expected = math.log(math.exp(1 / tau) + n - 1) - 1 / tau
    assert in_batch_nce(in_batch_logits(torch.eye(n), torch.eye(n), tau)).item() == pytest.approx(expected, rel=1e-6)


def test_one_row_is_the_contrast_with_a_queue_of_the_other_keys() -> None:
    q, k = draw(6, 5, seed=3), draw(6, 5, seed=4)
    unit = torch.nn.functional.normalize(k, dim=1)
    rows = [info_nce(info_nce_logits(q[i : i + 1], k[i : i + 1], unit[torch.arange(6) != i], 0.2)).item() for i in range(6)]
    assert in_batch_nce(in_batch_logits(q, k, 0.2)).item() == pytest.approx(sum(rows) / 6, rel=1e-5)
