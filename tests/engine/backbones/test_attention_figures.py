"""Attention distance and the likeness of heads against loops, and in closed form."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from engine.backbones.attention_figures import attention_distance, even_distance, head_similarity


def test_distance_equals_the_loops() -> None:
    attention = torch.rand(2, 3, 10, 10).softmax(-1)
    expected = torch.zeros(3)
    for head in range(3):
        for n in range(2):
            for i in range(9):
                row = attention[n, head, 1 + i, 1:]
                far = [math.hypot(i // 3 - j // 3, i % 3 - j % 3) for j in range(9)]
                expected[head] += sum(float(row[j]) * far[j] for j in range(9)) / float(row.sum()) / 18
    assert torch.allclose(attention_distance(attention), expected, atol=1e-5)


def test_a_head_that_looks_at_itself_and_one_that_looks_one_patch_to_the_right() -> None:
    own = torch.eye(17)
    right = torch.zeros(17, 17)
    for i in range(16):
        right[1 + i, 1 + (i + 1 if i % 4 < 3 else i - 1)] = 1.0
    right[0, 0] = 1.0
    assert attention_distance(torch.stack([own, right])[None]).tolist() == [0.0, 1.0]
    even = torch.full((1, 1, 17, 17), 1 / 17)
    assert float(attention_distance(even)) == pytest.approx(even_distance(4))
    far = [math.hypot(a // 4 - b // 4, a % 4 - b % 4) for a, b in itertools.product(range(16), repeat=2)]
    assert even_distance(4) == pytest.approx(sum(far) / 256)


def test_likeness_equals_the_loops() -> None:
    attention = torch.rand(2, 3, 5, 5).softmax(-1)
    cosines = []
    for n in range(2):
        for i in range(1, 5):
            for a, b in itertools.combinations(range(3), 2):
                one, other = attention[n, a, i], attention[n, b, i]
                cosines.append(float(one @ other / (one.norm() * other.norm())))
    assert float(head_similarity(attention)) == pytest.approx(sum(cosines) / len(cosines), abs=1e-6)


def test_equal_heads_are_alike_and_heads_on_other_patches_are_not() -> None:
    one = torch.eye(5)
    assert float(head_similarity(torch.stack([one, one])[None])) == pytest.approx(1.0)
    assert float(head_similarity(torch.stack([one, one.roll(1, 1)])[None])) == pytest.approx(0.0)
