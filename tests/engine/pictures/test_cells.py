"""Cells over an image: those shown carry their colour, the others are paled."""

from __future__ import annotations

import torch

from engine.pictures.cells import coloured_cells, hues


def test_hues_are_all_different() -> None:
    found = hues(6)
    assert found.shape == (6, 3)
    assert torch.pdist(found).min() > 0.3
    assert hues(0).shape == (0, 3)


def test_a_shown_cell_is_framed_in_its_colour_and_tinted_and_others_are_paled() -> None:
    images = torch.full((2, 3, 32, 32), 0.2)
    colours, shown = torch.zeros(2, 16, 3), torch.zeros(2, 16, dtype=torch.bool)
    colours[0, 5], shown[0, 5] = torch.tensor([1.0, 0.0, 0.0]), True  # second row, second column
    picture = coloured_cells(images, colours, shown, side=64)
    assert picture.shape == (2, 3, 64, 64)
    assert picture[0, :, 16, 16].tolist() == [1, 0, 0]
    assert torch.allclose(picture[0, :, 24, 24], torch.tensor([0.4, 0.15, 0.15]))
    assert torch.allclose(picture[0, :, :16], torch.tensor(0.6))
    assert torch.allclose(picture[1], torch.tensor(0.6))


def test_cells_need_not_divide_the_image() -> None:
    picture = coloured_cells(torch.rand(1, 3, 30, 30), torch.rand(1, 49, 3), torch.ones(1, 49, dtype=torch.bool))
    assert picture.shape == (1, 3, 120, 120)
    assert picture.min() >= 0
    assert picture.max() <= 1
