"""Downsampling with four kernels against torch and PIL, and with another kernel for each image."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from engine.augment.downsample import KERNELS, downsample, downsample_matrix, halves, least_halved


def all_by(kernel: str, n: int) -> torch.Tensor:
    return torch.full((n,), KERNELS.index(kernel))


@pytest.mark.parametrize(("size", "to"), [(32, 16), (10, 5), (224, 112), (33, 12)])
@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_agrees_with_torch_also_at_the_edges(kernel: str, size: int, to: int) -> None:
    images = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    expected = F.interpolate(images, (to, to), mode=kernel, antialias=True, align_corners=False)
    torch.testing.assert_close(downsample(images, to, all_by(kernel, 2)), expected, rtol=0, atol=2e-6)


def test_area_is_the_mean_of_four_pixels() -> None:
    images = torch.rand(2, 3, 12, 12)
    torch.testing.assert_close(downsample(images, 6, all_by("area", 2)), F.avg_pool2d(images, 2))


@pytest.mark.parametrize(("kernel", "theirs"), [("lanczos", Image.Resampling.LANCZOS), ("bicubic", Image.Resampling.BICUBIC),
                                                ("area", Image.Resampling.BOX)])  # fmt: skip
def test_agrees_with_pil(kernel: str, theirs: Image.Resampling) -> None:
    plane = torch.rand(32, 32, generator=torch.Generator().manual_seed(1))
    expected = np.asarray(Image.fromarray(plane.numpy(), "F").resize((16, 16), theirs))
    result = downsample(plane.expand(1, 3, 32, 32), 16, all_by(kernel, 1))[0, 0]
    np.testing.assert_allclose(result.numpy(), expected, atol=2e-6)


def test_each_image_is_resized_with_its_own_kernel() -> None:
    images = torch.rand(4, 3, 16, 16)
    which = torch.tensor([3, 0, 2, 1])
    together = downsample(images, 8, which)
    for row, kernel in enumerate(which):
        torch.testing.assert_close(together[row], downsample(images[row : row + 1], 8, kernel[None])[0])
    alike = downsample(images[:1].expand(4, -1, -1, -1), 8, torch.arange(4))
    assert all(not torch.allclose(alike[i], alike[j], atol=1e-3) for i in range(4) for j in range(i))


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_flat_image_stays_flat(kernel: str) -> None:
    torch.testing.assert_close(downsample_matrix(32, 16, kernel).sum(1), torch.ones(16))


def test_least_halved_is_the_smallest_side_that_can_be_halved() -> None:
    for multiple in (1, 4, 5, 16):
        for least in (1, 4, 8):
            side = least_halved(multiple, least)
            assert halves(side, multiple, least)
            assert not any(halves(smaller, multiple, least) for smaller in range(1, side))
