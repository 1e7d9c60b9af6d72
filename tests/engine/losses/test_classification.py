"""Cross-entropy over labelled images against loops and closed forms, and the treatment of images without a label."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.classification import accuracy, labelled_cross_entropy
from tests.engine.losses.naive import log_sum_exp, rows

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(5))
LABELS = torch.tensor([3, -1, 0, 2, -1, 3])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_equals_the_formula_over_the_labelled_images(smoothing: float) -> None:
    values = []
    for scores, label in zip(rows(LOGITS), LABELS.tolist(), strict=True):
        target = [smoothing / 4 + (1 - smoothing) * (c == label) for c in range(4)]
        own = -math.fsum(q * (s - log_sum_exp(scores)) for q, s in zip(target, scores, strict=True))
        values.append(own if label >= 0 else 0.0)
    loss = labelled_cross_entropy(LOGITS, LABELS, smoothing)
    assert loss.mean().item() == pytest.approx(sum(values) / 4, rel=1e-6)
    assert loss.tolist() == pytest.approx([value * 6 / 4 for value in values], rel=1e-6)


def test_images_without_a_label_change_nothing() -> None:
    known = LABELS >= 0
    logits = LOGITS.clone().requires_grad_()
    loss = labelled_cross_entropy(logits, LABELS).mean()
    assert loss.item() == pytest.approx(labelled_cross_entropy(LOGITS[known], LABELS[known]).mean().item(), rel=1e-6)
    loss.backward()
    assert logits.grad is not None
    assert (logits.grad[~known] == 0).all()
    assert (logits.grad[known] != 0).all()


def test_a_batch_without_labels_has_a_loss_of_0() -> None:
    none = torch.full((6,), -1)
    assert labelled_cross_entropy(LOGITS, none).tolist() == [0] * 6
    assert accuracy(LOGITS, none).item() == 0


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_uniform_logits_score_the_log_of_the_number_of_classes(smoothing: float) -> None:
    assert labelled_cross_entropy(torch.ones(3, 10), torch.arange(3), smoothing).tolist() == pytest.approx([math.log(10)] * 3)


def test_accuracy_counts_labelled_images_only() -> None:
    logits = torch.eye(4)
    assert accuracy(logits, torch.tensor([0, 1, 3, -1])).item() == pytest.approx(2 / 3)
