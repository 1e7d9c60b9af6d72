"""The fused colour matrix against torchvision's operations in sequence."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import torch
import torchvision.transforms.v2.functional as F
from torch import Tensor

from engine.augment import colour_jitter
from engine.augment.draw import draw_view
from engine.augment.views import FACTORS, ViewDraw
from engine.config.run import ViewConfig


def _images(n: int = 6) -> Tensor:
    """Muted colours, which stay in 0..1 in every operation below: the fused matrix does not clamp between operations."""
    return 0.3 + 0.3 * torch.rand(n, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def _draw(n: int = 6, gray: bool = False, order: tuple[int, ...] = (0, 1, 2, 3), **factors: float) -> ViewDraw:
    draw = draw_view(ViewConfig(), 16, n, torch.Generator())
    values = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue": 0.0} | factors
    return dataclasses.replace(
        draw,
        factors=torch.tensor([[values[name] for name in FACTORS]]).expand(n, 4),
        order=torch.tensor([order]).expand(n, 4),
        gray=torch.full((n,), gray),
    )


def _recolour(images: Tensor, draw: ViewDraw) -> Tensor:
    gain, lift = colour_jitter.matrices(draw)
    return colour_jitter.recolour(images, gain, lift, torch.empty_like(images))


ADJUST = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation, "hue": F.adjust_hue}


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
@pytest.mark.parametrize("factor", [0.0, 0.6, 1.4])
def test_each_factor_equals_torchvision(name: str, factor: float) -> None:
    images = _images()
    torch.testing.assert_close(_recolour(images, _draw(**{name: factor})), ADJUST[name](images, factor), atol=1e-5, rtol=0)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 1, 0, 3), (1, 3, 2, 0), (3, 0, 1, 2)])
@pytest.mark.parametrize("gray", [False, True])
def test_every_order_of_operations_equals_torchvision(order: tuple[int, ...], gray: bool) -> None:
    factors = {"brightness": 1.3, "contrast": 0.7, "saturation": 1.2, "hue": 1 / 3}
    images = _images()
    expected = images
    for operation in order:
        expected = ADJUST[FACTORS[operation]](expected, factors[FACTORS[operation]])
    if gray:
        expected = F.rgb_to_grayscale(expected, num_output_channels=3)
    torch.testing.assert_close(_recolour(images, _draw(order=order, gray=gray, **factors)), expected, atol=1e-5, rtol=0)


def test_another_order_gives_another_image() -> None:
    images = _images()
    one = _recolour(images, _draw(order=(0, 1, 2, 3), contrast=0.5, hue=0.2))
    other = _recolour(images, _draw(order=(3, 2, 1, 0), contrast=0.5, hue=0.2))
    assert (one - other).abs().max() > 1e-3


def _mixed(images: Tensor, draw: ViewDraw) -> Tensor:
    return colour_jitter.mix(images.clone(), colour_jitter.mixture(draw), torch.empty_like(images))


@pytest.mark.parametrize("turn", [-0.5, -0.3, -0.1, -0.01, 0.0, 0.05, 0.1, 0.4, 0.5])
def test_the_exact_hue_rotation_equals_torchvision(turn: float) -> None:
    images = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(2))
    images[0, :, :4] = images[0, :1, :4]  # greys
    images[1, :, :2], images[1, 0, 2:4] = 0.0, 1.0  # black, and pure channels
    expected = F.adjust_hue(images, turn)
    torch.testing.assert_close(colour_jitter.turn_hue(images.clone(), torch.full((4,), turn)), expected, atol=5e-6, rtol=0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("gray", [False, True])
def test_with_the_exact_hue_rotation_every_order_equals_torchvision(order: tuple[int, ...], gray: bool) -> None:
    factors = {"brightness": 1.2, "contrast": 0.8, "saturation": 1.2, "hue": 0.1}
    images = _images()
    expected = images
    for operation in order:
        expected = ADJUST[FACTORS[operation]](expected, factors[FACTORS[operation]])
    if gray:
        expected = F.rgb_to_grayscale(expected, num_output_channels=3)
    torch.testing.assert_close(_mixed(images, _draw(order=order, gray=gray, **factors)), expected, atol=5e-6, rtol=0)


def test_images_without_jitter_are_unchanged() -> None:
    images = _images()
    torch.testing.assert_close(_mixed(images, _draw()), images, atol=1e-6, rtol=0)


@pytest.mark.parametrize("turn", [-0.5, -1 / 3, -0.1, 0.1, 1 / 3, 0.5])
def test_the_linear_hue_rotation_approximates_torchvision(turn: float) -> None:
    """It is exact at a third of the circle and otherwise closer to torchvision's than no rotation or the opposite one."""
    images = _images()
    expected, mine = F.adjust_hue(images, turn), _recolour(images, _draw(hue=turn))
    if abs(turn) == pytest.approx(1 / 3):
        torch.testing.assert_close(mine, expected, atol=1e-5, rtol=0)
    error = (mine - expected).abs().mean()
    assert error < (images - expected).abs().mean()
    if abs(turn) < 0.5:
        assert error < (_recolour(images, _draw(hue=-turn)) - expected).abs().mean()


def test_hue_rotation_does_not_change_grey() -> None:
    grey = torch.rand(2, 1, 4, 4).expand(2, 3, 4, 4)
    torch.testing.assert_close(_recolour(grey, _draw(2, hue=0.3)), grey)


def test_solarize_inverts_values_above_one_half_in_its_rows_only() -> None:
    images = torch.arange(256).div(255).view(1, 1, 16, 16).repeat(3, 3, 1, 1)
    result = images.clone()
    colour_jitter.solarize(result, torch.tensor([1]))
    assert torch.equal(result[0::2], images[0::2])
    expected = F.solarize((images[1] * 255).round().to(torch.uint8), 128)
    torch.testing.assert_close(result[1] * 255, expected.float(), atol=1e-3, rtol=0)


def test_erase_fills_its_rectangle_with_the_mean_colour() -> None:
    images = torch.rand(3, 3, 12, 12)
    result = images.clone()
    colour_jitter.erase(result, torch.tensor([[2, 3, 5, 4]], dtype=torch.int32), torch.tensor([1]))
    inside = torch.zeros(12, 12, dtype=torch.bool)
    inside[3:7, 2:7] = True
    expected = torch.where(inside, images[1].mean(dim=(1, 2), keepdim=True), images[1])
    torch.testing.assert_close(result[1], expected)
    assert torch.equal(result[0::2], images[0::2])


def test_normalise_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    images = torch.rand(2, 3, 4, 4)
    mean, std = torch.tensor([0.5, 0.4, 0.3]), torch.tensor([0.2, 0.3, 0.4])
    torch.testing.assert_close(colour_jitter.normalise(images.clone(), mean, std), F.normalize(images, mean.tolist(), std.tolist()))
