"""Patch grids: the pixels of each patch, coverage of the image, and augmentation per patch."""

from __future__ import annotations

import pytest
import torch

from engine.augment.patch_grid import patch_fits, patch_grid, patch_places, patch_side, vary_patches


@pytest.mark.parametrize(("size", "share", "grid", "side", "positions"), [
    (256, 0.25, 7, 64, [0, 32, 64, 96, 128, 160, 192]),  # the paper's
    (32, 0.25, 7, 8, [0, 4, 8, 12, 16, 20, 24]),
    (32, 0.28, 6, 9, [0, 5, 9, 14, 18, 23]),
    (260, 80 / 260, 6, 80, [0, 36, 72, 108, 144, 180]),  # CPC v2
])  # fmt: skip
def test_the_paper_s_grid_scales_with_the_image(size: int, share: float, grid: int, side: int, positions: list[int]) -> None:
    assert patch_side(size, share) == side
    assert patch_places(size, side, grid).tolist() == positions


def test_patches_equal_slices_of_the_image() -> None:
    images = torch.randn(2, 3, 13, 13)
    patches = patch_grid(images, 5, 4)
    assert patches.shape == (2, 4, 4, 3, 5, 5)
    corners = patch_places(13, 5, 4).tolist()
    assert corners[0] == 0
    assert corners[-1] == 13 - 5
    for r, y in enumerate(corners):
        for c, x in enumerate(corners):
            assert torch.equal(patches[:, r, c], images[:, :, y : y + 5, x : x + 5])


def test_rows_skip_plus_1_apart_share_no_pixel() -> None:
    """The reason for the default numbers of skipped rows of CPC and CPC v2."""
    cpc = [(size, 0.25, 7, 1) for size in (32, 64, 96, 224, 256)]
    cpc_v2 = [*((size, 0.28, 6, 1) for size in (32, 64, 96, 224, 256)), (260, 80 / 260, 6, 2)]
    for size, share, grid, skip in cpc + cpc_v2:
        side = patch_side(size, share)
        corners = patch_places(size, side, grid)
        assert (corners[skip + 1 :] - corners[: -skip - 1] >= side).all()
        assert (corners[skip:] - corners[:-skip] < side).any()


def test_sides_are_multiples_and_grids_must_fit() -> None:
    assert patch_side(32, 0.3125, 4) in (8, 12)
    assert patch_side(32, 0.1, 8) == 8
    assert patch_fits(32, 8, 7)
    assert not patch_fits(12, 8, 7)
    assert not patch_fits(14, 3, 7)


def test_without_options_patches_are_unchanged() -> None:
    patches = torch.randn(2, 3, 3, 3, 4, 4)
    same = vary_patches(patches, torch.Generator().manual_seed(0), drop=0.0, jitter=0.0, flip=0.0)
    assert torch.equal(same, patches)


def test_each_patch_is_augmented_independently_and_repeatably() -> None:
    patches = torch.randn(1, 1, 1, 3, 4, 4).expand(2, 3, 3, 3, 4, 4)
    options = {"drop": 0.5, "jitter": 0.5, "flip": 0.5}
    one = vary_patches(patches, torch.Generator().manual_seed(0), **options)
    assert torch.equal(one, vary_patches(patches, torch.Generator().manual_seed(0), **options))
    assert len({tuple(patch.flatten().tolist()) for patch in one.flatten(0, 2)}) == 18


def test_dropping_keeps_one_channel_and_mirroring_is_horizontal() -> None:
    patches = torch.rand(4, 5, 5, 3, 4, 4) + 0.1
    dropped = vary_patches(patches, torch.Generator().manual_seed(0), drop=1.0, jitter=0.0, flip=0.0)
    left = dropped.abs().sum((-1, -2)) > 0  # (4, 5, 5, 3)
    assert (left.sum(-1) == 1).all()
    assert left.flatten(0, 2).any(0).all()
    assert torch.equal(dropped[left], patches[left])
    flipped = vary_patches(patches, torch.Generator().manual_seed(0), drop=0.0, jitter=0.0, flip=1.0)
    assert torch.equal(flipped, patches.flip(-1))


def test_some_patches_are_dropped_and_some_mirrored() -> None:
    patches = torch.rand(10, 10, 10, 3, 2, 2) + 0.1
    out = vary_patches(patches, torch.Generator().manual_seed(0), drop=0.25, jitter=0.0, flip=0.0)
    share = (out == 0).any(-1).any(-1).any(-1).float().mean().item()
    assert share == pytest.approx(0.25, abs=0.05)
