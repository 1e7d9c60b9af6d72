"""I-JEPA's blocks: size, shape, position and number, and a context without target patches."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.augment.masking import Blocks, block_shape, multi_block


def draw(seed: int, n: int = 64, side: int = 14) -> Blocks:
    generator = torch.Generator().manual_seed(seed)
    return multi_block(n, side, generator, targets=4, target_share=(0.15, 0.2), aspect=(0.75, 1.5), context_share=(0.85, 1.0))


def box(patches: Tensor, side: int) -> tuple[int, int, int, int]:
    rows, columns = (patches // side).tolist(), (patches % side).tolist()
    return min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1


@pytest.mark.parametrize("side", [8, 14, 16])
def test_targets_are_full_rectangles_of_the_paper_s_size(side: int) -> None:
    shares, ratios = [], []
    for seed in range(200):
        targets = draw(seed, 3, side).targets
        assert targets.shape[:2] == (3, 4)
        shapes = set()
        for patches in targets.flatten(0, 1):
            top, left, height, width = box(patches, side)
            expected = [(top + i) * side + left + j for i in range(height) for j in range(width)]
            assert patches.tolist() == expected  # every patch of the rectangle, row by row, within the image
            assert left + width <= side
            assert top + height <= side
            shapes.add((height, width))
        assert len(shapes) == 1  # one size per batch
        shares.append(height * width / side**2)
        ratios.append(height / width)
    # Rounded to whole patches: the width differs by up to half a patch.
    slack = 0.5 * max(4, round(side * 0.55)) / side**2
    assert 0.15 - slack <= min(shares)
    assert max(shares) <= 0.2 + slack
    assert sum(shares) / len(shares) == pytest.approx(0.175, abs=0.012)
    assert min(ratios) < 1 < max(ratios)
    assert sum(ratios) / len(ratios) == pytest.approx(1.125, abs=0.12)


def test_share_and_ratio_are_drawn_independently() -> None:
    pairs = []
    for seed in range(300):
        _, _, height, width = box(draw(seed, 1, 32).targets[0, 0], 32)
        pairs.append((height * width, height / width))
    assert abs(torch.corrcoef(torch.tensor(pairs).t())[0, 1]) < 0.15


def test_block_positions_are_uniform() -> None:
    tops = torch.cat([draw(seed, 64, 8).targets[:, :, 0] // 8 for seed in range(60)]).flatten()
    lefts = torch.cat([draw(seed, 64, 8).targets[:, :, 0] % 8 for seed in range(60)]).flatten()
    for first in (tops, lefts):
        count = torch.bincount(first, minlength=5).float()[:5]  # sizes of 3 or 4: positions 0 to 4 always exist
        assert (count / count.mean() - 1).abs().max() < 0.08
    # A position is drawn for each block of each image.
    assert len({tuple(row) for row in draw(0, 64, 8).targets[:, :, 0].tolist()}) > 60


@pytest.mark.parametrize("side", [8, 14])
def test_the_context_has_no_target_patch_and_one_size_per_batch(side: int) -> None:
    for seed in range(100):
        context, targets = draw(seed, 64, side)
        assert context.shape[1] >= side**2 / 20
        assert (context.diff(dim=1) > 0).all()  # in the image's order, without duplicates
        hidden = torch.zeros(64, side**2, dtype=torch.bool).scatter_(1, targets.flatten(1), True)
        assert not torch.gather(hidden, 1, context).any()


def test_the_context_of_a_single_image_is_its_block_without_the_targets() -> None:
    """Contexts are only shortened to the smallest of the batch."""
    shares = []
    for seed in range(300):
        context, targets = draw(seed, 1, 14)
        hidden = torch.zeros(196, dtype=torch.bool).scatter_(0, targets.flatten(), True)
        top, left, height, width = box(context[0], 14)
        assert max(height, width) <= 14
        inside = [i * 14 + j for i in range(top, top + height) for j in range(left, left + width)]
        assert context[0].tolist() == [patch for patch in inside if not hidden[patch]]
        shares.append(len(context[0]) / 196)
    # Four random blocks of .175 leave about half of the image.
    assert sum(shares) / len(shares) == pytest.approx(0.48, abs=0.06)


def test_shortened_contexts_lose_patches_at_uniform_positions() -> None:
    """In each row, contexts of a batch have the patches that single images have (the official code favours the top)."""
    cut, whole = torch.zeros(8), torch.zeros(8)
    for seed in range(60):
        cut += torch.bincount(draw(seed, 64, 8).context.flatten() // 8, minlength=8)
        for one in range(8):
            whole += torch.bincount(draw(1000 + 8 * seed + one, 1, 8).context[0] // 8, minlength=8)
    assert ((cut / cut.sum()) / (whole / whole.sum()) - 1).abs().max() < 0.1


def test_targets_that_cover_everything_leave_a_context() -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        context, targets = multi_block(
            16, 4, generator, targets=8, target_share=(0.5, 0.9), aspect=(1.0, 1.0), context_share=(0.85, 1.0)
        )
        assert context.shape[1] >= 1
        assert targets.shape[:2] == (16, 8)


def test_shapes_of_targets_and_context() -> None:
    assert block_shape(8, 0.1875, 4 / 3) == (4, 3)
    assert block_shape(8, 1.0, 1.0) == (8, 8)
    assert block_shape(8, 0.9, 1.0) == (8, 7)
    assert block_shape(2, 0.15, 1.5) == (1, 1)
    assert block_shape(4, 0.5, 16.0) == (4, 2)


def test_the_same_generator_draws_the_same_blocks() -> None:
    assert all(torch.equal(a, b) for a, b in zip(draw(5), draw(5), strict=True))
    assert not torch.equal(draw(5).targets[:, :, 0], draw(6).targets[:, :, 0])


@pytest.mark.parametrize("side", [4, 5, 6, 8])
def test_context_least_sets_the_smallest_share_of_context_patches(side: int) -> None:
    settings = {"targets": 4, "target_share": (0.15, 0.2), "aspect": (0.75, 1.5), "context_share": (0.85, 1.0)}
    clean = images = 0
    for seed in range(60):
        generator = torch.Generator().manual_seed(seed)
        blocks = multi_block(64, side, generator, **settings, context_least=0.25, tries=20)  # type: ignore[arg-type]
        assert blocks.context.shape[1] >= side**2 / 4
        shown = (blocks.context[:, :, None] == blocks.targets.flatten(1)[:, None, :]).any(2)
        clean, images = clean + int((~shown.any(1)).sum()), images + 64
    # Other positions are drawn before a target patch is left in the context.
    assert clean > 0.99 * images


def test_a_context_least_of_a_twentieth_leaves_single_patches_of_a_small_grid() -> None:
    """The official code's share for 14 x 14 patches, which runs of older versions use."""
    assert min(draw(seed, side=4).context.shape[1] for seed in range(60)) < 4
