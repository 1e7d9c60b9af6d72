"""The outline of a mask as a transparent image that is painted over another one."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

_SIDE = 192  # px; the least side of the image, so that the line is fine beside the pixels of a small mask


def outline_image(mask: np.ndarray) -> QImage:
    """The outline of a mask (h, w) bool: a white line inside of it and a dark one around it, which can be seen on any image."""
    zoom = max(1, -(-_SIDE // max(mask.shape)))
    large = np.repeat(np.repeat(mask.astype(np.bool_), zoom, axis=0), zoom, axis=1)
    pixels = np.zeros((*large.shape, 4), np.uint8)
    pixels[_around(large) & ~large] = (20, 20, 20, 200)
    pixels[_around(~large) & large] = (255, 255, 255, 255)
    height, width = large.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def _around(mask: np.ndarray) -> np.ndarray:
    """The mask and the pixels beside it."""
    padded = np.pad(mask, 1)
    return np.asarray(padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:] | mask)
