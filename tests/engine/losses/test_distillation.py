"""DINO's and iBOT's losses against loops; the teacher's distribution and the entropy in closed form."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.distillation import cross_view_entropy, entropy, in_use, masked_patch_entropy, teacher_distribution
from tests.engine.losses import naive


def views(count: int, seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(4, 6, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("local", [0, 3])
def test_equals_the_loops(local: int) -> None:
    student, teacher, centre = views(2 + local, 6), views(2, 7), torch.randn(1, 6, generator=torch.Generator().manual_seed(8))
    targets = [teacher_distribution(t, centre, 0.04) for t in teacher]
    expected = naive.dino(student, teacher, centre, 0.1, 0.04)
    assert cross_view_entropy(student, targets, 0.1).tolist() == pytest.approx(expected, rel=1e-5)


def test_a_view_is_not_compared_with_itself() -> None:
    student, targets = views(2, 9), [view.softmax(1) for view in views(2, 10)]
    one = naive.cross_entropy(naive.rows(targets[0]), naive.rows(student[1]), 0.1)
    two = naive.cross_entropy(naive.rows(targets[1]), naive.rows(student[0]), 0.1)
    expected = [naive.mean(both) for both in zip(one, two, strict=True)]
    assert cross_view_entropy(student, targets, 0.1).tolist() == pytest.approx(expected, rel=1e-5)


def test_swapping_the_global_views_does_not_change_the_loss() -> None:
    student, targets = views(5, 11), [view.softmax(1) for view in views(2, 12)]
    swapped = [student[1], student[0], *student[2:]]
    one, two = cross_view_entropy(student, targets, 0.1), cross_view_entropy(swapped, targets[::-1], 0.1)
    assert one.tolist() == pytest.approx(two.tolist(), rel=1e-6)


def test_a_uniform_student_scores_the_log_of_the_dimensions() -> None:
    student, teacher = [torch.zeros(3, 8)] * 4, [torch.randn(3, 8).softmax(1)] * 2
    assert cross_view_entropy(student, teacher, 0.1).tolist() == pytest.approx([math.log(8)] * 3, rel=1e-6)


def test_centring_removes_the_mean_over_the_images() -> None:
    logits = torch.randn(5, 4)
    shared = torch.tensor([[3.0, -1.0, 0.5, 0.0]])
    plain = teacher_distribution(logits, torch.zeros(1, 4), 0.1)
    assert torch.allclose(teacher_distribution(logits + shared, shared, 0.1), plain, atol=1e-5)


def test_low_temperature_sharpens() -> None:
    logits = torch.randn(5, 9)
    zero = torch.zeros(1, 9)
    assert entropy(teacher_distribution(logits, zero, 0.02)) < entropy(teacher_distribution(logits, zero, 0.2))
    assert teacher_distribution(logits, zero, 0.001).argmax(1).tolist() == logits.argmax(1).tolist()


def test_entropy_of_flat_and_certain_distributions() -> None:
    assert entropy(torch.full((3, 8), 1 / 8)).item() == pytest.approx(math.log(8), rel=1e-6)
    assert entropy(torch.eye(8)).item() == 0.0


def test_gradient_reaches_every_student_view() -> None:
    student = [view.requires_grad_() for view in views(4, 13)]
    cross_view_entropy(student, [view.softmax(1) for view in views(2, 14)], 0.1).mean().backward()
    assert all(view.grad is not None and view.grad.abs().sum() > 0 for view in student)


def test_the_loss_is_averaged_over_the_hidden_patches_of_each_image() -> None:
    """iBOT's Eq. 2 with loops, for images with many, few and no hidden patches."""
    generator = torch.Generator().manual_seed(15)
    hidden = torch.tensor([[True, True, False, True], [False] * 4, [False, False, True, False]])
    student = torch.randn(3, 4, 6, generator=generator)
    teacher = torch.randn(3, 4, 6, generator=generator).softmax(2)
    images = []
    for n in range(3):
        terms = []
        for t in range(4):
            if hidden[n, t]:
                p = naive.softmax([v / 0.1 for v in naive.rows(student[n])[t]])
                terms.append(-math.fsum(q * math.log(v) for q, v in zip(naive.rows(teacher[n])[t], p, strict=True)))
        images.append(math.fsum(terms) / max(1, len(terms)))
    loss = masked_patch_entropy(student[hidden], teacher[hidden], hidden, 0.1)
    assert loss.tolist() == pytest.approx(images, rel=1e-5)


def test_without_hidden_patches_loss_and_gradient_are_0() -> None:
    student = torch.zeros(0, 6, requires_grad=True)
    loss = masked_patch_entropy(student, torch.zeros(0, 6), torch.zeros(3, 4, dtype=torch.bool), 0.1)
    loss.mean().backward()
    assert loss.tolist() == [0.0] * 3
    assert entropy(torch.zeros(0, 6)).item() == 0.0


@pytest.mark.parametrize(("n", "k"), [(12, 5), (5, 12)])
def test_prototypes_in_use_are_a_share_of_the_possible_ones(n: int, k: int) -> None:
    generator = torch.Generator().manual_seed(4)
    rows = torch.rand(n, k, generator=generator).softmax(1)
    assert in_use(rows).item() == pytest.approx(len({int(row.argmax()) for row in rows}) / min(n, k))
    assert in_use(torch.eye(k)[:n] if n < k else torch.eye(k).repeat(3, 1)[:n]).item() == 1.0
    one = torch.zeros(n, k)
    one[:, 2] = 1.0
    assert in_use(one).item() == pytest.approx(1 / min(n, k))
    assert in_use(torch.zeros(0, k)).item() == 0.0
