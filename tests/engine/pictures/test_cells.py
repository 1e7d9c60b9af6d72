"""Cells over an image: selected ones have their colour, the others are grey."""

from __future__ import annotations

import torch

from engine.pictures.cells import coloured_cells, coloured_matches


def test_a_shown_cell_is_framed_and_tinted_and_others_are_grey() -> None:
    images = torch.full((2, 3, 32, 32), 0.2)
    colours, shown = torch.zeros(2, 16, 3), torch.zeros(2, 16, dtype=torch.bool)
    colours[0, 5], shown[0, 5] = torch.tensor([1.0, 0.0, 0.0]), True  # second row, second column
    picture = coloured_cells(images, colours, shown, side=64)
    assert picture.shape == (2, 3, 64, 64)
    assert picture[0, :, 16, 16].tolist() == [1, 0, 0]
    assert torch.allclose(picture[0, :, 24, 24], torch.tensor([0.32, 0.17, 0.17]))
    assert torch.allclose(picture[0, :, :16], torch.tensor(0.35))
    assert torch.allclose(picture[1], torch.tensor(0.35))


def test_the_image_side_need_not_be_a_multiple_of_the_cells() -> None:
    picture = coloured_cells(torch.rand(1, 3, 30, 30), torch.rand(1, 49, 3), torch.ones(1, 49, dtype=torch.bool))
    assert picture.shape == (1, 3, 150, 150)
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_a_match_has_one_colour_in_both_views_and_no_cell_has_two() -> None:
    positive = torch.zeros(3, 16, 16, dtype=torch.bool)
    positive[0] = torch.eye(16, dtype=torch.bool)
    positive[1, 3, 4:8], positive[1, 5, 7:9] = True, True  # both match cell 7: one of them is left out
    one, two = coloured_matches(positive, 4)
    assert one.shape == two.shape == (3, 16, 3)
    assert int(one[0].any(1).sum()) == 4
    assert torch.equal(one[0], two[0])
    assert len(one[0].unique(dim=0)) == 5
    assert int(one[1].any(1).sum()) == 1
    chosen = int(one[1].any(1).nonzero())
    assert torch.equal(two[1].any(1), positive[1, chosen])
    assert not one[2].any()
    assert not two[2].any()
