"""PixContrast's geometry and loss against loops written from the paper, closed forms and symmetries."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from engine.augment.draw import draw_view
from engine.augment.views import ViewDraw
from engine.config.run import ViewConfig
from engine.losses.pixel_contrast import near_cells, pixel_contrast

SOURCE = 32


def view(*crops: tuple[int, int, int, int], flip: bool = False, angle: float = 0.0) -> ViewDraw:
    """Crops x, y, width, height of images of 32 px."""
    draw = draw_view(ViewConfig(), SOURCE, len(crops), torch.Generator().manual_seed(0))
    n = len(crops)
    return dataclasses.replace(
        draw,
        crop=torch.tensor(crops, dtype=torch.int32),
        flip=torch.full((n,), flip),
        angle=torch.full((n,), angle, dtype=draw.angle.dtype),
    )


def positives(one: ViewDraw, two: ViewDraw, side: int = 4, threshold: float = 0.7) -> Tensor:
    return near_cells(one.centres(side), two.centres(side), one.boxes, two.boxes, threshold)


def naive_positives(one: ViewDraw, two: ViewDraw, side: int, threshold: float) -> list[list[list[bool]]]:
    """Eq. 1 with loops, from crops and flips (no rotation), distances in stored pixels."""

    def centre(draw: ViewDraw, image: int, row: int, column: int) -> tuple[float, float]:
        x, y, width, height = draw.crop[image].tolist()
        if draw.flip[image]:
            column = side - 1 - column
        return x + (column + 0.5) * width / side, y + (row + 0.5) * height / side

    images = []
    for image in range(len(one)):
        diagonals = [math.hypot(*(v / side for v in draw.crop[image, 2:].tolist())) for draw in (one, two)]
        grid = [(row, column) for row in range(side) for column in range(side)]
        images.append(
            [[math.dist(centre(one, image, *a), centre(two, image, *b)) / max(diagonals) < threshold for b in grid] for a in grid]
        )
    return images


# Thresholds that no distance between whole pixels equals.
@pytest.mark.parametrize("threshold", [0.3001, 0.7001, 1.5001])
@pytest.mark.parametrize("side", [2, 4, 7])
def test_positives_equal_the_loops(side: int, threshold: float) -> None:
    config = ViewConfig(crop_min=0.1)
    one, two = (draw_view(config, SOURCE, 40, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert one.flip.any()
    assert not one.flip.all()
    assert positives(one, two, side, threshold).tolist() == naive_positives(one, two, side, threshold)


def test_two_identical_crops_match_every_cell_with_itself_only() -> None:
    both = view((4, 6, 20, 20), (0, 0, 32, 32))
    assert torch.equal(positives(both, both), torch.eye(16, dtype=torch.bool).expand(2, 16, 16))
    # The neighbour of a narrow cell is nearer: 3 / 5 of the diagonal here.
    narrow = view((0, 0, 12, 16))
    assert int(positives(narrow, narrow).sum()) == 16 + 2 * 4 * 3
    # The neighbour of a square cell is 1 / sqrt(2) = .707 diagonals away: a threshold of .7 excludes it.
    square = view((0, 0, 32, 32))
    assert int(positives(square, square, threshold=0.71).sum()) == 16 + 2 * 2 * 4 * 3


def test_a_mirrored_crop_matches_mirrored_cells() -> None:
    matches = positives(view((4, 4, 20, 20)), view((4, 4, 20, 20), flip=True))[0]
    mirror = torch.arange(16).view(4, 4).flip(1).flatten()
    assert torch.equal(matches, torch.eye(16, dtype=torch.bool)[mirror])


def test_a_crop_rotated_by_90_degrees_matches_rotated_cells() -> None:
    matches = positives(view((4, 4, 20, 20)), view((4, 4, 20, 20), angle=90.0))[0]
    assert matches.sum(0).tolist() == [1] * 16
    turned = torch.arange(16).view(4, 4)
    partners = matches.long().argmax(0).view(4, 4)
    assert any(torch.equal(partners, torch.rot90(turned, k)) for k in (1, 3))


def test_separate_crops_have_no_match_and_swapped_views_transpose_the_matches() -> None:
    one, two = view((0, 0, 12, 12), (2, 2, 16, 16)), view((20, 20, 12, 12), (6, 4, 24, 20))
    matches = positives(one, two)
    assert not matches[0].any()
    assert matches[1].any()
    assert torch.equal(positives(two, one), matches.transpose(1, 2))


def draw(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def naive_loss(x: Tensor, y: Tensor, positive: Tensor, tau: float) -> list[float]:
    """Eq. 2 with loops in double precision: for each image the mean over its matched cells, scaled so that images without a match
    do not lower the mean over all images."""
    x, y = (torch.nn.functional.normalize(t.double(), dim=2) for t in (x, y))
    images = []
    for n in range(len(x)):
        cells = []
        for i in range(x.shape[1]):
            if not positive[n, i].any():
                continue
            weights = [math.exp(float(x[n, i] @ y[n, j]) / tau) for j in range(y.shape[1])]
            good = sum(w for w, p in zip(weights, positive[n, i].tolist(), strict=True) if p)
            cells.append(-math.log(good / sum(weights)))
        images.append(sum(cells) / len(cells) if cells else 0.0)
    counted = int(positive.flatten(1).any(1).sum())
    return [value * len(x) / counted for value in images]


@pytest.mark.parametrize("tau", [0.05, 0.3, 5.0])
def test_loss_equals_the_loops(tau: float) -> None:
    x, y = draw(5, 9, 6, seed=1), draw(5, 9, 6, seed=2)
    positive = draw(5, 9, 9, seed=3) > 1.0
    positive[0], positive[1, :4] = False, False
    assert pixel_contrast(x, y, positive, tau).tolist() == pytest.approx(naive_loss(x, y, positive, tau), rel=1e-5)


def test_identical_embeddings_score_minus_the_log_of_the_share_of_positives() -> None:
    positive = torch.zeros(1, 16, 16, dtype=torch.bool)
    positive[0, :5, :3] = True
    same = torch.ones(1, 16, 4)
    assert pixel_contrast(same, same, positive, 0.3).item() == pytest.approx(math.log(16 / 3), rel=1e-6)


def test_orthogonal_cells_in_closed_form() -> None:
    cells, tau = torch.eye(4)[None], 0.3
    loss = pixel_contrast(cells, cells, torch.eye(4, dtype=torch.bool)[None], tau)
    assert loss.item() == pytest.approx(math.log(math.exp(1 / tau) + 3) - 1 / tau, rel=1e-5)


def test_without_any_match_loss_and_gradient_are_0() -> None:
    x = draw(2, 4, 3, seed=1).requires_grad_()
    loss = pixel_contrast(x, draw(2, 4, 3, seed=2), torch.zeros(2, 4, 4, dtype=torch.bool), 0.01)
    loss.mean().backward()
    assert loss.tolist() == [0, 0]
    assert x.grad is not None
    assert torch.equal(x.grad, torch.zeros_like(x))


def test_images_and_cells_without_a_match_do_not_count() -> None:
    x, y = draw(3, 4, 3, seed=1).requires_grad_(), draw(3, 4, 3, seed=2)
    positive = torch.eye(4, dtype=torch.bool).repeat(3, 1, 1)
    positive[1], positive[2, 0] = False, False
    loss = pixel_contrast(x, y, positive, 0.3)
    loss.mean().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert not x.grad[1].any()
    assert not x.grad[2, 0].any()
    alone = [pixel_contrast(x[n : n + 1], y[n : n + 1], positive[n : n + 1], 0.3).item() for n in (0, 2)]
    assert loss.mean().item() == pytest.approx(sum(alone) / 2, rel=1e-6)
    assert loss.tolist() == pytest.approx([1.5 * alone[0], 0.0, 1.5 * alone[1]], rel=1e-6)
