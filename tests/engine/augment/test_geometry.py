"""Geometric operations against torchvision and PIL."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as F
from PIL import Image
from scipy.ndimage import gaussian_filter
from torch import Tensor

from engine.augment import geometry


def _images(n: int, side: int) -> Tensor:
    return torch.randint(0, 256, (n, 3, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(side))


def _resample(images: Tensor, boxes: Tensor, size: int, flip: Tensor | None = None, sigma: Tensor | None = None) -> Tensor:
    x = geometry.resize_taps(boxes[:, 0], boxes[:, 2], size, flip)
    y = geometry.resize_taps(boxes[:, 1], boxes[:, 3], size)
    if sigma is not None:
        radius = geometry.blur_radius(float(sigma.max()), size)
        x, y = geometry.blurred(x, sigma, radius), geometry.blurred(y, sigma, radius)
    return geometry.resample(geometry.columns_first(images), x, y)


BOXES = torch.tensor([[0, 0, 40, 40], [3, 5, 20, 31], [39, 39, 1, 1], [10, 0, 7, 40], [0, 36, 40, 4]], dtype=torch.int32)


@pytest.mark.parametrize("size", [7, 16, 40, 64])
def test_crop_and_resize_equal_torchvision(size: int) -> None:
    images = _images(len(BOXES), 40)
    mine = _resample(images, BOXES, size)
    for image, (x, y, w, h), result in zip(images, BOXES.tolist(), mine, strict=True):
        expected = F.resized_crop(image.float(), y, x, h, w, [size, size], antialias=True)
        torch.testing.assert_close(result, expected, atol=2e-3, rtol=0)  # of 255


@pytest.mark.parametrize("size", [12, 40])
def test_crop_and_resize_equal_pil_up_to_its_rounding(size: int) -> None:
    images = _images(len(BOXES), 40)
    mine = _resample(images, BOXES, size)
    for image, (x, y, w, h), result in zip(images, BOXES.tolist(), mine, strict=True):
        picture = (
            Image.fromarray(image.permute(1, 2, 0).numpy())
            .crop((x, y, x + w, y + h))
            .resize((size, size), Image.Resampling.BILINEAR)
        )
        expected = torch.from_numpy(np.array(picture)).permute(2, 0, 1).float()
        assert (result - expected).abs().max() <= 1.01  # PIL rounds to whole values, once along each axis


def test_flip_mirrors_the_selected_rows_only() -> None:
    images = _images(5, 40)
    flip = torch.tensor([True, False, True, False, True])
    plain, mirrored = _resample(images, BOXES, 24), _resample(images, BOXES, 24, flip)
    expected = torch.where(flip.view(-1, 1, 1, 1), plain.flip(3), plain)
    torch.testing.assert_close(mirrored, expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("sigma", [0.2, 0.7, 2.0])
def test_blur_equals_torchvision(sigma: float) -> None:
    images = _images(5, 40)
    radius = geometry.blur_radius(sigma, 24)
    mine = _resample(images, BOXES, 24, sigma=torch.full((5,), sigma))
    expected = F.gaussian_blur(_resample(images, BOXES, 24), [2 * radius + 1] * 2, [sigma, sigma])
    torch.testing.assert_close(mine, expected, atol=2e-3, rtol=0)


@pytest.mark.parametrize("sigma", [0.3, 0.8, 1.5, 2.5])
def test_blur_equals_scipy_s_truncated_at_three_sigmas(sigma: float) -> None:
    """scipy's kernel is truncated at three sigmas; a shorter one gives another image."""
    images, size = _images(5, 40), 32
    plain = _resample(images, BOXES, size)
    mine = _resample(images, BOXES, size, sigma=torch.full((5,), sigma))
    reach = math.ceil(3 * sigma)  # scipy's truncate is in sigmas
    expected = gaussian_filter(plain.double().numpy(), (0, 0, sigma, sigma), mode="mirror", truncate=reach / sigma)
    np.testing.assert_allclose(mine.numpy(), expected, atol=0.05, rtol=0)  # of 255
    whole = gaussian_filter(plain.double().numpy(), (0, 0, sigma, sigma), mode="mirror", truncate=8.0)
    short = gaussian_filter(plain.double().numpy(), (0, 0, sigma, sigma), mode="mirror", radius=math.ceil(sigma))
    assert np.abs(mine.numpy() - whole).max() < 4, "what lies beyond three sigmas is little"
    assert sigma < 1 or np.abs(mine.numpy() - short).max() > 10, "what lies beyond one sigma is much"


