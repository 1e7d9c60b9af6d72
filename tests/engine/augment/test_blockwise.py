"""Blockwise masks against the algorithm written as loops, and what the paper says of their number and shape."""

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
    """One mask as the official code's text has it, and how many blocks were taken."""
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
    """Sides at which a hidden and a visible patch meet, an image (n,)."""
    return (mask[:, 1:] != mask[:, :-1]).sum((1, 2)) + (mask[:, :, 1:] != mask[:, :, :-1]).sum((1, 2))


def test_the_smallest_block_is_the_papers_at_its_size() -> None:
    assert [least_block(side) for side in (14, 8, 4, 2)] == [16, 4, 1, 1]


@pytest.mark.parametrize(("side", "count"), [(14, 75), (14, 118), (8, 26), (8, 6), (8, 63), (2, 1), (2, 3), (1, 1)])
def test_the_number_is_exact_and_something_stays_visible(side: int, count: int) -> None:
    mask = drawn(300, count, side)
    assert set(mask.sum((1, 2)).tolist()) == {min(count, side**2 - 1)}


def test_each_image_has_a_number_of_its_own() -> None:
    count = torch.arange(40) % 33
    mask = block_mask(count, 8, torch.Generator().manual_seed(1))
    assert mask.sum(1).tolist() == count.tolist()


@pytest.mark.parametrize(("side", "count"), [(14, 75), (8, 26)])
def test_the_statistics_are_those_of_the_official_algorithm(side: int, count: int) -> None:
    n, rng = 3000, random.Random(3)
    expected = torch.tensor([naive(count, side, least_block(side), rng)[0] for _ in range(n)])
    found = drawn(n, count, side, exact=False)
    for statistic in (lambda m: m.sum((1, 2)).float(), lambda m: edges(m).float()):
        one, two = statistic(found), statistic(expected)
        error = (one.var() / n + two.var() / n).sqrt()
        assert (one.mean() - two.mean()).abs() < 4 * error
        assert one.std() == pytest.approx(two.std().item(), rel=0.1)
    # Where: the share of images that hide a patch, patch by patch, and the middle more often than a corner.
    where = found.float().mean(0)
    assert (where - expected.float().mean(0)).abs().max() < 4.5 * math.sqrt(2 * 0.25 / n)
    assert where[side // 2, side // 2] > where[0, 0] + 0.05
    assert where[0, 0] > 0.02
    # Both agree with every symmetry of the square.
    assert (where - where.t()).abs().max() < 4.5 * math.sqrt(2 * 0.25 / n)


def test_few_patches_are_missing_before_the_number_is_made_exact() -> None:
    missing = 75 - drawn(1000, 75, 14, exact=False).sum((1, 2)).float()
    assert missing.min() >= 0
    assert missing.mean() < 8


def test_holes_are_blocks_and_stay_so_when_made_exact() -> None:
    rough, exact = drawn(500, 75, 14, exact=False), drawn(500, 75, 14)
    assert (exact | ~rough).all(), "only adds to the blocks"
    scattered = (torch.rand(500, 196, generator=torch.Generator().manual_seed(2)).argsort(1).argsort(1) < 75).view(500, 14, 14)
    assert edges(exact).float().mean() < 0.45 * edges(scattered).float().mean()


def test_a_single_block_is_a_rectangle_within_the_aspect_ratio() -> None:
    # As many patches as the smallest block has: one block takes them all or none.
    mask = drawn(2000, 16, 14, least=16, exact=False)
    sizes = set()
    for one in mask[mask.sum((1, 2)) > 8]:
        rows, columns = one.any(1).sum().item(), one.any(0).sum().item()
        if rows * columns == one.sum():
            sizes.add((rows, columns))
    assert {(4, 4), (7, 2), (2, 7)} <= sizes
    assert all(0.25 <= rows / columns <= 4 for rows, columns in sizes)  # .3 to 1 / .3 before rounding


def test_nothing_to_hide_hides_nothing() -> None:
    assert not drawn(5, 0, 8).any()


def test_a_mask_is_a_function_of_its_generator_row_by_row() -> None:
    assert torch.equal(drawn(9, 26, 8, seed=4), drawn(9, 26, 8, seed=4))
    assert not torch.equal(drawn(9, 26, 8, seed=4), drawn(9, 26, 8, seed=5))
    assert torch.equal(drawn(9, 26, 8, seed=4)[:3], drawn(3, 26, 8, seed=4))
