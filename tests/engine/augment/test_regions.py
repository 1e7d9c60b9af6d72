"""Hidden regions: exact areas, possible positions, and the border against loops."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.regions import block_regions, central_region, random_regions, rim


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("size", "share", "side"), [(32, 0.25, 16), (128, 0.25, 64), (33, 0.25, 17), (8, 0.02, 2), (8, 0.9, 6)])
def test_the_central_region_is_a_square(size: int, share: float, side: int) -> None:
    region = central_region(2, size, share)
    margin = (size - side) // 2
    assert region.sum((1, 2)).tolist() == [side**2, side**2]
    assert region[:, margin : margin + side, margin : margin + side].all()


@pytest.mark.parametrize(("size", "share"), [(32, 0.25), (31, 0.25), (64, 0.1), (8, 0.02), (12, 0.9)])
def test_random_regions_have_their_exact_area(size: int, share: float) -> None:
    region = random_regions(5, size, share, seeded())
    assert region.shape == (5, size, size)
    assert region.sum((1, 2)).tolist() == 5 * [round(share * size**2)]
    assert not torch.equal(region[0], region[1])


def test_random_regions_are_everywhere_and_connected() -> None:
    regions = torch.cat([random_regions(100, 32, 0.25, seeded(seed)) for seed in range(20)]).float()
    often = regions.mean(0)
    assert often.min() > 0.15
    assert often.max() < 0.35
    # The neighbour of a hidden pixel is hidden far more often than the chance level of a quarter.
    beside = (regions[:, :, 1:] * regions[:, :, :-1]).sum() / regions[:, :, :-1].sum()
    assert beside > 0.75


def test_blocks_are_squares_of_a_quarter_of_the_side_and_hide_at_most_their_share() -> None:
    region = block_regions(200, 32, 0.25, seeded())
    area = region.sum((1, 2))
    assert area.max() <= 256
    assert area.min() >= 64
    # Every hidden pixel is in a hidden square of 8 x 8: a morphological opening changes nothing.
    kernel = torch.ones(1, 1, 8, 8)
    whole = (F.conv2d(region[:, None].float(), kernel) == 64).float()
    assert torch.equal(F.conv_transpose2d(whole, kernel)[:, 0] > 0, region)
    assert block_regions(3, 32, 0.0626, seeded()).sum((1, 2)).tolist() == [64, 64, 64]


def test_the_border_is_the_pixels_near_the_region() -> None:
    size = 9
    region = torch.rand(3, size, size, generator=seeded()) < 0.1
    for thick in (0, 1, 2):
        expected: Tensor = torch.zeros_like(region)
        for n, y, x in (~region).nonzero().tolist():
            top, left = max(0, y - thick), max(0, x - thick)
            expected[n, y, x] = region[n, top : y + thick + 1, left : x + thick + 1].any()
        assert torch.equal(rim(region, thick), expected)


def test_the_same_generator_gives_the_same_regions() -> None:
    for draw in (block_regions, random_regions):
        assert torch.equal(draw(4, 32, 0.25, seeded(3)), draw(4, 32, 0.25, seeded(3)))
        assert not torch.equal(draw(4, 32, 0.25, seeded(3)), draw(4, 32, 0.25, seeded(4)))