def test_a_point_is_blurred_to_the_gaussian_function() -> None:
    """The blur of one bright pixel is the kernel, here with sigma 2 over six pixels to each side."""
    images = torch.zeros(1, 3, 41, 41, dtype=torch.uint8)
    images[:, :, 20, 20] = 255
    whole = torch.tensor([[0, 0, 41, 41]], dtype=torch.int32)
    mine = _resample(images, whole, 41, sigma=torch.tensor([2.0]))[0, 0].double()
    bell = [math.exp(-(offset**2) / (2 * 2.0**2)) for offset in range(-6, 7)]
    bell = [value / sum(bell) for value in bell]
    across = mine[20] / mine[20].sum()
    assert across[14:27].tolist() == pytest.approx(bell, abs=1e-5)
    assert float(mine.sum()) == pytest.approx(255, rel=1e-4)
    assert float(mine[20, 20]) == pytest.approx(255 * bell[6] ** 2, rel=1e-4)


def test_a_blur_of_zero_changes_nothing() -> None:
    images, sigma = _images(5, 40), torch.tensor([0.0, 2.0, 0.0, 1.0, 0.0])
    mine, plain = _resample(images, BOXES, 24, sigma=sigma), _resample(images, BOXES, 24)
    torch.testing.assert_close(mine[::2], plain[::2], atol=1e-4, rtol=0)
    assert (mine[1] - plain[1]).abs().max() > 5


def test_a_crop_of_the_whole_image_at_its_size_is_the_image() -> None:
    images = _images(3, 32)
    whole = torch.tensor([[0, 0, 32, 32]], dtype=torch.int32).expand(3, 4)
    assert torch.equal(_resample(images, whole, 32), images.float())


def _rotate(images: Tensor, boxes: Tensor, angle: list[float], size: int, flip: list[bool] | None = None) -> Tensor:
    mirrored = torch.tensor(flip or [False] * len(images))
    maps = geometry.rotation_map(boxes, mirrored, torch.tensor(angle), images.shape[-1])
    return geometry.rotate(images.float(), maps, size)


def test_rotation_turns_counter_clockwise_like_torchvision() -> None:
    images = _images(4, 32)
    whole = torch.tensor([[0, 0, 32, 32]], dtype=torch.int32).expand(4, 4)
    mine = _rotate(images, whole, [0.0, 90.0, 180.0, -90.0], 32)
    expected = torch.stack([images[0], images[1].rot90(1, (1, 2)), images[2].rot90(2, (1, 2)), images[3].rot90(-1, (1, 2))]).float()
    torch.testing.assert_close(mine, expected, atol=0.01, rtol=0)
    slight = _rotate(images, whole, [17.0] * 4, 32)
    reference = F.rotate(images.float(), 17.0, F.InterpolationMode.BILINEAR)
    middle = slice(8, 24)  # beyond the edges torchvision fills with black
    torch.testing.assert_close(slight[:, :, middle, middle], reference[:, :, middle, middle], atol=0.01, rtol=0)


def test_rotation_follows_the_flip_and_uses_its_box_only() -> None:
    images = _images(2, 32)
    boxes = torch.tensor([[4, 2, 16, 16], [4, 2, 16, 16]], dtype=torch.int32)
    mine = _rotate(images, boxes, [90.0, 90.0], 32, flip=[False, True])
    crop = F.resized_crop(images.float(), 2, 4, 16, 16, [32, 32])
    expected = torch.stack([crop[0].rot90(1, (1, 2)), crop[1].flip(2).rot90(1, (1, 2))])
    inner = slice(1, -1)  # at its border a rotated box includes interpolated pixels from outside
    torch.testing.assert_close(mine[:, :, inner, inner], expected[:, :, inner, inner], atol=0.01, rtol=0)


def test_rotation_to_a_smaller_view_does_not_alias() -> None:
    """A downsampled checkerboard of single pixels is grey; nearest-neighbour sampling would give black or white."""
    board = ((torch.arange(64).view(-1, 1) + torch.arange(64)) % 2 * 255).expand(1, 3, 64, 64).to(torch.uint8)
    whole = torch.tensor([[0, 0, 64, 64]], dtype=torch.int32)
    assert (_rotate(board, whole, [5.0], 16) - 127.5).abs().mean() < 20
