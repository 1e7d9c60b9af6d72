"""Puzzle tiles: the papers' geometry at any size, the pixels of each tile, and the measures against shortcuts."""

from __future__ import annotations

import pytest
import torch

from engine.augment.puzzle_tiles import Tiling, cut_tiles, least_size, normalise_tiles, tiling, without_green_magenta


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("size", "gap", "jitter", "multiple", "expected"), [
    (225, 11 / 64, 11 / 64, 1, (64, 11, 11)),  # jigsaw: tiles of 64 px at random positions in cells of 75 px
    (3 * 96 + 2 * 48 + 14, 0.5, 14 / 96, 1, (96, 48, 14)),  # context prediction: a gap of half a patch, jitter of 7 px to each side
    (64, 11 / 64, 11 / 64, 1, (18, 3, 3)),
    (32, 11 / 64, 11 / 64, 1, (8, 1, 1)),
    (32, 0.5, 14 / 96, 1, (7, 4, 1)),
    (64, 0.0, 0.0, 1, (21, 0, 0)),
    (64, 11 / 64, 11 / 64, 8, (16, 3, 3)),
])  # fmt: skip
def test_the_papers_geometries_scale_with_the_image(
    size: int, gap: float, jitter: float, multiple: int, expected: tuple[int, int, int]
) -> None:
    at = tiling(size, 3, gap, jitter, multiple)
    assert (at.tile, at.gap, at.jitter) == expected
    assert at.fits
    larger = at.tile + multiple
    assert 3 * larger + 2 * int(gap * larger + 0.5) + int(jitter * larger + 0.5) > size


@pytest.mark.parametrize("multiple", [1, 4, 8])
@pytest.mark.parametrize(("gap", "jitter"), [(0.0, 0.0), (0.17, 0.17), (0.5, 0.15)])
def test_least_size_is_the_smallest_image_that_fits(gap: float, jitter: float, multiple: int) -> None:
    least = least_size(3, gap, jitter, multiple)
    assert all(tiling(size, 3, gap, jitter, multiple).fits for size in range(least, least + 40))
    assert not any(tiling(size, 3, gap, jitter, multiple).fits for size in range(1, least))


def test_tiles_equal_slices_of_the_image() -> None:
    at = Tiling(size=23, grid=3, tile=5, gap=2, jitter=3)
    images = torch.randn(40, 3, 23, 23)
    tiles = cut_tiles(images, at, drawn())
    assert tiles.shape == (40, 3, 3, 3, 5, 5)
    assert torch.equal(tiles, cut_tiles(images, at, drawn()))
    seen = set()
    for n in range(40):
        for r in range(3):
            for c in range(3):
                offsets = [
                    (dy, dx)
                    for dy in range(4)
                    for dx in range(4)
                    if torch.equal(tiles[n, r, c], images[n, :, 7 * r + dy : 7 * r + dy + 5, 7 * c + dx : 7 * c + dx + 5])
                ]
                assert len(offsets) == 1
                seen.update(offsets)
    assert len(seen) == 16  # every shift occurs, vertical and horizontal independently


def test_without_gap_and_jitter_the_tiles_are_the_image() -> None:
    images = torch.randn(2, 3, 12, 12)
    tiles = cut_tiles(images, tiling(12, 3, 0.0, 0.0), drawn())
    assert torch.equal(tiles.permute(0, 3, 1, 4, 2, 5).reshape(2, 3, 12, 12), images)


def test_tiles_do_not_overlap_if_the_jitter_is_at_most_the_gap() -> None:
    """Each pixel's value is its position, and no position is in two tiles."""
    at = tiling(64, 3, 11 / 64, 11 / 64)
    positions = torch.arange(64 * 64, dtype=torch.float64).view(1, 1, 64, 64).expand(20, 3, 64, 64)
    for image in cut_tiles(positions, at, drawn())[:, :, :, 0].flatten(1):
        assert len(image.unique()) == len(image)


def test_parted_colour_channels_are_shifted_independently_within_the_image() -> None:
    at = Tiling(size=20, grid=3, tile=6, gap=1, jitter=0)
    positions = torch.arange(400.0).view(1, 1, 20, 20).expand(200, 3, 20, 20)
    first = cut_tiles(positions, at, drawn(), parted=2)[..., 0, 0].long()  # (N, 3, 3, colours), the corner's position
    down, across = first // 20, first % 20
    for line in (down, across):
        assert line.min() == 0
        assert line.max() == 14
    middle = torch.stack([down[:, 1, 1] - 7, across[:, 1, 1] - 7])
    assert set(middle.flatten().tolist()) == {-2, -1, 0, 1, 2}
    assert (middle[..., 0] != middle[..., 1]).float().mean() > 0.6  # 4 in 5: red and green are drawn independently


def test_normalised_tiles_have_mean_0_and_deviation_1() -> None:
    tiles = torch.randn(5, 3, 3, 3, 6, 6, dtype=torch.float64) * 3 + torch.randn(5, 3, 3, 3, 1, 1, dtype=torch.float64)
    out = normalise_tiles(tiles)
    assert out.mean((-2, -1)).abs().max() < 1e-12
    assert (out.square().mean((-3, -2, -1)) - 1).abs().max() < 1e-12
    assert torch.allclose(normalise_tiles(0.3 * tiles + 5), out)
    flat = torch.full((1, 1, 1, 3, 4, 4), 7.0) + 1e-4 * torch.randn(1, 1, 1, 3, 4, 4)
    assert normalise_tiles(flat).abs().max() < 0.01


def test_projection_removes_the_green_magenta_axis_only() -> None:
    std = torch.tensor([0.2, 0.25, 0.3], dtype=torch.float64)
    images = torch.randn(2, 3, 4, 4, dtype=torch.float64)
    out = without_green_magenta(images, std)
    pixels, before = (x * std.view(1, 3, 1, 1) for x in (out, images))
    assert (2 * pixels[:, 1] - pixels[:, 0] - pixels[:, 2]).abs().max() < 1e-12
    assert torch.allclose(without_green_magenta(out, std), out)
    assert torch.allclose(pixels.sum(1), before.sum(1))  # brightness and the blue-red axis are orthogonal to it
    assert torch.allclose(pixels[:, 0] - pixels[:, 2], before[:, 0] - before[:, 2])
