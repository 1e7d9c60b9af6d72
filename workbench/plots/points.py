"""The numbers behind a map: which point is nearest, which lie in a shape, and a picture of very many of them. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Picker:
    """Finds the point nearest to a place through a grid of cells, built once for a set of points.

    xy: (n, 2). `alive`: (n,) bool, which points can be found; all of them where it is None.
    """

    def __init__(self, xy: NDArray[np.floating], alive: NDArray[np.bool_] | None = None) -> None:
        self._rows = np.arange(len(xy)) if alive is None else np.flatnonzero(alive)
        self._xy = np.asarray(xy, np.float64)[self._rows]
        count = len(self._xy)
        self._side = max(1, int(np.sqrt(count / 4)))
        self._low = self._xy.min(0) if count else np.zeros(2)
        span = (self._xy.max(0) - self._low) if count else np.ones(2)
        self._cell = np.maximum(span, 1e-12) / self._side
        cells = self._place(self._xy)
        flat = cells[:, 1] * self._side + cells[:, 0]
        self._order = np.argsort(flat, kind="stable")
        self._start = np.searchsorted(flat[self._order], np.arange(self._side**2 + 1))

    def nearest(self, x: float, y: float, reach_x: float, reach_y: float) -> int:
        """The row of the point nearest to (x, y), no further than an ellipse of these half axes; -1 where there is none.

        Distances are measured in half axes: a screen's pixel is not as wide as it is high in data units."""
        if not len(self._xy):
            return -1
        reach = np.array([reach_x, reach_y])
        (left, bottom), (right, top) = self._place(np.array([[x, y]]) - reach)[0], self._place(np.array([[x, y]]) + reach)[0]
        spans = [
            self._order[self._start[row * self._side + left] : self._start[row * self._side + right + 1]]
            for row in range(bottom, top + 1)
        ]
        near = np.concatenate(spans)
        if not near.size:
            return -1
        distance = (((self._xy[near] - (x, y)) / reach) ** 2).sum(1)
        found = int(distance.argmin())
        return int(self._rows[near[found]]) if distance[found] <= 1 else -1

    def _place(self, xy: NDArray[np.floating]) -> NDArray[np.intp]:
        return np.clip(((xy - self._low) / self._cell).astype(np.intp), 0, self._side - 1)


def inside(xy: NDArray[np.floating], outline: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of the points (n, 2) lie in the polygon (m, 2), by the even-odd rule."""
    result = np.zeros(len(xy), bool)
    if len(outline) < 3:
        return result
    box = ((xy >= outline.min(0)) & (xy <= outline.max(0))).all(1)
    x, y = np.asarray(xy, np.float64)[box].T
    odd = np.zeros(len(x), bool)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    result[box] = odd
    return result


def raster(places: NDArray[np.floating], colours: NDArray[np.uint32], width: int, height: int, radius: float) -> NDArray[np.uint32]:
    """A picture (height, width) of discs, as 0xAARRGGBB words over nothing.

    places: (n, 2) in pixels from the top left; colours: (n,) words. Of discs that overlap, the later point has the better claim
    to a pixel, not the only one: whole arrays are written for one offset in the disc after another.
    """
    reach = int(np.ceil(radius))
    border = 2 * reach
    wide = width + 2 * border
    picture = np.zeros((height + 2 * border) * wide, np.uint32)
    seen = ((places >= -reach) & (places < (width + reach, height + reach))).all(1)
    column, row = np.floor(places[seen]).astype(np.int64).T
    flat, words = (row + border) * wide + column + border, colours[seen]
    span = np.arange(-reach, reach + 1)
    down, across = np.meshgrid(span, span, indexing="ij")
    disc = down**2 + across**2 <= radius**2 + 0.25
    offsets = (down * wide + across)[disc]
    for offset in offsets:
        picture[flat + offset] = words
    return np.ascontiguousarray(picture.reshape(-1, wide)[border : border + height, border : border + width])


def bins(values: NDArray[np.floating], count: int, low: float, high: float) -> NDArray[np.intp]:
    """(n,) numbers as steps of a colour map, 0 to count - 1; what is not finite becomes -1."""
    span = high - low if high > low else 1.0
    with np.errstate(invalid="ignore"):
        share = (np.asarray(values, np.float64) - low) / span
    result = np.full(len(values), -1, np.intp)
    known = np.isfinite(share)
    result[known] = np.clip((share[known] * count).astype(np.intp), 0, count - 1)
    return result
