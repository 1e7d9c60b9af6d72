"""Blockwise masks against the algorithm with loops, and the paper's number and shape of blocks."""

from __future__ import annotations

import math
import random

import pytest
import torch
from torch import Tensor

from engine.augment.blockwise import block_mask, least_block


def drawn(n: int, count: int, side: int, seed: int = 0, **settings: object) -> Tensor:
    mask = block_mask(torch.full((n,), count), side, torch.Generator().manual_seed(seed), **settings)  # type: ignore[arg-type]
    return mask.view(n, side, side)


def naive(count: int, side: int, least: int, rng: random.Random) -> tuple[list[list[bool]], int]:
    """One mask computed as in the official code, and the number of blocks."""
    mask, blocks = [[False] * side for _ in range(side)], 0
    while (done := sum(map(sum, mask))) < count:
        for _ in range(10):
            area = rng.uniform(least, count - done)
            ratio = math.exp(rng.uniform(math.log(0.3), math.log(1 / 0.3)))
            h, w = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if h >= side or w >= side:
                continue
            top, left = rng.randint(0, side - h), rng.randint(0, side - w)
            cells = [(r, c) for r in range(top, top + h) for c in range(left, left + w) if not mask[r][c]]
            if 0 < len(cells) <= count - done:
                for r, c in cells:
                    mask[r][c] = True
                blocks += 1
                break
        else:
            break
    return mask, blocks


def edges(mask: Tensor) -> Tensor:
    """The number of borders between a hidden and a visible patch, per image (n,)."""
    return (mask[:, 1:] != mask[:, :-1]).sum((1, 2)) + (mask[:, :, 1:] != mask[:, :, :-1]).sum((1, 2))


def test_the_smallest_block_is_the_paper_s_at_its_image_size() -> None:
    assert [least_block(side) for side in (14, 8, 4, 2)] == [16, 4, 1, 1]


@pytest.mark.parametrize(("side", "count"), [(14, 75), (14, 118), (8, 26), (8, 6), (8, 63), (2, 1), (2, 3), (1, 1)])
def test_the_number_of_hidden_patches_is_exact_and_some_are_visible(side: int, count: int) -> None:
    mask = drawn(300, count, side)
    assert set(mask.sum((1, 2)).tolist()) == {min(count, side**2 - 1)}


def test_each_image_may_have_another_number() -> None:
    count = torch.arange(40) % 33
    mask = block_mask(count, 8, torch.Generator().manual_seed(1))
    assert mask.sum(1).tolist() == count.tolist()


@pytest.mark.parametrize(("side", "count"), [(14, 75), (8, 26)])
def test_statistics_equal_those_of_the_official_algorithm(side: int, count: int) -> None:
    n, rng = 3000, random.Random(3)
    expected = torch.tensor([naive(count, side, least_block(side), rng)[0] for _ in range(n)])
    masks = drawn(n, count, side, exact=False)
    for statistic in (lambda m: m.sum((1, 2)).float(), lambda m: edges(m).float()):
        one, two = statistic(masks), statistic(expected)
        error = (one.var() / n + two.var() / n).sqrt()
        assert (one.mean() - two.mean()).abs() < 4 * error
        assert one.std() == pytest.approx(two.std().item(), rel=0.1)
    # The share of images that hide a patch, for each patch; the centre is hidden more often than a corner.
    where = masks.float().mean(0)
    assert (where - expected.float().mean(0)).abs().max() < 4.5 * math.sqrt(2 * 0.25 / n)
    assert where[side // 2, side // 2] > where[0, 0] + 0.05
    assert where[0, 0] > 0.02
    # Both have every symmetry of the square.
    assert (where - where.t()).abs().max() < 4.5 * math.sqrt(2 * 0.25 / n)


def test_before_the_correction_few_patches_are_missing() -> None:
    missing = 75 - drawn(1000, 75, 14, exact=False).sum((1, 2)).float()
    assert missing.min() >= 0
    assert missing.mean() < 8


def test_masks_consist_of_blocks_also_after_the_correction() -> None:
    rough, exact = drawn(500, 75, 14, exact=False), drawn(500, 75, 14)
    assert (exact | ~rough).all(), "only adds to the blocks"
    scattered = (torch.rand(500, 196, generator=torch.Generator().manual_seed(2)).argsort(1).argsort(1) < 75).view(500, 14, 14)
    assert edges(exact).float().mean() < 0.45 * edges(scattered).float().mean()


def test_a_single_block_is_a_rectangle_within_the_aspect_ratio() -> None:
    # With as many patches as the smallest block has, one block hides all or none of them.
    mask = drawn(2000, 16, 14, least=16, exact=False)
    sizes = set()
    for one in mask[mask.sum((1, 2)) > 8]:
        rows, columns = one.any(1).sum().item(), one.any(0).sum().item()
        if rows * columns == one.sum():
            sizes.add((rows, columns))
    assert {(4, 4), (7, 2), (2, 7)} <= sizes
    assert all(0.25 <= rows / columns <= 4 for rows, columns in sizes)  # .3 to 1 / .3 before rounding


def test_a_count_of_0_hides_nothing() -> None:
    assert not drawn(5, 0, 8).any()


def test_the_mask_of_a_row_depends_on_the_generator_only() -> None:
    assert torch.equal(drawn(9, 26, 8, seed=4), drawn(9, 26, 8, seed=4))
    assert not torch.equal(drawn(9, 26, 8, seed=4), drawn(9, 26, 8, seed=5))
    assert torch.equal(drawn(9, 26, 8, seed=4)[:3], drawn(3, 26, 8, seed=4))
