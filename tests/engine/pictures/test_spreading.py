"""A reconstruction that grows from the visible block, cell by cell."""

from __future__ import annotations

import torch

from engine.pictures.masked import HIDDEN, spreading


def test_each_step_adds_one_ring_of_cells() -> None:
    images, predicted = torch.full((1, 3, 16, 16), 0.2), torch.full((1, 3, 16, 16), 0.9)
    distance = torch.tensor([[0, 1, 2, 3] * 4])  # the left column is visible
    picture = spreading(images, predicted, distance)
    gap = 2
    for step in range(4):
        part = picture[0, 0, :16, step * (16 + gap) : step * (16 + gap) + 16]
        expected = torch.tensor([0.2] + [0.9] * step + [HIDDEN] * (3 - step)).repeat_interleave(4)
        assert torch.equal(part, expected.expand(16, -1)), step
    assert (picture[..., 16:, :] == 1).all()
