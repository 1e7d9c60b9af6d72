"""The crop's square is bright and framed at its position."""

from __future__ import annotations

import torch

from engine.pictures.boxes import outlined, row_of
from engine.pictures.matrix import MARK


def test_the_square_is_framed_at_its_position_and_the_rest_is_darker() -> None:
    images = torch.full((2, 3, 8, 8), 0.9)
    shown = outlined(images, torch.tensor([[1, 3], [4, 0]]), 4, height=32)
    assert shown.shape == (2, 3, 32, 32)
    mark = torch.tensor(MARK)
    for picture, (x, y) in zip(shown, ((1, 3), (4, 0)), strict=True):
        square = picture[:, 4 * y : 4 * y + 16, 4 * x : 4 * x + 16]
        assert torch.equal(square[:, 0, 5], mark)
        assert torch.equal(square[:, 15, 15], mark)
        assert torch.allclose(square[:, 2:-2, 2:-2], torch.tensor(0.9))
        assert (picture == 0.9).all(0).sum() == 12 * 12
    assert shown[0, :, 0, 0].max() < 0.9
    assert shown[1, :, 31, 0].max() < 0.9


def test_a_row_has_its_parts_in_order_and_enlarged() -> None:
    row = row_of(torch.zeros(3, 3, 16, 16), [torch.full((3, 3, 5, 5), 0.2), torch.full((3, 3, 8, 8), 0.4)], gap=2)
    assert row.shape == (3, 3, 18, 16 + 2 + 15 + 1 + 16 + 1 + 4)
    line = row[0, 0, 7].tolist()
    assert [line[8], round(line[20], 3), round(line[40], 3), line[-1]] == [0.0, 0.2, 0.4, 1.0]
