"""Rasterise very many points as discs, fast enough for panning and zooming. No Qt.

Each point writes its rank in the drawing order into one pixel; then each pixel takes the largest rank within a disc around it. So
later points cover earlier ones exactly, and a million points cost a million writes whatever the size of the discs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 16  # points that are processed together, so that they fit into the processor's cache


class Cloud:
    """The shown points in their drawing order.

    xy: (n, 2); colours: (n,) 0xAARRGGBB; `shown`: (n,) bool; `above`: (n,) bool, points that are drawn over all others. The
    rest are drawn in a random order with a fixed seed: no class covers another because it comes later in the data."""

    def __init__(
        self,
        xy: NDArray[np.floating],
        colours: NDArray[np.uint32],
        shown: NDArray[np.bool_],
        above: NDArray[np.bool_] | None = None,
    ) -> None:
        order = np.random.default_rng(0).permutation(len(xy))
        order = order[shown[order] & np.isfinite(xy[order]).all(1)]
        if above is not None and above.any():
            order = order[np.argsort(above[order], kind="stable")]
        self._order = order
        self._colours = np.concatenate([np.zeros(1, np.uint32), colours[order]])
        self._above = int(above[order].sum()) if above is not None else 0
        self._xy = self._start = self._taken(xy)
        self._share = 1.0

    def __len__(self) -> int:
        return len(self._order)

    def glide_from(self, xy: NDArray[np.floating]) -> None:
        """Set where the points (n, 2) start; `set_share` sets how far they have moved."""
        self._start = self._taken(xy)

    def set_share(self, share: float) -> None:
        """Set how far the points have moved from start to end, 0 to 1."""
        self._share = share

    def picture(
        self, view: tuple[float, float, float, float], width: int, height: int, radius: float, most: int | None = None
    ) -> NDArray[np.uint32]:
        """(height, width) colours of the range (left, right, bottom, top), 0 where there is no point.

        radius: of the discs in pixels. `most`: draw at most this many points, those above all others first."""
        reach = int(np.ceil(radius))
        # Points outside are clipped to the outermost ring of pixels, from where their discs do not reach the picture.
        border = reach + 1
        high, wide = height + 2 * border, width + 2 * border
        ranks = np.zeros(high * wide, np.int32)
        left, right, bottom, top = view
        scale = width / (right - left), height / (bottom - top)
        corner = left, top
        size = wide - 1, high - 1
        count = len(self)
        first = 0 if most is None else max(0, count - max(most, 1))
        # The first of the order are left out. The order is random, so all regions of the map are thinned alike.
        spot = [np.empty(min(CHUNK, count), np.float32) for _ in range(2)]
        cells = [np.empty(min(CHUNK, count), np.intp) for _ in range(2)]
        for start in range(first, count, CHUNK):
            end = min(start + CHUNK, count)
            for axis in (0, 1):
                here, index = spot[axis][: end - start], cells[axis][: end - start]
                np.subtract(self._axis(axis, start, end), corner[axis], out=here)
                np.multiply(here, scale[axis], out=here)
                np.add(here, border, out=here)
                np.clip(here, 0, size[axis], out=here)
                np.copyto(index, here, casting="unsafe")
            flat = cells[1][: end - start]
            flat *= wide
            flat += cells[0][: end - start]
            ranks[flat] = np.arange(start + 1, end + 1, dtype=np.int32)
        grown = _grow(ranks.reshape(high, wide), radius)[border : border + height, border : border + width]
        return np.take(self._colours, grown)

    def _axis(self, axis: int, start: int, end: int) -> NDArray[np.float32]:
        here = self._xy[axis, start:end]
        if self._share >= 1:
            return here
        before = self._start[axis, start:end]
        made: NDArray[np.float32] = before + (here - before) * np.float32(self._share)
        return made

    def _taken(self, xy: NDArray[np.floating]) -> NDArray[np.float32]:
        return np.ascontiguousarray(xy[self._order].T, np.float32)


def disc(radius: float) -> list[int]:
    """Half the width of each row of a disc, from top to bottom: [0, 1, 0] is a cross of five pixels."""
    reach = int(np.ceil(radius))
    widths = [radius**2 + 0.25 - down**2 for down in range(-reach, reach + 1)]
    return [int(np.sqrt(width)) if width >= 0 else -1 for width in widths]


def _grow(ranks: NDArray[np.int32], radius: float) -> NDArray[np.int32]:
    """(h, w) the largest rank within a disc around each pixel, cut off at the edges."""
    halves = disc(radius)
    reach = len(halves) // 2
    rows = {0: ranks}
    for half in range(1, max(halves) + 1):
        row = rows[half - 1].copy()
        np.maximum(row[:, half:], ranks[:, :-half], out=row[:, half:])
        np.maximum(row[:, :-half], ranks[:, half:], out=row[:, :-half])
        rows[half] = row
    grown = rows[halves[reach]].copy()
    for down in range(1, reach + 1):
        half = halves[reach + down]
        if half >= 0:
            np.maximum(grown[down:], rows[half][:-down], out=grown[down:])
            np.maximum(grown[:-down], rows[half][down:], out=grown[:-down])
    return grown
