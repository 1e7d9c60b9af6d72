"""State of methods between steps: the queue, the teacher and the centre."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import nn

from engine.memory.centre import Centre
from engine.memory.queue import FeatureQueue
from engine.memory.teacher import cosine_momentum, follow, frozen_copy


def marked(*values: float) -> torch.Tensor:
    """Rows (N, 2) whose first number is the order in which they are added."""
    return torch.tensor([[v, 0.0] for v in values])


def test_queue_starts_with_random_unit_vectors_and_counts_stored_ones() -> None:
    queue = FeatureQueue(5, 3)
    assert torch.allclose(queue.vectors.norm(dim=1), torch.ones(5))
    assert len(queue.vectors.unique(dim=0)) == 5
    assert int(queue.filled) == 0


def test_queue_is_first_in_first_out() -> None:
    queue = FeatureQueue(4, 2)
    queue.enqueue(marked(1, 2, 3))
    assert int(queue.filled) == 3
    assert queue.vectors[:3, 0].tolist() == [1, 2, 3]
    queue.enqueue(marked(4, 5))
    assert int(queue.filled) == 4
    assert sorted(queue.vectors[:, 0].tolist()) == [2, 3, 4, 5]
    queue.enqueue(marked(6, 7, 8))
    assert sorted(queue.vectors[:, 0].tolist()) == [5, 6, 7, 8]


def test_queue_behaves_like_a_bounded_list() -> None:
    queue, remembered = FeatureQueue(7, 2), []
    came = 0
    for size in (1, 3, 7, 2, 12, 5, 6, 20, 1):
        batch = list(range(came, came + size))
        came += size
        queue.enqueue(marked(*batch))
        remembered = (remembered + batch)[-7:]
        assert int(queue.filled) == len(remembered)
        assert sorted(queue.vectors[: int(queue.filled), 0].tolist()) == remembered


def test_queue_has_no_gradient_and_keeps_its_precision() -> None:
    queue = FeatureQueue(4, 2)
    queue.enqueue(marked(1, 2).bfloat16().requires_grad_())
    assert not queue.vectors.requires_grad
    assert queue.vectors.dtype == torch.float32


def test_queue_is_in_the_state_dict() -> None:
    one, two = FeatureQueue(4, 2), FeatureQueue(4, 2)
    one.enqueue(marked(1, 2, 3))
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for queue in (one, two):
        queue.enqueue(marked(4, 5))
    assert torch.equal(one.vectors, two.vectors)
    assert int(two.head) == 1


def student() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def test_teacher_starts_as_an_independent_copy_without_gradient() -> None:
    one = student()
    teacher = frozen_copy(one)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), teacher.parameters(), strict=True))
    assert not any(p.requires_grad for p in teacher.parameters())
    assert all(p.requires_grad for p in one.parameters())
    with torch.no_grad():
        one[0].weight.add_(1)
    assert not torch.equal(one[0].weight, teacher[0].weight)


def test_teacher_update_in_closed_form() -> None:
    one = student()
    teacher = frozen_copy(one)
    start = [p.clone() for p in teacher.parameters()]
    with torch.no_grad():
        for p in one.parameters():
            p.add_(1.0)
    momentum, steps = 0.9, 5
    for _ in range(steps):
        follow(teacher, one, momentum)
    # A constant student: theta_n = m^n theta_0 + (1 - m^n) student.
    left = momentum**steps
    for p, before, target in zip(teacher.parameters(), start, one.parameters(), strict=True):
        assert torch.allclose(p, left * before + (1 - left) * target, atol=1e-6)
        assert not p.requires_grad


@pytest.mark.parametrize(("momentum", "moves"), [(1.0, False), (0.0, True)])
def test_teacher_update_at_momentum_0_and_1(momentum: float, moves: bool) -> None:
    one = student()
    teacher = frozen_copy(one)
    before = teacher[0].weight.clone()
    with torch.no_grad():
        one[0].weight.mul_(2)
    follow(teacher, one, momentum)
    assert torch.equal(teacher[0].weight, one[0].weight if moves else before)


def test_teacher_keeps_its_own_batch_statistics() -> None:
    one = student()
    teacher = frozen_copy(one)
    one(torch.randn(16, 3) + 10)
    follow(teacher, one, 0.5)
    assert torch.equal(teacher[1].running_mean, torch.zeros(4))
    assert not torch.equal(one[1].running_mean, torch.zeros(4))


def test_momentum_rises_along_a_half_cosine_to_one() -> None:
    assert cosine_momentum(0.99, 0.0) == pytest.approx(0.99)
    assert cosine_momentum(0.99, 1.0) == pytest.approx(1.0)
    assert cosine_momentum(0.99, 0.5) == pytest.approx(0.995)
    assert cosine_momentum(0.9, 0.25) == pytest.approx(1 - 0.1 * (math.cos(math.pi / 4) + 1) / 2)
    values = [cosine_momentum(0.9, i / 10) for i in range(11)]
    assert values == sorted(values)


def test_centre_is_the_running_mean_of_batch_means() -> None:
    centre = Centre(2, momentum=0.9)
    expected = torch.zeros(2)
    for step in range(4):
        logits = torch.tensor([[1.0, 2.0], [3.0, step]])
        expected = 0.9 * expected + 0.1 * logits.mean(0)
        centre.update(logits)
        assert torch.allclose(centre.value, expected[None])
    assert "value" in centre.state_dict()
