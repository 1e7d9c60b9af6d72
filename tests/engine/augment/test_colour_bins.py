"""Colour bins against the formulas of CIE and IEC, and soft encoding against loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial import ConvexHull

from engine.augment.colour_bins import GRID, annealed_mean, bin_centres, frequency, soft_bins

CENTRES = bin_centres()


def ab_of(rgb: np.ndarray) -> np.ndarray:
    """(n, 3) sRGB 0 to 1 to (n, 2) a and b, in float64, by the standards' formulas."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    t = (linear @ matrix.T) / matrix.sum(1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def cells_of(rgb: np.ndarray) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in np.unique(np.round(ab_of(rgb) / 10).astype(int), axis=0)}


BINS = {(int(a), int(b)) for a, b in (CENTRES / GRID).round().long().tolist()}


def test_there_are_261_bins_on_the_grid() -> None:
    """The paper's list has 313, some of them outside sRGB: see the module."""
    assert CENTRES.shape == (261, 2)
    assert len(BINS) == 261
    assert torch.equal(CENTRES % 10, torch.zeros_like(CENTRES))


def test_every_bin_contains_an_srgb_colour_and_every_colour_has_a_bin() -> None:
    step = np.arange(0, 256, 3) / 255
    inside = np.stack(np.meshgrid(step, step, step, indexing="ij"), axis=-1).reshape(-1, 3)
    assert cells_of(inside) <= BINS
    fine = np.arange(256) / 255
    across, down = (m.ravel() for m in np.meshgrid(fine, fine))
    reached: set[tuple[int, int]] = set()
    for colour in range(3):
        for end in (0.0, 1.0):
            face = np.insert(np.stack([across, down], axis=1), colour, end, axis=1)
            reached |= cells_of(face)
    assert reached == BINS


@pytest.mark.parametrize(("count", "sigma"), [(5, 5.0), (10, 5.0), (1, 5.0), (5, 0.1)])
def test_soft_encoding_equals_loops(count: int, sigma: float) -> None:
    generator = torch.Generator().manual_seed(0)
    ab = torch.rand(2, 2, 3, 4, generator=generator) * 160 - 80
    picked, shares = soft_bins(ab, CENTRES, count, sigma)
    assert picked.shape == shares.shape == (2, count, 3, 4)
    for n in range(2):
        for y in range(3):
            for x in range(4):
                a, b = ab[n, :, y, x].double().tolist()
                away = sorted((math.hypot(a - p, b - q), bin) for bin, (p, q) in enumerate(CENTRES.tolist()))[:count]
                kernel = [math.exp(-(d**2 - away[0][0] ** 2) / (2 * sigma**2)) for d, _ in away]
                expected = {bin: k / sum(kernel) for (_, bin), k in zip(away, kernel, strict=True)}
                result = dict(zip(picked[n, :, y, x].tolist(), shares[n, :, y, x].tolist(), strict=True))
                assert result.keys() == expected.keys()
                assert all(result[bin] == pytest.approx(expected[bin], abs=1e-4) for bin in expected)
                assert picked[n, 0, y, x] == away[0][1]


def test_grey_is_encoded_in_its_bin_and_weakly_in_the_four_neighbours() -> None:
    picked, shares = soft_bins(torch.zeros(1, 2, 1, 1), CENTRES)
    middle = 1 / (1 + 4 * math.exp(-2))
    assert CENTRES[picked[0, 0, 0, 0]].tolist() == [0, 0]
    assert shares.flatten().tolist() == pytest.approx([middle] + 4 * [(1 - middle) / 4])


def test_frequencies_are_the_mean_shares() -> None:
    ab = torch.tensor([[0.0, 0.0, 40.0]]).view(1, 1, 1, 3).repeat(1, 2, 1, 1)
    picked, shares = soft_bins(ab, CENTRES)
    p = frequency(picked, shares, len(CENTRES))
    grey = (CENTRES == 0).all(1).nonzero().item()
    assert p.sum() == pytest.approx(1, abs=1e-6)
    assert p[grey] == pytest.approx(2 / 3 / (1 + 4 * math.exp(-2)), abs=1e-6)  # type: ignore[index]


def test_the_annealed_mean_is_between_mean_and_mode() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(2, len(CENTRES), 3, 3, generator=generator) * 2
    p = logits.double().softmax(1)
    mean = torch.einsum("nqhw,qc->nchw", p, CENTRES.double())
    assert torch.allclose(annealed_mean(logits, CENTRES, 1.0).double(), mean, atol=1e-3)
    mode = CENTRES[logits.argmax(1)].movedim(-1, 1)
    assert torch.allclose(annealed_mean(logits, CENTRES, 1e-3), mode, atol=1e-2)
    sharp = p ** (1 / 0.38)
    sharp = torch.einsum("nqhw,qc->nchw", sharp / sharp.sum(1, keepdim=True), CENTRES.double())
    assert torch.allclose(annealed_mean(logits, CENTRES).double(), sharp, atol=1e-3)


def test_the_official_313_bins_are_near_the_convex_hull_of_srgb() -> None:
    """The module's rule: multiples of 10 at a distance below 10 from the convex hull of sRGB in the maximum norm. 261 of them are
    the engine's bins."""
    level = np.arange(0, 256, 5) / 255
    ab = ab_of(np.stack(np.meshgrid(level, level, level, indexing="ij"), -1).reshape(-1, 3))
    hull = ConvexHull(ab)
    corners = ab[hull.vertices]
    normals = np.concatenate([hull.equations[:, :2], np.eye(2)])
    reach = normals @ corners.T
    grid = np.stack(np.meshgrid(np.arange(-150, 151, 10), np.arange(-150, 151, 10), indexing="ij"), -1).reshape(-1, 2)
    # An open square of 10 to each side and the hull are disjoint if an edge of either separates them.
    middle, half = grid @ normals.T, 10 * np.abs(normals).sum(1)
    meets = ((middle - half < reach.max(1)) & (middle + half > reach.min(1))).all(1)
    official = {tuple(map(int, point)) for point in grid[meets]}
    assert len(official) == 313
    assert {tuple(map(int, centre)) for centre in CENTRES.tolist()} <= official
    assert len(CENTRES) == 261
