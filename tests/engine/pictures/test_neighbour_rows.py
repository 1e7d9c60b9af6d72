"""A view beside its neighbours: images in order, missing ones blank, its own image framed."""

from __future__ import annotations

import torch

from engine.pictures.matrix import MARK, MIDDLE
from engine.pictures.neighbour_rows import neighbours


def test_the_row_has_the_view_and_its_neighbours_in_order() -> None:
    query, stored = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 3, 32, 32)
    missing = torch.tensor([[False, False, True], [False, False, False]])
    own = torch.tensor([[False, True, False], [False, False, False]])
    picture = neighbours(query, stored, missing, own)
    assert picture.shape == (2, 3, 32 + 2, 4 * 32 + 4 + 4)
    assert torch.equal(picture[:, :, :32, :32], query)
    tiles = picture[:, :, :32, 36 : 36 + 96].unflatten(3, (3, 32)).movedim(3, 1)
    assert torch.equal(tiles[1], stored[1])
    assert torch.equal(tiles[0, 0], stored[0, 0])
    assert torch.allclose(tiles[0, 1, :, 0, 5], torch.tensor(MARK))
    assert torch.equal(tiles[0, 1, :, 2:-2, 2:-2], stored[0, 1, :, 2:-2, 2:-2])
    assert torch.allclose(tiles[0, 2, :, 16, 16], torch.tensor(MIDDLE))


def test_views_of_another_size_are_resized_to_the_stored_one() -> None:
    flags = torch.zeros(1, 2, dtype=torch.bool)
    assert neighbours(torch.rand(1, 3, 16, 16), torch.rand(1, 2, 3, 32, 32), flags, flags).shape[2] == 34
