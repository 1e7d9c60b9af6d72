"""Masks, class maps and boxes through the geometry of a view: crop, flip, rotation and resize, as drawn for the images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.augment import geometry
from engine.augment.views import ViewDraw

Floats = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]

_TIE = 1e-4  # px: a centre between two pixels takes the one after it, whatever the rounding
_LEAST = 1e-6  # share of the view's side below which what is left of a box is no box


def mask_view(masks: Tensor, draw: ViewDraw) -> Tensor:
    """Masks (n, S, S) bool of the stored images to (n, s, s) bool: resampled as the images are, without the blur, and true where
    more than half of a pixel is."""
    if not len(masks):
        return masks.new_zeros(0, draw.size, draw.size)
    draw, device = draw.to("cpu"), masks.device
    values = masks.unsqueeze(1).float()
    if draw.view.rotation:
        maps = geometry.rotation_map(draw.crop, draw.flip, draw.angle, draw.source).to(device)
        return geometry.rotate(values, maps, draw.size)[:, 0] > 0.5
    x = geometry.resize_taps(draw.crop[:, 0], draw.crop[:, 2], draw.size, draw.flip).to(device)
    y = geometry.resize_taps(draw.crop[:, 1], draw.crop[:, 3], draw.size).to(device)
    return geometry.resample(geometry.columns_first(values), x, y, channels=1)[:, 0] > 0.5


def class_map_view(values: Tensor, draw: ViewDraw) -> Tensor:
    """Class maps (n, S, S) uint8 of the stored images to (n, s, s) uint8: each pixel has the class at its centre, beyond the
    image's edge that of the reflection, as the images have."""
    side = values.shape[-1]
    positions = draw.to("cpu").centres(draw.size).to(values.device) % 2  # (n, s * s, 2), shares of the image
    pixels = (torch.minimum(positions, 2 - positions) * side + _TIE).long().clamp_(max=side - 1)
    taken = values.flatten(1).gather(1, pixels[..., 1] * side + pixels[..., 0])
    return taken.view(len(values), draw.size, draw.size)


def corners_in_view(corners: Floats, image: Index, draw: ViewDraw) -> tuple[Index, Floats]:
    """Boxes through a view's geometry. corners: (m, 4) x0, y0, x1, y1 as shares of the stored image; image: (m,) the row of `draw`
    of each. Which of the boxes the view shows, (k,), and their corners (k, 4) as shares of the view: cut off at its edges. A turned
    box becomes the least upright box around its part in the view."""
    maps = geometry.rotation_map(draw.crop.cpu(), draw.flip.cpu(), draw.angle.cpu(), draw.source).double().numpy()  # (n, 2, 3)
    back = np.linalg.inv(maps[:, :, :2])
    # From the upper left around the box, in the coordinates of the maps, -1 to 1.
    around = corners.astype(np.float64)[:, [[0, 1], [2, 1], [2, 3], [0, 3]]] * 2 - 1  # (m, 4, 2)
    around = (around - maps[image, None, :, 2]) @ back[image].transpose(0, 2, 1)
    kept, result = [], []
    for row, polygon in enumerate((around + 1) / 2):
        part = _within(polygon)
        if len(part) and bool((np.ptp(part, axis=0) > _LEAST).all()):
            kept.append(row)
            result.append(np.concatenate([part.min(axis=0), part.max(axis=0)]))
    return np.array(kept, np.int64), np.array(result, np.float32).reshape(-1, 4)


def _within(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The part of a convex polygon (k, 2) within the unit square, as the corners of a polygon (Sutherland and Hodgman, 1974)."""
    points = list(corners)
    for axis, sign, bound in ((0, 1.0, 0.0), (0, -1.0, 1.0), (1, 1.0, 0.0), (1, -1.0, 1.0)):
        kept: list[npt.NDArray[np.float64]] = []
        for number, point in enumerate(points):
            before = points[number - 1]
            one, other = sign * (before[axis] - bound), sign * (point[axis] - bound)
            if (one < 0) != (other < 0):
                kept.append(before + (point - before) * (one / (one - other)))
            if other >= 0:
                kept.append(point)
        points = kept
    return np.array(points, np.float64).reshape(-1, 2).clip(0, 1)
