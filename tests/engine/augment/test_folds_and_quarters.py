"""Complementary masks, and masks with a visible quarter in a corner: exact shares, every patch once, equally frequent corners."""

from __future__ import annotations

import pytest
import torch

from engine.augment.masking import Mask, cut_quarter, fold_masks, quarter_distance, quarter_mask


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def assert_consistent(mask: Mask) -> None:
    """Visible patches are those not hidden, and `restore` orders [visible, hidden] by position."""
    k = mask.keep.shape[1]
    for keep, hidden, restore in zip(mask.keep.tolist(), mask.hidden.tolist(), mask.restore.tolist(), strict=True):
        assert sorted(keep) == [patch for patch, away in enumerate(hidden) if not away]
        assert sorted(restore) == list(range(len(hidden)))
        for patch, at in enumerate(restore):
            assert hidden[patch] if at >= k else keep[at] == patch


@pytest.mark.parametrize(("patches", "folds"), [(64, 4), (16, 4), (36, 3), (16, 2), (16, 1)])
def test_every_patch_is_visible_in_exactly_one_fold(patches: int, folds: int) -> None:
    masks = fold_masks(7, patches, folds, drawn())
    assert len(masks) == folds
    for mask in masks:
        assert mask.keep.shape == (7, patches // folds)
        assert (mask.hidden.sum(1) == patches - patches // folds).all()
        assert_consistent(mask)
    assert (torch.stack([~mask.hidden for mask in masks]).sum(0) == 1).all()


def test_four_folds_hide_three_quarters_each() -> None:
    assert [mask.hidden.float().mean().item() for mask in fold_masks(5, 64, 4, drawn())] == [0.75] * 4


def test_patches_are_distributed_evenly_over_the_folds() -> None:
    first = fold_masks(20_000, 16, 4, drawn())[2].hidden.float().mean(0)
    assert (first - 0.75).abs().max() < 4 * (0.75 * 0.25 / 20_000) ** 0.5


@pytest.mark.parametrize("side", [2, 4, 8])
def test_the_visible_quarter_is_a_square_in_a_corner(side: int) -> None:
    mask, lower, right = quarter_mask(40, side, drawn())
    assert mask.keep.shape == (40, side**2 // 4)
    assert_consistent(mask)
    half = side // 2
    for hidden, down, across in zip(mask.hidden.view(40, side, side), lower.tolist(), right.tolist(), strict=True):
        expected = torch.ones(side, side, dtype=torch.bool)
        expected[down * half : down * half + half, across * half : across * half + half] = False
        assert torch.equal(hidden, expected)


def test_the_four_corners_are_equally_likely() -> None:
    quarter = quarter_mask(20_000, 4, drawn())
    counts = torch.bincount(2 * quarter.lower.long() + quarter.right.long(), minlength=4) / 20_000
    assert (counts - 0.25).abs().max() < 4 * (0.25 * 0.75 / 20_000) ** 0.5


def test_the_cropped_pixels_are_those_of_the_visible_block() -> None:
    images = torch.randn(12, 3, 8, 8)
    quarter = quarter_mask(12, 4, drawn())
    cut = cut_quarter(images, quarter)
    for image, block, down, across in zip(images, cut, quarter.lower.tolist(), quarter.right.tolist(), strict=True):
        assert torch.equal(block, image[:, down * 4 : down * 4 + 4, across * 4 : across * 4 + 4])


@pytest.mark.parametrize("side", [2, 6])
def test_quarter_distance_is_the_number_of_cells(side: int) -> None:
    quarter = quarter_mask(9, side, drawn())
    distances = quarter_distance(quarter).view(9, side, side)
    for n in range(9):
        visible = (~quarter.mask.hidden[n]).view(side, side).nonzero().tolist()
        for y in range(side):
            for x in range(side):
                assert distances[n, y, x] == min(max(abs(y - row), abs(x - column)) for row, column in visible)
