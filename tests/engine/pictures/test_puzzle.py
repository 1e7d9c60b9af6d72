"""Puzzle pieces in a grid."""

from __future__ import annotations

import itertools

import pytest
import torch

from engine.pictures.matrix import HIGH, MARK
from engine.pictures.puzzle import arranged, surest_first


def test_every_piece_gets_another_position_and_a_confident_one_the_correct_one() -> None:
    truth = torch.stack([torch.randperm(9) for _ in range(4)])
    scores = torch.randn(4, 9, 9)
    assert (surest_first(scores).sort(1).values == torch.arange(9)).all()
    sure = scores + 100 * torch.nn.functional.one_hot(truth, 9)
    assert torch.equal(surest_first(sure), truth)


def test_the_most_confident_piece_is_assigned_first() -> None:
    # Both pieces prefer position 0; the second has the higher probability, though the other assignment has the larger sum.
    assert surest_first(torch.tensor([[[3.0, 0.0], [4.0, 3.9]]])).tolist() == [[1, 0]]


def test_tiles_are_in_their_cells() -> None:
    tiles = torch.arange(4.0).view(1, 4, 1, 1, 1).expand(1, 4, 3, 2, 2) / 4
    order = torch.tensor([[2, 0, 3, 1]])
    picture = arranged(tiles, order, dark=torch.tensor([[False, True, False, False]]))
    assert picture.shape == (1, 3, 137, 137)  # 2 * 64, a line between, a margin of 8
    at = {cell: picture[0, 0, 30 + 65 * (cell // 2), 30 + 65 * (cell % 2)].item() for cell in range(4)}
    assert at == pytest.approx({2: 0.0, 0: 0.25 * 0.45, 3: 0.5, 1: 0.75})


def test_frames_mark_correct_tiles() -> None:
    tiles = torch.full((1, 4, 3, 8, 8), 0.5)
    right = torch.tensor([[True, False, False, True]])
    picture = arranged(tiles, torch.tensor([[3, 1, 2, 0]]), right=right)
    for row, column in itertools.product(range(2), range(2)):
        corner = picture[0, :, 65 * row, 65 * column]
        expected = MARK if row == column else HIGH
        assert corner.tolist() == pytest.approx(expected)
        assert (picture[0, :, 65 * row + 32, 65 * column + 32] == 0.5).all()
