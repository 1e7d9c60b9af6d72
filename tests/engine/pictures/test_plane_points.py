"""Pictures of points and bars: positions of dots and lengths of bars."""

from __future__ import annotations

import torch

from engine.pictures.gauges import apart, gauge
from engine.pictures.matrix import HIGH, MARK
from engine.pictures.plane_points import hues, joined, principal


def test_a_pair_is_two_dots_and_a_line_in_its_colour() -> None:
    picture = joined(torch.tensor([[-0.5, 0.0], [0.0, 0.8]]), torch.tensor([[0.5, 0.0], [0.0, 0.8]]), side=128)
    assert picture.shape == (1, 3, 128, 128)
    first, second = (torch.tensor(colour) for colour in hues(2))
    for x in (-0.5, 0.0, 0.5):
        column = int((x / 1.08 + 1) / 2 * 128)
        assert torch.allclose(picture[0, :, 63:65, column].mean(1), first, atol=0.1)
    row = int((1 - 0.8 / 1.08) / 2 * 128)
    assert torch.allclose(picture[0, :, row, 64], second, atol=0.02)
    assert torch.equal(picture[0, :, 0, 0], torch.ones(3))


def test_principal_directions_keep_a_circle_and_show_collapse_on_the_rim() -> None:
    angles = torch.linspace(0, 6, 40)
    z = torch.zeros(40, 7)
    z[:, 2], z[:, 5] = angles.cos(), angles.sin()
    points, axes = principal(z)
    assert torch.allclose(points.norm(dim=1), torch.ones(40), atol=1e-5)
    assert torch.allclose(principal(z[:5], axes)[0], points[:5], atol=1e-6)
    spot, _ = principal(torch.ones(6, 9))
    assert torch.allclose(spot.norm(dim=1), torch.ones(6), atol=1e-5)
    assert torch.allclose(spot, spot[:1].expand(6, 2), atol=1e-5)


def test_one_dimension_is_a_line() -> None:
    points, _ = principal(torch.tensor([[2.0], [-3.0]]))
    assert points.tolist() == [[1.0, 0.0], [-1.0, 0.0]]


def test_a_bar_is_as_long_as_its_value() -> None:
    bars = gauge(torch.tensor([0.0, 0.5, 1.0, 9.0]), limit=1.0, height=4, width=100, colour=HIGH)
    assert bars.shape == (4, 3, 4, 100)
    red = torch.isclose(bars, torch.tensor(HIGH).view(1, 3, 1, 1)).all(1)[:, 0]
    assert red.sum(1).tolist() == [0, 50, 100, 100]


def test_the_tick_is_above_the_bar() -> None:
    bars = gauge(torch.tensor([1.0]), limit=1.0, height=4, width=64, tick=0.5)
    assert bars[0, :, 0, 32].max() < 0.2
    assert torch.allclose(bars[0, :, 0, 30], torch.tensor(MARK))


def test_the_two_images_are_above_the_bar_unchanged() -> None:
    left, right = torch.rand(3, 3, 24, 24), torch.rand(3, 3, 24, 24)
    both = apart(left, right, torch.tensor([0.1, 0.2, 0.3]), limit=1.0, tick=0.5)
    assert both.shape[:2] == (3, 3)
    assert torch.equal(both[..., 48:], torch.ones_like(both[..., 48:]))
    assert torch.equal(both[:, :, :24, :24], left)
    assert torch.equal(both[:, :, :24, 24:48], right)
