"""Histograms of oriented gradients against loops in double precision, and their symmetries."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.hog import hog, oriented_gradients


def loops(image: list[list[float]], bins: int, cell: int) -> list[list[float]]:
    """The histograms of one colour channel, cell by cell: Sobel filters, each pixel's magnitude added to a single bin."""
    size = len(image)

    def at(y: int, x: int) -> float:
        y, x = (abs(v) if v < size else 2 * (size - 1) - v for v in (y, x))  # reflected, without repeating the edge
        return image[y][x]

    cells = [[0.0] * bins for _ in range((size // cell) ** 2)]
    for y in range(size):
        for x in range(size):
            gx = sum(w * (at(y + d, x + 1) - at(y + d, x - 1)) for d, w in ((-1, 1), (0, 2), (1, 1)))
            gy = sum(w * (at(y + 1, x + d) - at(y - 1, x + d)) for d, w in ((-1, 1), (0, 2), (1, 1)))
            angle = math.degrees(math.atan2(gx, gy)) % 180
            bin = min(bins - 1, int(angle / (180 / bins)))
            cells[(y // cell) * (size // cell) + x // cell][bin] += math.hypot(gx, gy)
    rows = []
    for histogram in cells:
        length = math.sqrt(sum(v * v for v in histogram))
        rows.append([v / length if length else 0.0 for v in histogram])
    return rows


def histograms(images: Tensor, bins: int, cell: int) -> Tensor:
    return hog(oriented_gradients(images, bins), cell)


@pytest.mark.parametrize(("bins", "cell"), [(9, 4), (9, 2), (18, 4), (4, 8), (1, 4)])
def test_histograms_equal_the_loops(bins: int, cell: int) -> None:
    torch.manual_seed(0)
    images = torch.randn(2, 3, 8, 8)
    result = histograms(images, bins, cell)
    assert result.shape == (2, (8 // cell) ** 2, 3 * bins)
    for n in range(2):
        for colour in range(3):
            expected = torch.tensor(loops(images[n, colour].double().tolist(), bins, cell), dtype=torch.double)
            assert torch.allclose(result[n, :, colour * bins : (colour + 1) * bins].double(), expected, atol=1e-5)


def test_an_edge_is_counted_in_the_bin_of_its_gradient_s_angle() -> None:
    ramp = torch.arange(16.0).expand(1, 3, 16, 16)
    inner = oriented_gradients(ramp, 9)[..., 1:-1, 1:-1].sum((0, 1, 3, 4))
    assert inner.nonzero().flatten().tolist() == [4]  # brightness increases to the right: 90 degrees
    down = oriented_gradients(ramp.transpose(2, 3), 9)[..., 1:-1, 1:-1].sum((0, 1, 3, 4))
    assert down.nonzero().flatten().tolist() == [0]
    slant = oriented_gradients(ramp + 0.2 * ramp.transpose(2, 3), 9)[..., 1:-1, 1:-1].sum((0, 1, 3, 4))
    assert slant.nonzero().flatten().tolist() == [int(math.degrees(math.atan2(1, 0.2)) // 20)]


def test_histograms_are_invariant_to_brightness_contrast_and_sign_and_not_to_rotation() -> None:
    torch.manual_seed(1)
    images = torch.randn(2, 3, 16, 16)
    plain = histograms(images, 6, 4)
    assert torch.allclose(histograms(3 * images + 2, 6, 4), plain, atol=1e-4)
    assert torch.allclose(histograms(-images, 6, 4), plain, atol=1e-4)
    # A rotation by 90 degrees shifts the bins by half their number, and the cells rotate with the image.
    turned = histograms(torch.rot90(images, 1, (2, 3)), 6, 4).view(2, 4, 4, 3, 6)
    assert torch.allclose(torch.rot90(plain.view(2, 4, 4, 3, 6), 1, (1, 2)).roll(3, -1), turned, atol=1e-4)


def test_histograms_have_norm_1_per_colour_and_flat_cells_0() -> None:
    images = torch.randn(1, 3, 16, 16)
    images[:, :, :9, :9] = 0.3
    norms = histograms(images, 9, 4).view(4, 4, 3, 9).norm(dim=-1)
    assert torch.allclose(norms[2:], torch.ones(2, 4, 3), atol=1e-5)
    assert norms[:2, :2].abs().max() == 0
    assert histograms(torch.zeros(1, 3, 8, 8), 9, 4).isfinite().all()


def test_autocast_does_not_change_the_histograms() -> None:
    images = torch.randn(1, 3, 8, 8)
    expected = oriented_gradients(images, 9)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(oriented_gradients(images, 9), expected)
