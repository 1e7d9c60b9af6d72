"""Seed patches are drawn at edges, and their transformations are in the paper's ranges."""

from __future__ import annotations

import colorsys
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.augment.exemplar import Changes, changed, cut, gradient_energy, principal_colours, seed_chances, seed_corners

OFF = Changes(translation=0, scale=1, rotation=0, contrast=1, power=1, factor=1, add=0, hue=0)


def draw(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(n: int = 3, side: int = 16, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 3, side, side, generator=draw(seed))


def test_the_gradient_equals_numpy_s() -> None:
    """numpy.gradient's central differences inside, half the one-sided difference at the border."""
    image = images(1)[0].double()
    down, across = np.gradient(image.numpy(), axis=(1, 2))
    for derivative, axis in ((down, 1), (across, 2)):
        for edge in (0, -1):
            np.moveaxis(derivative, axis, 0)[edge] /= 2
    expected = torch.from_numpy((down**2 + across**2).sum(0))
    assert torch.allclose(gradient_energy(image[None])[0].double(), expected, atol=1e-6)


def test_chances_are_the_mean_squared_gradient_of_each_square() -> None:
    image, side = images(1, 9), 4
    energy, chances = gradient_energy(image)[0], seed_chances(image, side)[0]
    assert chances.shape == (6, 6)
    expected = [[energy[y : y + side, x : x + side].mean().item() for x in range(6)] for y in range(6)]
    assert chances.sum().item() == pytest.approx(1, abs=1e-12)
    assert (chances * np.sum(expected)).numpy() == pytest.approx(np.array(expected), rel=1e-5)


def test_squares_are_drawn_with_their_probabilities() -> None:
    image, side, count = images(1, 10), 6, 4000
    image[..., :5] = 0.5  # no edge in the left half
    corners = seed_corners(image.expand(count, -1, -1, -1), side, torch.arange(count))
    chances = seed_chances(image, side)[0]
    frequencies = torch.zeros(5, 5)
    for x, y in corners.tolist():
        frequencies[y, x] += 1 / count
    assert torch.allclose(frequencies.double(), chances, atol=2 / count + 1e-3)
    # All edges are in the right half: its squares are drawn far more often.
    assert frequencies[:, 4].sum() > 3 * frequencies[:, 0].sum()


def test_an_image_without_edges_has_uniform_seed_patches() -> None:
    flat = torch.full((500, 3, 12, 12), 0.3)
    chances = seed_chances(flat[:1], 8)
    assert torch.allclose(chances, torch.full_like(chances, 1 / 25))
    assert len({tuple(corner) for corner in seed_corners(flat, 8, torch.arange(500)).tolist()}) == 25


def test_corners_depend_on_the_image_and_the_class_number_only() -> None:
    some, numbers = images(6), torch.tensor([5, 0, 77, 1_000_000, 3, 8])
    whole = seed_corners(some, 7, numbers)
    assert whole.min() >= 0
    assert whole.max() <= 9
    for row in range(6):
        assert torch.equal(seed_corners(some[row : row + 1], 7, numbers[row : row + 1])[0], whole[row])


def test_without_transformations_a_sample_is_the_enlarged_patch() -> None:
    some = images()
    corners = torch.tensor([[0, 0], [3, 5], [8, 1]])
    samples = changed(some, corners, 8, 16, 2, OFF, draw())
    squares = torch.stack([im[:, y : y + 8, x : x + 8] for im, (x, y) in zip(some, corners.tolist(), strict=True)])
    assert torch.equal(cut(some, corners, 8), squares)
    enlarged = F.interpolate(squares, (16, 16), mode="bilinear").repeat(2, 1, 1, 1)
    # At its border a sample includes pixels outside the square.
    assert torch.allclose(samples[..., 1:-1, 1:-1], enlarged[..., 1:-1, 1:-1], atol=1e-5)


def where(samples: torch.Tensor) -> torch.Tensor:
    """The source position of each pixel of the samples, (n, h, w, 2), x and y in pixels, read from red and green."""
    return samples[:, :2].permute(0, 2, 3, 1) * 40


def ramps(side: int = 40) -> torch.Tensor:
    """An image whose red is x / side and whose green is y / side."""
    at = (torch.arange(side) + 0.5) / side
    return torch.stack([at.expand(side, side), at[:, None].expand(side, side), torch.zeros(side, side)])[None]


def test_shifts_scales_and_angles_cover_the_paper_s_ranges() -> None:
    """Shift, scale and angle of each sample of a patch are computed from the positions of its pixels."""
    from dataclasses import replace

    n, side = 800, 10
    source, corner = ramps().expand(n, -1, -1, -1), torch.full((n, 2), 15)
    moves = Changes(contrast=1, power=1, factor=1, add=0, hue=0)
    shown = where(changed(source, corner, side, 10, 1, moves, draw()))
    centre = shown[:, 4:6, 4:6].mean((1, 2)) - 20
    assert centre.abs().max() <= 2 + 1e-3
    assert centre.amax(0).min() > 1.9
    assert centre.amin(0).max() < -1.9
    step = shown[:, 5, 6] - shown[:, 5, 5]  # one pixel to the right
    factor, angle = step.norm(dim=1), torch.rad2deg(torch.atan2(step[:, 1], step[:, 0]))
    assert 1 / 1.4 - 1e-3 <= factor.min() < 0.73
    assert 1.38 < factor.max() <= 1.4 + 1e-3
    assert factor.log().mean().abs() < 0.02  # enlarged as often as reduced
    assert 19.5 < angle.abs().max() <= 20 + 1e-2
    assert angle.mean().abs() < 1.5
    unmoved = where(changed(source, corner, side, 10, 1, replace(moves, translation=0.0, scale=1.0), draw()))
    assert (unmoved[:, 4:6, 4:6].mean((1, 2)) - 20).abs().max() < 1e-3


def test_principal_colours_equal_numpy_s() -> None:
    some = images(4) * torch.tensor([1.0, 0.5, 0.2]).view(1, 3, 1, 1)
    some[:, 1] += 0.4 * some[:, 0]
    mean, axes = principal_colours(some)
    pixels = some.permute(0, 2, 3, 1).reshape(-1, 3).double().numpy()
    assert mean.numpy() == pytest.approx(pixels.mean(0), abs=1e-6)
    _, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
    assert np.abs((axes.numpy() * vectors.T).sum(1)) == pytest.approx(np.ones(3), abs=1e-5)


def test_contrast_scales_each_principal_colour_by_its_own_factor() -> None:
    from dataclasses import replace

    some = 0.5 + 0.1 * (images(200) - 0.5)  # far from 0 and 1, so that nothing is clamped
    some[:, 0] += 0.05 * (some[:, 1] - 0.5)
    corners = torch.full((200, 2), 4)
    mean, axes = principal_colours(some)
    plain, changed_images = (changed(some, corners, 8, 8, 1, one, draw()) for one in (OFF, replace(OFF, contrast=2.0)))
    along = [torch.einsum("kc,nchw->nkhw", axes, x - mean.view(1, 3, 1, 1)) for x in (plain, changed_images)]
    factors = (along[1] * along[0]).sum((2, 3)) / along[0].square().sum((2, 3))  # (n, 3)
    assert torch.allclose(along[1], factors[..., None, None] * along[0], atol=1e-4)
    assert 0.5 - 1e-3 <= factors.min() < 0.53
    assert 1.9 < factors.max() <= 2 + 1e-3
    assert np.corrcoef(factors.log().numpy().T)[0, 1] == pytest.approx(0, abs=0.2)  # independent of each other


def test_saturation_and_value_are_changed_by_power_factor_and_offset() -> None:
    """Samples of one colour are within the range of the paper's formula s' = s^p m + a over all parameters."""
    from dataclasses import replace

    rgb = (0.7, 0.5, 0.3)
    hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
    source = torch.tensor(rgb).view(1, 3, 1, 1).expand(500, 3, 12, 12)
    corners = torch.full((500, 2), 2)

    def seen(changes: Changes) -> np.ndarray:
        pixels = changed(source, corners, 8, 8, 1, changes, draw(3))[:, :, 4, 4]
        return np.array([colorsys.rgb_to_hsv(*pixel) for pixel in pixels.tolist()])

    power = seen(replace(OFF, power=4.0))
    exponents = np.log(power[:, 1:]) / np.log([saturation, value])
    assert 0.25 - 1e-3 <= exponents.min() < 0.27
    assert 3.8 < exponents.max() <= 4 + 1e-3
    assert np.log(exponents).mean() == pytest.approx(0, abs=0.1)
    assert np.corrcoef(exponents.T)[0, 1] == pytest.approx(0, abs=0.15)  # independent
    assert power[:, 0] == pytest.approx(hue, abs=1e-3)
    factor = seen(replace(OFF, factor=1.4))[:, 1:] / [saturation, value]
    assert 1 / 1.4 - 1e-3 <= factor.min() < 0.73
    assert factor.max() == pytest.approx(1.4, abs=0.02)
    added = seen(replace(OFF, add=0.1))[:, 1:] - [saturation, value]
    assert np.abs(added).max() == pytest.approx(0.1, abs=2e-3)
    both = seen(replace(OFF, factor=1.4, add=0.1))[:, 1:]
    assert both == pytest.approx(np.clip(factor * [saturation, value] + added, 0, 1), abs=1e-4)
    turned = seen(replace(OFF, hue=0.1))
    turn = (turned[:, 0] - hue + 0.5) % 1 - 0.5
    assert np.abs(turn).max() == pytest.approx(0.1, abs=2e-3)
    assert turned[:, 1:] == pytest.approx(np.tile([saturation, value], (500, 1)), abs=1e-3)


def test_samples_are_in_range_and_repeatable() -> None:
    some, corners = images(5), torch.full((5, 2), 2)
    one, two, other = (changed(some, corners, 12, 20, 3, Changes(), draw(seed)) for seed in (1, 1, 2))
    assert one.shape == (15, 3, 20, 20)
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert one.min() >= 0
    assert one.max() <= 1
    assert one.isfinite().all()
    # Rows i and i + 5 are the same patch with other transformations.
    assert not torch.allclose(one[:5], one[5:10], atol=1e-2)


def test_switching_one_transformation_off_does_not_change_the_others_draws() -> None:
    from dataclasses import replace

    some, corners = images(4, 24), torch.full((4, 2), 6)
    hueless = changed(some, corners, 12, 12, 1, replace(Changes(), hue=0.0), draw())
    whole = changed(some, corners, 12, 12, 1, Changes(), draw())
    assert torch.allclose(hueless.amax(1), whole.amax(1), atol=1e-4)  # the value of HSV
    assert math.isclose(hueless.mean().item(), whole.mean().item(), abs_tol=0.05)
