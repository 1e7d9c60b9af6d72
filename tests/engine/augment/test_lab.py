"""L*a*b* against published values of known colours, and the inverse conversion."""

from __future__ import annotations

import pytest
import torch

from engine.augment.lab import A_RANGE, B_RANGE, lab_to_rgb, rgb_to_lab


def colour(*rgb: float) -> torch.Tensor:
    return torch.tensor(rgb, dtype=torch.float64).view(1, 3, 1, 1)


# sRGB under D65, from published colour tables.
KNOWN = {
    "black": ((0, 0, 0), (0, 0, 0)),
    "white": ((1, 1, 1), (100, 0, 0)),
    "red": ((1, 0, 0), (53.24, 80.09, 67.20)),
    "green": ((0, 1, 0), (87.73, -86.18, 83.18)),
    "blue": ((0, 0, 1), (32.30, 79.19, -107.86)),
    "cyan": ((0, 1, 1), (91.11, -48.09, -14.13)),
    "magenta": ((1, 0, 1), (60.32, 98.23, -60.83)),
    "yellow": ((1, 1, 0), (97.14, -21.55, 94.48)),
    "middle grey": ((128 / 255, 128 / 255, 128 / 255), (53.59, 0, 0)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_colours_have_their_published_values(name: str) -> None:
    rgb, lab = KNOWN[name]
    # To the second decimal; tables differ beyond, because they round the white point to three to five digits.
    assert rgb_to_lab(colour(*rgb)).flatten().tolist() == pytest.approx(lab, abs=0.02)


def test_greys_have_a_and_b_0_and_lightness_in_closed_form() -> None:
    grey = torch.linspace(0, 1, 50, dtype=torch.float64)
    lab = rgb_to_lab(grey.view(1, 1, 1, -1).expand(1, 3, 1, -1))
    assert lab[:, 1:].abs().max() < 1e-9
    linear = [g / 12.92 if g <= 0.04045 else ((g + 0.055) / 1.055) ** 2.4 for g in grey.tolist()]
    expected = [116 * y ** (1 / 3) - 16 if y > (6 / 29) ** 3 else y * (29 / 3) ** 3 for y in linear]
    assert lab[0, 0, 0].tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("dtype", "error"), [(torch.float64, 2e-5), (torch.float32, 2e-4)])
def test_the_inverse_conversion_gives_the_image(dtype: torch.dtype, error: float) -> None:
    images = torch.rand(4, 3, 9, 9, generator=torch.Generator().manual_seed(0)).to(dtype)
    images[0], images[1] = 0.02 * images[0], 1 - 0.02 * images[1]
    assert (lab_to_rgb(rgb_to_lab(images)) - images).abs().max() < error


def test_the_ranges_are_those_of_srgb() -> None:
    step = torch.linspace(0, 1, 17, dtype=torch.float64)
    cube = torch.stack(torch.meshgrid(step, step, step, indexing="ij")).view(1, 3, 17, -1)
    _, a, b = rgb_to_lab(cube).unbind(1)
    assert (a.min().item(), a.max().item()) == pytest.approx(A_RANGE, abs=0.02)
    assert (b.min().item(), b.max().item()) == pytest.approx(B_RANGE, abs=0.02)


def test_colours_outside_srgb_are_clamped() -> None:
    rgb = lab_to_rgb(torch.tensor([60.0, 120.0, -120.0]).view(1, 3, 1, 1))
    assert rgb.isfinite().all()
    assert rgb.min() >= 0
    assert rgb.max() <= 1


def test_half_precision_is_computed_in_float32_with_finite_gradients() -> None:
    images = torch.rand(2, 3, 4, 4).bfloat16()
    assert rgb_to_lab(images).dtype == torch.float32
    images = torch.tensor([0.0, 0.04045, 1.0]).view(1, 3, 1, 1).requires_grad_()
    lab_to_rgb(rgb_to_lab(images)).sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()
