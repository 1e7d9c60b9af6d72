"""Regions of pixels from run lengths and polygons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.data.formats.annotated import Polygon, Region, Runs, Unusable

Mask = npt.NDArray[np.bool_]


def run_lengths(text: bytes) -> npt.NDArray[np.int64]:
    """The run lengths in COCO's compressed text: groups of five bits from the lowest, a sixth says whether the number goes on, all
    above 48; from the fourth number on each is the difference to the one before the last.

    Source: maskApi.c of https://github.com/cocodataset/cocoapi, rleFrString. Unusable for a text that ends within a number."""
    bits = np.frombuffer(text, np.uint8).astype(np.int64) - 48
    if not len(bits):
        return np.zeros(0, np.int64)
    if bits.min() < 0 or bits.max() > 63:
        raise Unusable("its text is not that of run lengths")
    last = (bits & 0x20) == 0
    if not last[-1]:
        raise Unusable("its text ends within a number")
    starts = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    lengths = np.diff(np.append(starts, len(bits)))
    if lengths.max() > 8:
        raise Unusable("its runs are longer than any picture")
    shift = 5 * (np.arange(len(bits)) - np.repeat(starts, lengths))
    values = np.add.reduceat((bits & 0x1F) << shift, starts)
    negative = (bits[np.cumsum(lengths) - 1] & 0x10) != 0
    values -= np.where(negative, 1 << (5 * lengths), 0)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values


def from_runs(runs: Runs) -> Mask:
    """The region (height, width) of run lengths. Unusable where they do not fill it exactly."""
    counts = run_lengths(runs.counts) if isinstance(runs.counts, bytes) else runs.counts
    total = int(counts.sum())
    if (counts < 0).any() or total != runs.height * runs.width:
        raise Unusable(f"its runs have {total:,} pixels in place of {runs.height} x {runs.width}")
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape(runs.width, runs.height).T


def from_polygon(polygon: Polygon, width: int, height: int) -> Mask:
    """The pixels (height, width) whose centres lie inside a polygon (n, 2) of x, y, where pixel (0, 0) covers 0 to 1; by the
    even-odd rule."""
    start = polygon.astype(np.float64)
    end = np.roll(start, -1, axis=0)
    # Each edge crosses the centre lines of these rows, once.
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first = np.clip(np.ceil(low - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(high - 0.5), 0, height).astype(np.int64)
    counts = last - first
    edge = np.repeat(np.arange(len(start)), counts)
    row = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    share = (row + 0.5 - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    x = start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    crossings = np.zeros((height, width + 1), np.uint8)
    np.add.at(crossings, (row, column), np.uint8(1))
    inside: Mask = (np.cumsum(crossings[:, :width], axis=1, dtype=np.uint8) & 1).astype(np.bool_)
    return inside


def region_mask(region: Region, size: tuple[int, int], canvas: tuple[int, int]) -> Mask:
    """A region on a canvas (width, height), whose coordinates are in pixels of `size` (width, height). Unusable as `from_runs`."""
    width, height = canvas
    if isinstance(region, Runs):
        mask = from_runs(region)
        if (region.width, region.height) == canvas:
            return mask
        rows = ((np.arange(height) + 0.5) * region.height / height).astype(np.int64)
        columns = ((np.arange(width) + 0.5) * region.width / width).astype(np.int64)
        return mask[np.ix_(rows, columns)]
    scale = np.array([width / size[0], height / size[1]])
    mask = np.zeros((height, width), np.bool_)
    for polygon in region:
        mask |= from_polygon(polygon * scale, width, height)
    return mask
