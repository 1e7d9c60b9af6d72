"""Boxes and regions of photographs, through the crop and the scaling with which the photographs are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.annotations import UNKNOWN
from engine.data.formats.annotated import Annotation, MaskFiles
from engine.data.formats.regions import region_mask
from engine.data.pictures import fitted, upright

LEAST_VISIBLE = 0.1  # of a box's area; where less is in the square, the box is left out
_ASPECT = 0.02  # relative difference of width to height, above which annotations are of another picture
_MOST_PIXELS = 4_000_000  # of the canvas that polygons are drawn on

Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """An image file: its sides as it is seen, and its EXIF orientation."""

    width: int
    height: int
    orientation: int = 1

    def turned(self, size: tuple[int, int] | None) -> bool | None:
        """Whether annotations of an image of this size are of the picture before it was turned as EXIF says; None where they are of
        a picture of another shape. Most tools show the turned picture; only sides that the turn swaps tell the other case."""
        if size is None or size == (0, 0):
            return False
        aspect, own = size[0] / size[1], self.width / self.height
        # A pixel more or less is rounding, however narrow the picture is.
        near = _ASPECT + 1 / min(*size, self.width, self.height)
        if abs(aspect / own - 1) <= near:
            return False
        return True if self.orientation >= 5 and abs(aspect * own - 1) <= near else None


def frame_of(path: str | Path) -> Frame:
    """The frame of an image file, from its header. Raises whatever the decoder raises."""
    return Frame(*upright(path))


def stored_box(box: Corners, size: tuple[int, int] | None, frame: Frame) -> Corners | None:
    """A box as shares of the stored square: the middle of the picture, its short side wide. None where less than LEAST_VISIBLE of
    it is inside. `size`: as in Annotation. ValueError where the annotations are of a picture of another shape."""
    turned = frame.turned(size)
    if turned is None:
        raise ValueError("another shape")
    if size is None:
        across, down = 1.0, 1.0
    else:
        across, down = size if size != (0, 0) else (frame.width, frame.height)
    x0, y0, x1, y1 = box[0] / across, box[1] / down, box[2] / across, box[3] / down
    if turned:
        x0, y0, x1, y1 = {
            5: (y0, x0, y1, x1),
            6: (1 - y1, x0, 1 - y0, x1),
            7: (1 - y1, 1 - x1, 1 - y0, 1 - x0),
            8: (y0, 1 - x1, y1, 1 - x0),
        }[frame.orientation]
    side = min(frame.width, frame.height)
    wide, high = frame.width / side, frame.height / side
    left, top = (wide - 1) / 2, (high - 1) / 2
    whole = x0 * wide - left, y0 * high - top, x1 * wide - left, y1 * high - top
    inside = max(whole[0], 0.0), max(whole[1], 0.0), min(whole[2], 1.0), min(whole[3], 1.0)
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        return None
    share = (inside[2] - inside[0]) * (inside[3] - inside[1]) / ((whole[2] - whole[0]) * (whole[3] - whole[1]))
    return inside if share >= LEAST_VISIBLE else None


def map_from_file(masks: MaskFiles, path: Path, frame: Frame, side: int) -> npt.NDArray[np.uint8]:
    """The stored class map (side, side) of an image from a file of classes. Raises whatever the decoder raises, ValueError where it
    has another shape than the image."""
    codes = masks.read(path)
    height, width = codes.shape
    turned = frame.turned((width, height))
    if turned is None:
        raise ValueError(f"it has {width} x {height} pixels, its image {frame.width} x {frame.height}")
    return fitted(codes, side, frame.orientation if turned else 1)


def map_from_regions(annotation: Annotation, frame: Frame, side: int) -> npt.NDArray[np.uint8]:
    """The stored class map (side, side) of an image from its objects' regions: a category's code + 1, 0 for the background; UNKNOWN
    in boxes of objects without a region, and where regions of several categories lie over one another (as in the references of
    torchvision), all of it for annotations of a picture of another shape. Unusable as `region_mask`."""
    turned = frame.turned(annotation.size)
    if turned is None:
        return np.full((side, side), UNKNOWN, np.uint8)
    seen = (frame.height, frame.width) if turned else (frame.width, frame.height)
    size = (1, 1) if annotation.size is None else seen if annotation.size == (0, 0) else annotation.size
    canvas = seen if annotation.size in (None, (0, 0)) else size
    shrink = max(1.0, (canvas[0] * canvas[1] / _MOST_PIXELS) ** 0.5)
    canvas = max(1, round(canvas[0] / shrink)), max(1, round(canvas[1] / shrink))
    codes = np.zeros(canvas[::-1], np.uint8)
    boxed = np.zeros(canvas[::-1], np.bool_)
    for thing in annotation.objects:
        if thing.region is None:
            x0, y0, x1, y1 = thing.box
            across, down = canvas[0] / size[0], canvas[1] / size[1]
            boxed[int(y0 * down) : int(np.ceil(y1 * down)), int(x0 * across) : int(np.ceil(x1 * across))] = True
            continue
        mask = region_mask(thing.region, size, canvas)
        codes[mask & (codes != 0) & (codes != thing.category + 1)] = UNKNOWN
        codes[mask & (codes == 0)] = thing.category + 1
    codes[boxed & (codes == 0)] = UNKNOWN
    return fitted(codes, side, frame.orientation if turned else 1)
