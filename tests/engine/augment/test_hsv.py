"""Hue, saturation and value against Python's own colorsys."""

from __future__ import annotations

import colorsys

import torch

from engine.augment.hsv import hsv_to_rgb, rgb_to_hsv


def colours() -> torch.Tensor:
    """(1, 3, 1, k): random colours, greys, primaries and their mixtures."""
    steps = torch.tensor([0.0, 0.5, 1.0])
    grid = torch.cartesian_prod(steps, steps, steps)
    drawn = torch.rand(200, 3, generator=torch.Generator().manual_seed(0))
    return torch.cat([grid, drawn]).t().reshape(1, 3, 1, -1)


def test_equals_colorsys() -> None:
    images = colours()
    for hsv, rgb in zip(rgb_to_hsv(images)[0, :, 0].t().tolist(), images[0, :, 0].t().tolist(), strict=True):
        expected = colorsys.rgb_to_hsv(*rgb)
        turn = abs(hsv[0] - expected[0])
        assert min(turn, 1 - turn) < 1e-5
        assert abs(hsv[1] - expected[1]) < 1e-5
        assert hsv[2] == expected[2]


def test_conversion_is_inverted_and_a_hue_shift_of_a_third_permutes_the_channels() -> None:
    images = colours()
    hsv = rgb_to_hsv(images)
    assert torch.allclose(hsv_to_rgb(hsv), images, atol=1e-5)
    for turns in (-1.0, 1.0):
        assert torch.allclose(hsv_to_rgb(hsv + torch.tensor([turns, 0, 0]).view(1, 3, 1, 1)), images, atol=1e-5)
    third = hsv_to_rgb(hsv + torch.tensor([1 / 3, 0, 0]).view(1, 3, 1, 1))
    assert torch.allclose(third, images.roll(1, dims=1), atol=1e-5)  # red becomes green, green blue
