"""A picture of very many points, fast enough to be drawn anew for every move of a hand. No Qt.

Each point is written once, as its rank, into a picture of ranks; the discs grow from there by taking the largest rank around. So a
point that is drawn later covers those before it, to the pixel, and a million points cost a million writes however large a disc is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 16  # points that are placed together, so that their numbers stay in the processor's cache


class Cloud:
    """Points that are ready to be drawn: what is shown of them, in the order of drawing.

    xy: (n, 2); words: (n,) 0xAARRGGBB; `shown`: (n,) bool; `above`: (n,) bool, points that lie over all others. The rest lie on
    each other in an order drawn by lot, the same each time: no class covers another because it comes later in the data."""

    def __init__(
        self, xy: NDArray[np.floating], words: NDArray[np.uint32], shown: NDArray[np.bool_], above: NDArray[np.bool_] | None = None
    ) -> None:
        order = np.random.default_rng(0).permutation(len(xy))
        order = order[shown[order] & np.isfinite(xy[order]).all(1)]
        if above is not None and above.any():
            order = order[np.argsort(above[order], kind="stable")]
        self._order = order
        self._words = np.concatenate([np.zeros(1, np.uint32), words[order]])
        self._above = int(above[order].sum()) if above is not None else 0
        self._xy = self._start = self._taken(xy)
        self._share = 1.0

    def __len__(self) -> int:
        return len(self._order)

    def glide_from(self, xy: NDArray[np.floating]) -> None:
        """Where the points (n, 2) come from; `set_share` says how far they are."""
        self._start = self._taken(xy)

    def set_share(self, share: float) -> None:
        """How far the points are on their way, 0 to 1."""
        self._share = share

    def picture(
        self, view: tuple[float, float, float, float], width: int, height: int, radius: float, most: int | None = None
    ) -> NDArray[np.uint32]:
        """(height, width) words of the part of the plane (left, right, bottom, top), 0 where there is nothing.

        radius: of the discs in pixels. `most`: draw no more than so many points, those above all others first."""
        reach = int(np.ceil(radius))
        # Whatever lies outside lands in the outermost ring, from where its disc does not reach the picture.
        border = reach + 1
        high, wide = height + 2 * border, width + 2 * border
        ranks = np.zeros(high * wide, np.int32)
        left, right, bottom, top = view
        scale = width / (right - left), height / (bottom - top)
        corner = left, top
        size = wide - 1, high - 1
        count = len(self)
        first = 0 if most is None else max(0, count - max(most, 1))
        # Those left out are the first of the order: what a lot decided, so every place of the map thins alike.
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
        return np.take(self._words, grown)

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
    """Half the width of a disc's rows, from its top to its bottom: [0, 1, 0] is a cross of five pixels."""
    reach = int(np.ceil(radius))
    widths = [radius**2 + 0.25 - down**2 for down in range(-reach, reach + 1)]
    return [int(np.sqrt(width)) if width >= 0 else -1 for width in widths]


def _grow(ranks: NDArray[np.int32], radius: float) -> NDArray[np.int32]:
    """(h, w) the largest rank within a disc around each pixel. What would reach over an edge is lost."""
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
