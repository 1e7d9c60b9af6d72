"""InfoNCE over patches against loops over images, rows and columns, closed forms, and the index of the positive."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.patch_contrast import patch_info_nce, true_indices
from tests.engine.losses.naive import dot, log_sum_exp, rows


def naive(prediction: Tensor, target: Tensor, offset: int, together: int, scale: float) -> tuple[list[float], float]:
    """For every image, row and column: minus the log probability of the positive among all patches of the group's images."""
    n, height, width, _ = target.shape
    losses: list[list[float]] = [[] for _ in range(n)]
    hits = []
    for i in range(n):
        first = i // together * together
        company = range(first, min(first + together, n))
        for r in range(height - offset):
            for c in range(width):
                vector = rows(prediction[i, r, c][None])[0]
                scores = {
                    (j, y, x): scale * dot(vector, rows(target[j, y, x][None])[0])
                    for j in company
                    for y in range(height)
                    for x in range(width)
                }
                truth = (i, r + offset, c)
                losses[i].append(log_sum_exp(list(scores.values())) - scores[truth])
                hits.append(max(scores, key=lambda position: scores[position]) == truth)
    return [math.fsum(own) / len(own) for own in losses], sum(hits) / len(hits)


@pytest.mark.parametrize("offset", [1, 2, 3])
@pytest.mark.parametrize("together", [1, 2, 3, 16])
@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_equals_loops_over_images_rows_and_columns(offset: int, together: int, scale: float) -> None:
    generator = torch.Generator().manual_seed(offset + together)
    target = torch.randn(5, 4, 3, 6, generator=generator)
    prediction = target[:, offset:] + torch.randn(5, 4 - offset, 3, 6, generator=generator)
    loss, accuracy = patch_info_nce(prediction, target, offset, together, scale)
    expected, hits = naive(prediction, target, offset, together, scale)
    assert loss.tolist() == pytest.approx(expected, abs=1e-5)
    assert accuracy.item() == pytest.approx(hits)


def test_the_positive_is_the_patch_of_the_same_image_and_column_a_given_number_of_rows_below() -> None:
    names = [(i, r, c) for i in range(3) for r in range(4) for c in range(5)]
    indices = true_indices(3, 4, 5, 2).tolist()
    predictions = [(i, r, c) for i in range(3) for r in range(2) for c in range(5)]
    assert [names[index] for index in indices] == [(i, r + 2, c) for i, r, c in predictions]


def test_identical_patches_score_the_log_of_the_candidates() -> None:
    target = torch.randn(4, 3, 3, 8)
    loss, _ = patch_info_nce(torch.zeros(4, 2, 3, 8), target, 1, 4, 1.0)
    assert loss.tolist() == pytest.approx([math.log(4 * 9)] * 4)
    loss, _ = patch_info_nce(torch.randn(4, 2, 3, 8), torch.ones(4, 3, 3, 8), 1, 2, 1.0)
    assert loss.tolist() == pytest.approx([math.log(2 * 9)] * 4)


def test_perfect_predictions_of_distinct_patches_have_a_loss_of_0() -> None:
    target = torch.eye(18).view(2, 3, 3, 18)
    loss, accuracy = patch_info_nce(target[:, 1:], target, 1, 2, 100.0)
    assert loss.tolist() == pytest.approx([0.0] * 2, abs=1e-6)
    assert accuracy.item() == 1.0
    loss, accuracy = patch_info_nce(target[:, :2], target, 1, 2, 100.0)  # predicts the row above instead of the one below
    assert loss.tolist() == pytest.approx([100.0] * 2, abs=1e-3)
    assert accuracy.item() == 0.0


def test_a_constant_added_to_all_targets_does_not_change_the_loss() -> None:
    """It cancels in the softmax over the patches."""
    prediction, target = torch.randn(3, 2, 3, 5), torch.randn(3, 3, 3, 5)
    plain, _ = patch_info_nce(prediction, target, 1, 3, 0.5)
    moved, _ = patch_info_nce(prediction, target + torch.randn(5), 1, 3, 0.5)
    assert moved.tolist() == pytest.approx(plain.tolist(), abs=1e-5)


def test_the_loss_of_a_group_does_not_depend_on_other_groups() -> None:
    prediction, target = torch.randn(4, 2, 3, 5), torch.randn(4, 3, 3, 5).requires_grad_()
    loss, _ = patch_info_nce(prediction[:2], target[:2], 1, 2, 1.0)
    other, _ = patch_info_nce(prediction[2:], target[2:], 1, 2, 1.0)
    both, _ = patch_info_nce(prediction, target, 1, 2, 1.0)
    assert both.tolist() == pytest.approx([*loss.tolist(), *other.tolist()], abs=1e-6)
