"""V-JEPA's masks: rectangles of a frame, hidden at all times, and as much context and as many targets in every clip."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.augment.tubes import Tubes, through_time, tube_blocks


def draw(seed: int, n: int = 16, side: int = 14, blocks: int = 8, share: float = 0.15, least: float = 0.0) -> Tubes:
    generator = torch.Generator().manual_seed(seed)
    return tube_blocks(n, side, generator, blocks=blocks, share=share, aspect=(0.75, 1.5), context_least=least)


def patches(rows: Tensor) -> list[set[int]]:
    return [set(row) for row in rows.tolist()]


@pytest.mark.parametrize(("side", "blocks", "share"), [(14, 8, 0.15), (14, 2, 0.7), (4, 8, 0.15), (4, 2, 0.7), (2, 2, 0.7)])
def test_context_and_targets_share_no_patch_and_are_as_many_in_every_clip(side: int, blocks: int, share: float) -> None:
    for seed in range(20):
        drawn = draw(seed, side=side, blocks=blocks, share=share)
        for seen, hidden in zip(patches(drawn.context), patches(drawn.targets), strict=True):
            assert seen
            assert hidden
            assert not seen & hidden
            assert seen | hidden <= set(range(side**2))
        assert torch.equal(drawn.context, drawn.context.sort(1).values)
        assert torch.equal(drawn.targets, drawn.targets.sort(1).values)


def test_one_block_is_a_rectangle_of_its_share_and_everything_else_is_context() -> None:
    ratios = []
    for seed in range(100):
        [seen], [hidden] = (patches(rows) for rows in draw(seed, 1, blocks=1, share=0.3))
        assert seen == set(range(196)) - hidden
        rows, columns = {patch // 14 for patch in hidden}, {patch % 14 for patch in hidden}
        assert hidden == {
            row * 14 + column for row in range(min(rows), max(rows) + 1) for column in range(min(columns), max(columns) + 1)
        }
        assert len(hidden) / 196 == pytest.approx(0.3, abs=0.03)
        ratios.append(len(rows) / len(columns))
    # 58.8 patches at .75 are 7 x 8, at 1.5 they are 9 x 7.
    assert (min(ratios), max(ratios)) == (7 / 8, 9 / 7)


@pytest.mark.parametrize(("blocks", "share", "low", "high"), [(8, 0.15, 0.15, 0.45), (2, 0.7, 0.03, 0.3)])
def test_the_published_masks_leave_what_independent_blocks_would(blocks: int, share: float, low: float, high: float) -> None:
    """Where each patch is hidden by each block with about its share, (1 - share)^blocks of the frame is left. Clips are drawn one
    at a time, so that no context is cut to the smallest of a batch. Blocks lie nearer to the middle than to the edge."""
    left = torch.tensor([draw(seed, 1, blocks=blocks, share=share).context.shape[1] / 196 for seed in range(200)])
    assert low < float(left.mean()) < high
    assert float(left.mean()) == pytest.approx((1 - share) ** blocks, abs=0.12)


def test_a_least_context_is_kept_on_a_small_grid() -> None:
    for seed in range(30):
        assert draw(seed, side=4, blocks=8, share=0.15, least=0.25).context.shape[1] >= 4
        assert draw(seed, side=4, blocks=2, share=0.7, least=0.25).context.shape[1] >= 4
    assert min(draw(seed, side=4, blocks=8, share=0.15).context.shape[1] for seed in range(30)) < 4


def test_blocks_are_left_out_where_no_place_leaves_enough() -> None:
    """Two blocks of 2 x 1 patches on a grid of 2 x 2 leave half of it at most: with more asked for, one is left out."""
    drawn = draw(0, n=40, side=2, blocks=2, share=0.5, least=0.5)
    assert drawn.context.shape == drawn.targets.shape == (40, 2)


def test_the_same_generator_gives_the_same_masks_and_clips_have_their_own_places() -> None:
    one, two = draw(3), draw(3)
    assert torch.equal(one.context, two.context)
    assert torch.equal(one.targets, two.targets)
    assert len({tuple(row) for row in one.targets.tolist()}) > 8


def test_a_patch_is_hidden_at_all_times() -> None:
    assert through_time(torch.tensor([[0, 3], [1, 2]]), 3, 4).tolist() == [[0, 3, 4, 7, 8, 11], [1, 2, 5, 6, 9, 10]]
