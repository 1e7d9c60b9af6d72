"""Pictures of counts and of reassembled patches: heights of bars, positions of patches, colours of frames."""

from __future__ import annotations

import torch

from engine.pictures.counts import BAR, GAP, counted, ranking, sums
from engine.pictures.matrix import HIGH, LOW, MARK, MIDDLE
from engine.pictures.restored_montage import assign_cells, beside_matches, put_together


def test_bars_are_as_high_as_the_counts_and_parts_are_stacked() -> None:
    whole = torch.tensor([[4.0, 2.0]])
    parts = torch.tensor([[[1.0, 0.0], [3.0, 0.0], [0.0, 1.0], [0.0, 0.0]]])
    picture = sums(whole, parts, 40)[0]
    step = 2 * BAR + GAP
    assert picture.shape == (3, 40, 2 * step)
    ink, paper = torch.tensor(LOW), torch.tensor(MIDDLE)

    def coloured(column: int) -> int:
        return int((picture[:, :, column].t() != paper).any(1).sum())

    assert [coloured(0), coloured(BAR), coloured(step), coloured(step + BAR)] == [40, 40, 20, 10]
    assert torch.equal(picture[:, -1, 0], ink)
    first, second = picture[:, -1, BAR], picture[:, 0, BAR]  # the first part at the bottom, the second on top
    assert not torch.equal(first, second)
    assert int((picture[:, :, BAR].t() == first).all(1).sum()) == 10
    assert int((picture[:, :, BAR].t() == second).all(1).sum()) == 30


def test_counts_of_0_give_an_empty_chart() -> None:
    assert (sums(torch.zeros(2, 3), torch.zeros(2, 4, 3), 16) == torch.tensor(MIDDLE).view(1, 3, 1, 1)).all()


def test_the_ranking_is_from_the_lowest_to_the_highest_count() -> None:
    images = torch.stack([torch.full((3, 8, 8), level) for level in (0.1, 0.5, 0.9)])
    picture = ranking(images, torch.tensor([5.0, 1.0, 10.0]), side=32)[0]
    values = [round(picture[0, 5, column * (32 + GAP) + 5].item(), 1) for column in range(3)]
    assert values == [0.5, 0.1, 0.9]
    bar = (picture[:, 34].t() == torch.tensor(LOW)).all(1)
    assert [int(bar[column * (32 + GAP) : column * (32 + GAP) + 32].sum()) for column in range(3)] == [3, 16, 32]
    assert ranking(torch.rand(9, 3, 8, 8), torch.rand(9)).shape[0] == 1


def test_there_is_one_picture_per_image() -> None:
    picture = counted(torch.rand(5, 3, 16, 16), torch.rand(5, 2, 2, 3, 16, 16), torch.rand(5, 10), torch.rand(5, 4, 10))
    assert picture.shape[:2] == (5, 3)
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_the_most_confident_patch_gets_the_position() -> None:
    logits = torch.tensor([[[9.0, 0.0, 0.0], [8.0, 7.0, 0.0], [3.0, 1.2, 1.1]]])
    # Patches 0 and 1 have the highest probability at position 0; patch 0 is more confident, and patch 2 gets what remains.
    assert assign_cells(logits).tolist() == [[0, 1, 2]]
    many = torch.randn(20, 4, 4, generator=torch.Generator().manual_seed(0))
    assert (assign_cells(many).sort(1).values == torch.arange(4)).all()
    sure = torch.eye(4)[torch.tensor([2, 0, 3, 1])] * 5
    assert assign_cells(sure[None]).tolist() == [[2, 0, 3, 1]]


def test_patches_are_at_their_positions_with_green_and_red_frames() -> None:
    patches = torch.arange(4.0).view(1, 4, 1, 1, 1).expand(1, 4, 3, 4, 4) / 10
    positions = torch.tensor([[3, 1, 2, 0]])
    right = positions == torch.arange(4)
    picture = put_together(patches, positions, right, side=32)[0]
    inner = [round(picture[0, y, x].item(), 1) for y in (8, 24) for x in (8, 24)]
    assert inner == [0.3, 0.1, 0.2, 0.0]  # position by position
    frames = [tuple(round(v, 2) for v in picture[:, y, x].tolist()) for y in (0, 31) for x in (0, 31)]
    assert frames == [HIGH, MARK, MARK, HIGH]


def test_neighbours_are_beside_the_query() -> None:
    anchor, neighbours = torch.full((1, 3, 4, 4), 0.5), torch.full((1, 2, 3, 4, 4), 0.2)
    picture = beside_matches(anchor, neighbours, torch.tensor([[True, False]]), side=16)[0]
    assert round(picture[0, 8, 8].item(), 2) == 0.5
    first = 16 + 2 * GAP
    assert [tuple(round(v, 2) for v in picture[:, 0, x].tolist()) for x in (first, first + 16)] == [MARK, HIGH]
