"""Colours of the procedural data set in OKLCh, where equal steps look equal and a hue does not change with lightness.

Source: B. Ottosson, A perceptual color space for image processing, 2020 (the two matrices)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_TO_LMS = np.array([[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]])
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_LEVELS = 4096


def from_oklch(lightness: npt.ArrayLike, chroma: npt.ArrayLike, hue: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Linear RGB, (..., 3); outside 0..1 where sRGB cannot show the colour. hue in degrees."""
    angle = np.deg2rad(hue)
    lab = np.stack(np.broadcast_arrays(lightness, chroma * np.cos(angle), chroma * np.sin(angle)), axis=-1)
    return np.asarray(((lab @ _TO_LMS.T) ** 3) @ _TO_RGB.T)


def to_oklch(rgb: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lightness, chroma and hue in degrees of linear RGB (..., 3)."""
    lab = np.cbrt(np.asarray(rgb, dtype=np.float64) @ np.linalg.inv(_TO_RGB).T) @ np.linalg.inv(_TO_LMS).T
    return lab[..., 0], np.hypot(lab[..., 1], lab[..., 2]), np.rad2deg(np.arctan2(lab[..., 2], lab[..., 1])) % 360


def vivid(hue: npt.ArrayLike) -> Floats:
    """The saturated colour of a hue as linear RGB (..., 3): yellow light, blue deep, as people expect them."""
    table = _vivid()
    position = (np.asarray(hue) % 360) / 360 * len(table)
    low = np.floor(position).astype(np.int64) % len(table)
    share = (position - np.floor(position))[..., None]
    return np.asarray(table[low] * (1 - share) + table[(low + 1) % len(table)] * share, dtype=np.float32)


@cache
def _vivid() -> npt.NDArray[np.float64]:
    hue = np.arange(720) / 2
    lightness = 0.68 + 0.09 * np.cos(np.deg2rad(hue - 105))
    chroma = np.full_like(hue, 0.19)
    for _ in range(60):  # reduce the chroma of what sRGB cannot show; hue and lightness are kept
        rgb = from_oklch(lightness, chroma, hue)
        chroma = np.where((rgb < 0.004).any(-1) | (rgb > 0.96).any(-1), chroma * 0.985, chroma)
    # Neighbouring hues must not jump in chroma.
    smooth = np.minimum.reduce([np.roll(chroma, k) for k in range(-24, 25)])
    chroma = np.mean([np.roll(smooth, k) for k in range(-12, 13)], axis=0)
    return from_oklch(lightness, chroma, hue)


def to_srgb(linear: Floats) -> npt.NDArray[np.uint8]:
    """Linear light to sRGB bytes."""
    level = np.clip(linear * np.float32(_LEVELS - 1) + np.float32(0.5), 0, _LEVELS - 1).astype(np.uint16)
    encoded: npt.NDArray[np.uint8] = np.take(_encoding(), level)
    return encoded


@cache
def _encoding() -> npt.NDArray[np.uint8]:
    linear = np.linspace(0, 1, _LEVELS)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def to_linear(srgb: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """sRGB bytes to linear light in 0..1."""
    value = np.asarray(srgb, dtype=np.float64) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
