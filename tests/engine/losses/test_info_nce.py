"""InfoNCE with a queue against loops from MoCo's Eq. 1, closed forms, and its gradient."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.info_nce import info_nce, info_nce_logits
from tests.engine.losses import naive


def draw() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(2)
    query = torch.randn(6, 5, generator=generator)
    key = query + torch.randn(6, 5, generator=generator)
    return query, key, naive.unit(torch.randn(11, 5, generator=generator))


@pytest.mark.parametrize("tau", [0.07, 0.2, 5.0])
def test_equals_the_loops(tau: float) -> None:
    query, key, queue = draw()
    logits = info_nce_logits(query, key, queue, tau)
    assert logits.shape == (6, 12)
    assert info_nce(logits).tolist() == pytest.approx(naive.info_nce(query, key, queue, tau), rel=1e-5)


def test_first_column_is_the_positive() -> None:
    query, key, queue = draw()
    logits = info_nce_logits(query, key, queue, 0.5)
    assert logits[2, 0].item() == pytest.approx(naive.cosine(naive.rows(query)[2], naive.rows(key)[2]) / 0.5, rel=1e-5)
    assert logits[4, 3].item() == pytest.approx(naive.cosine(naive.rows(query)[4], naive.rows(queue)[2]) / 0.5, rel=1e-5)


def test_identical_embeddings_score_the_log_of_the_candidates() -> None:
    same = torch.ones(3, 4)
    logits = info_nce_logits(same, same, naive.unit(torch.ones(9, 4)), 0.2)
    assert info_nce(logits).tolist() == pytest.approx([math.log(10)] * 3, rel=1e-5)


def test_the_order_of_the_queue_does_not_change_the_loss() -> None:
    query, key, queue = draw()
    assert info_nce(info_nce_logits(query, key, queue, 0.1)).tolist() == pytest.approx(
        info_nce(info_nce_logits(query, key, queue.flip(0), 0.1)).tolist(), rel=1e-6
    )


def test_gradient_reaches_the_query() -> None:
    query, key, queue = draw()
    query.requires_grad_()
    info_nce(info_nce_logits(query, key, queue, 0.2)).mean().backward()
    assert query.grad is not None
    assert query.grad.abs().sum() > 0
