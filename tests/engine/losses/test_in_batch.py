"""InfoNCE within a batch against loops, closed forms and symmetries."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.info_nce import info_nce, info_nce_logits


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def naive(query: torch.Tensor, key: torch.Tensor, tau: float) -> list[float]:
    """1906.05849, Eq. 2, for each query, with loops in double precision."""

    def cosine(a: list[float], b: list[float]) -> float:
        dot = sum(x * y for x, y in zip(a, b, strict=True))
        return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))

    q, k = query.double().tolist(), key.double().tolist()
    losses = []
    for i in range(len(q)):
        weights = [math.exp(cosine(q[i], k[j]) / tau) for j in range(len(k))]
        losses.append(-math.log(weights[i] / sum(weights)))
    return losses


@pytest.mark.parametrize("tau", [0.05, 0.2, 1.0, 5.0])
def test_equals_the_loops_in_both_directions(tau: float) -> None:
    q, k = draw(7, 5, seed=1), draw(7, 5, seed=2)
    logits = in_batch_logits(q, k, tau)
    assert in_batch_nce(logits).tolist() == pytest.approx(naive(q, k, tau), rel=1e-5)
    assert in_batch_nce(logits.t()).tolist() == pytest.approx(naive(k, q, tau), rel=1e-5)


@pytest.mark.parametrize("n", [2, 8, 64])
def test_identical_embeddings_score_the_log_of_the_batch_size(n: int) -> None:
    same = torch.ones(n, 4)
    assert in_batch_nce(in_batch_logits(same, same, 0.07)).tolist() == pytest.approx([math.log(n)] * n, rel=1e-6)


def test_perfect_and_orthogonal_pairs_in_closed_form() -> None:
    n, tau = 4, 0.5
    expected = math.log(math.exp(1 / tau) + n - 1) - 1 / tau
    assert in_batch_nce(in_batch_logits(torch.eye(n), torch.eye(n), tau)).tolist() == pytest.approx([expected] * n, rel=1e-6)


def test_one_row_equals_info_nce_with_the_other_keys_as_the_queue() -> None:
    q, k = draw(6, 5, seed=3), draw(6, 5, seed=4)
    unit = torch.nn.functional.normalize(k, dim=1)
    rows = [info_nce(info_nce_logits(q[i : i + 1], k[i : i + 1], unit[torch.arange(6) != i], 0.2)).item() for i in range(6)]
    assert in_batch_nce(in_batch_logits(q, k, 0.2)).tolist() == pytest.approx(rows, rel=1e-5)
