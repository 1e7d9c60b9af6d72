"""Masks: the exact number of hidden patches, whole units, regular grids, and a uniform distribution."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.augment.masking import Mask, grid_mask, mask_of, random_mask, unit_mask, unit_side


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def squares(hidden: Tensor, side: int, unit: int) -> Tensor:
    """(N, side / unit, side / unit, unit * unit) bool, the patches of each unit."""
    cut = hidden.view(-1, side // unit, unit, side // unit, unit)
    return cut.transpose(2, 3).flatten(3)


def assert_consistent(mask: Mask) -> None:
    """Visible and hidden patches are all patches once, and `restore` orders them by position."""
    n, t = mask.hidden.shape
    k = mask.keep.shape[1]
    for row in range(n):
        seen = mask.keep[row].tolist()
        assert sorted(seen) == [patch for patch in range(t) if not mask.hidden[row, patch]]
        for patch in range(t):
            at = int(mask.restore[row, patch])
            assert (seen[at] == patch) if at < k else bool(mask.hidden[row, patch])
        assert sorted(mask.restore[row].tolist()) == list(range(t))


@pytest.mark.parametrize("mask", [
    random_mask(5, 64, 0.75, drawn()),
    unit_mask(5, 8, 2, 0.6, drawn()),
    grid_mask(5, 7, 2, drawn()),
    mask_of(torch.tensor([[True, False, True, False], [False, False, True, True]])),
])  # fmt: skip
def test_visible_and_hidden_patches_are_all_patches_once(mask: Mask) -> None:
    assert_consistent(mask)


@pytest.mark.parametrize(("side", "unit", "ratio", "units"), [
    (12, 2, 0.6, 22),  # 192 px in patches of 16, units of 32 px: 36 units, the paper's default
    (48, 8, 0.6, 22),  # Swin: patches of 4 px, the same units
    (8, 2, 0.6, 10),
    (8, 1, 0.6, 39),
    (10, 1, 0.07, 7),  # 100 * 0.07 is slightly above 7
    (4, 2, 0.99, 3),
    (4, 2, 0.01, 1),
])  # fmt: skip
def test_units_are_whole_and_their_number_is_the_ratio_rounded_up(side: int, unit: int, ratio: float, units: int) -> None:
    hidden = unit_mask(50, side, unit, ratio, drawn()).hidden
    assert (hidden.sum(1) == units * unit**2).all()
    of_unit = squares(hidden, side, unit)
    assert torch.equal(of_unit.all(-1), of_unit.any(-1))


def test_units_are_hidden_with_equal_frequency_and_without_replacement() -> None:
    hidden = squares(unit_mask(4000, 8, 2, 0.6, drawn()).hidden, 8, 2)[..., 0].flatten(1).double()  # (N, 16)
    share = 10 / 16
    assert (hidden.mean(0) - share).abs().max() < 4.5 * (share * (1 - share) / 4000) ** 0.5
    # Drawn without replacement: two units are both hidden in 10 * 9 of 16 * 15 draws.
    both = (hidden.T @ hidden / 4000)[~torch.eye(16, dtype=torch.bool)]
    assert (both - 10 * 9 / (16 * 15)).abs().max() < 0.04


@pytest.mark.parametrize(("side", "share", "unit"), [
    (12, 32 / 192, 2), (14, 32 / 192, 2), (8, 0.25, 2), (8, 32 / 192, 1), (8, 0.5, 4), (8, 1.0, 4),
    (7, 0.3, 1), (2, 0.9, 1), (6, 0.4, 2),
])  # fmt: skip
def test_units_scale_with_the_image_and_divide_it(side: int, share: float, unit: int) -> None:
    assert unit_side(side, share) == unit


@pytest.mark.parametrize(("side", "period"), [(8, 2), (14, 2), (7, 2), (8, 3), (3, 3), (5, 3), (2, 2)])
def test_a_grid_keeps_one_patch_per_square_at_regular_distances(side: int, period: int) -> None:
    mask = grid_mask(200, side, period, drawn())
    across = side // period
    assert mask.keep.shape == (200, across**2)
    for rows, columns in [(row // side, row % side) for row in mask.keep]:
        for positions in (rows.view(across, across)[:, 0], columns.view(across, across)[0]):
            assert (positions.diff() == period).all()
            assert 0 <= positions[0] < positions[-1] + 1 <= side
    assert (~mask.hidden).any(0).all(), "every place is seen in some image"
    if side % period == 0:
        assert (mask.hidden.double().mean(1) == 1 - 1 / period**2).all()
        assert (squares(~mask.hidden, side, period).sum(-1) == 1).all()


def test_a_mask_depends_on_its_seed_only() -> None:
    for make in (lambda g: unit_mask(3, 8, 2, 0.6, g), lambda g: grid_mask(3, 8, 2, g), lambda g: random_mask(3, 64, 0.6, g)):
        one, two, three = make(drawn()), make(drawn()), make(drawn(1))
        assert torch.equal(one.hidden, two.hidden)
        assert not torch.equal(one.hidden, three.hidden)
