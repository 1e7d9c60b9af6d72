"""Frames around blocks, and features as colours."""

from __future__ import annotations

import torch

from engine.pictures.blocks import components, enlarged, framed_blocks
from engine.pictures.plane_points import hues


def test_enlarged_pixels_are_squares() -> None:
    images = torch.rand(2, 3, 5, 5)
    large = enlarged(images, 16)
    assert large.shape == (2, 3, 20, 20)
    assert torch.equal(large[:, :, 2::4, 1::4], images)
    assert enlarged(images, 4).shape == (2, 3, 5, 5)


def test_a_frame_is_inside_its_block_only() -> None:
    images = torch.zeros(1, 3, 64, 64)
    blocks = torch.tensor([[[5, 6, 9, 10, 13, 14]]])  # rows 1 to 3, columns 1 and 2 of a 4 x 4 grid of 16 px
    drawn = framed_blocks(images, blocks, 4)[0].sum(0) > 0
    expected = torch.zeros(64, 64, dtype=torch.bool)
    expected[16:64, 16:48] = True
    expected[17:63, 17:47] = False
    assert torch.equal(drawn, expected)


def test_each_block_has_the_colour_of_its_number() -> None:
    blocks = torch.tensor([[[0], [3]]])
    both = framed_blocks(torch.zeros(1, 3, 8, 8), blocks, 2)
    assert torch.allclose(both[0, :, 0, 0], torch.tensor(hues(2)[0]))
    assert torch.allclose(both[0, :, 7, 7], torch.tensor(hues(2)[1]))
    second = framed_blocks(torch.zeros(1, 3, 8, 8), blocks[:, 1:], 2, first=1, count=2)
    assert torch.allclose(second[0, :, 7, 7], torch.tensor(hues(2)[1]))
    assert second[0, :, 0, 0].sum() == 0


def test_the_largest_difference_is_red_and_equal_cells_are_unchanged() -> None:
    maps = torch.zeros(2, 6, 4, 4)
    maps[:, 2] = 10 * torch.rand(2, 4, 4)
    maps[:, 5] = torch.rand(2, 4, 4)
    maps[:, 0] = 7.0
    drawn = components(maps)
    assert drawn.shape == (2, 3, 4, 4)
    assert (drawn.min(), drawn.max()) == (0, 1)
    order = maps[:, 2].flatten().argsort()
    red = drawn[:, 0].flatten()[order]
    assert torch.corrcoef(torch.stack([red, torch.arange(32.0)]))[0, 1] > 0.9
    # Scale and offset of a feature map do not matter.
    assert torch.allclose(components(3 * maps + 1), drawn, atol=1e-4)
