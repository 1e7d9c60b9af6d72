"""Montages: every patch once, in the drawn order and with the drawn crops; features are assigned to their patches."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.montage import cells_of, cut_patches, make_montage


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def whole_patches(views: list[Tensor], grid: int, overlap: float) -> Tensor:
    """No random operation, since a smallest area of 1 crops the whole patch."""
    return cut_patches(views, grid, overlap, crop_min=1.0, flip=0.0, generator=generator())


@pytest.mark.parametrize("grid", [2, 4])
def test_without_overlap_and_randomness_the_patches_are_a_partition_of_the_image(grid: int) -> None:
    x = torch.rand(3, 3, 32, 32)
    patches = whole_patches([x], grid, 0.0)
    p = 32 // grid
    assert patches.shape == (grid**2, 3, 3, p, p)
    for k in range(grid**2):
        row, column = divmod(k, grid)
        torch.testing.assert_close(patches[k], x[:, :, row * p : (row + 1) * p, column * p : (column + 1) * p])
    montage = make_montage(patches, torch.arange(grid**2 * 3))
    torch.testing.assert_close(montage.images, x)


def test_patches_overlap_as_in_the_official_code() -> None:
    """Four patches of .5 + .3 of the side in the four corners, each resized to half the side."""
    x = torch.rand(2, 3, 40, 40, generator=generator(3))
    patches = whole_patches([x], 2, 0.3)
    for k, (rows, columns) in enumerate([(slice(0, 32), slice(0, 32)), (slice(0, 32), slice(8, 40)),
                                         (slice(8, 40), slice(0, 32)), (slice(8, 40), slice(8, 40))]):  # fmt: skip
        expected = F.interpolate(x[:, :, rows, columns], (20, 20), mode="bilinear", antialias=True, align_corners=False)
        torch.testing.assert_close(patches[k], expected, rtol=0, atol=1e-5)


def test_patch_k_is_cut_from_view_k_within_its_corner() -> None:
    """View k has the value k, and 9 outside of the region of patch k."""
    views = []
    for k, (y, x) in enumerate([(0, 0), (0, 8), (8, 0), (8, 8)]):
        view = torch.full((16, 3, 40, 40), 9.0)
        view[:, :, y : y + 32, x : x + 32] = k
        views.append(view)
    for seed in range(5):
        patches = cut_patches(views, 2, 0.3, crop_min=0.2, flip=0.5, generator=generator(seed))
        torch.testing.assert_close(patches, torch.arange(4.0).view(4, 1, 1, 1, 1).expand_as(patches))


def test_crops_have_at_least_the_smallest_area_and_half_are_mirrored() -> None:
    ramp = torch.arange(64.0).expand(400, 3, 64, 64)  # each pixel's value is its column
    patches = cut_patches([ramp], 2, 0.5, crop_min=0.25, flip=0.5, generator=generator())
    slope = patches[..., 0, -1] - patches[..., 0, 0]  # (4, 400, 3)
    share = (slope[..., 0] < 0).float().mean().item()
    assert share == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 1600))
    widths = (
        slope[..., 0].abs() / 31 * 32
    )  # the crop's width in pixels of the image, measured between the centres of 32 output pixels
    assert widths.min() > 64 * math.sqrt(0.25 * 3 / 4) - 3
    assert widths.max() < 64 + 1
    plain = cut_patches([ramp], 2, 0.5, crop_min=0.25, flip=0.0, generator=generator())
    assert (plain[..., 0, -1] > plain[..., 0, 0]).all()


def test_every_patch_is_once_in_the_montages_at_its_ordered_position() -> None:
    n, grid, p = 5, 3, 4
    patches = torch.arange(grid**2 * n).float().view(grid**2, n, 1, 1, 1).expand(-1, -1, 3, p, p)
    order = torch.randperm(grid**2 * n, generator=generator())
    montage = make_montage(patches, order)
    assert montage.images.shape == (n, 3, grid * p, grid * p)
    assert torch.equal(montage.order, order)
    for row in range(grid**2 * n):
        k, i = divmod(row, n)  # position k of montage i
        y, x = divmod(k, grid)
        cell = montage.images[i, :, y * p : (y + 1) * p, x * p : (x + 1) * p]
        assert (cell == order[row]).all()
        assert (montage.cell[row] * n + montage.source[row]).item() == order[row].item()
    assert montage.source.bincount().tolist() == [grid**2] * n
    assert montage.cell.bincount().tolist() == [n] * grid**2


@pytest.mark.parametrize(("grid", "side"), [(2, 2), (2, 8), (3, 9)])
def test_features_are_the_mean_over_each_patch(grid: int, side: int) -> None:
    n, block = 4, side // grid
    maps = torch.rand(n, 5, side, side)
    cells = cells_of(maps, grid)
    for k in range(grid**2):
        y, x = divmod(k, grid)
        expected = maps[:, :, y * block : (y + 1) * block, x * block : (x + 1) * block].mean((2, 3))
        torch.testing.assert_close(cells[k * n : (k + 1) * n], expected)


def test_a_map_that_the_grid_does_not_divide_is_enlarged_first() -> None:
    """7 cells are resized to 8 as in the official code: a map of two constant halves keeps them."""
    maps = torch.cat([torch.zeros(1, 1, 7, 3), torch.full((1, 1, 7, 1), 0.5), torch.ones(1, 1, 7, 3)], dim=3)
    left, right = cells_of(maps, 2)[:2, 0].tolist()
    assert left + right == pytest.approx(1.0)
    assert 0 < left < 0.1


def test_the_same_generator_gives_the_same_montages() -> None:
    x = torch.rand(4, 3, 32, 32)
    one, two = (cut_patches([x], 2, 0.3, crop_min=0.2, flip=0.5, generator=generator(7)) for _ in range(2))
    assert torch.equal(one, two)
    other = cut_patches([x], 2, 0.3, crop_min=0.2, flip=0.5, generator=generator(8))
    assert not torch.equal(one, other)
