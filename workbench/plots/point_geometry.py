"""Computations for a map of points: nearest point, points in a polygon, bins of a colour map. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Picker:
    """Finds the nearest point by a grid of cells, which is built once.

    xy: (n, 2). `alive`: (n,) bool, the points to search; None for all.
    """

    def __init__(self, xy: NDArray[np.floating], alive: NDArray[np.bool_] | None = None) -> None:
        self._rows = np.arange(len(xy)) if alive is None else np.flatnonzero(alive)
        self._xy = np.asarray(xy, np.float64)[self._rows]
        count = len(self._xy)
        self._side = max(1, int(np.sqrt(count / 4)))
        self._low = self._xy.min(0) if count else np.zeros(2)
        span = (self._xy.max(0) - self._low) if count else np.ones(2)
        self._cell = np.maximum(span, 1e-12) / self._side
        cells = self._cell_of(self._xy)
        flat = cells[:, 1] * self._side + cells[:, 0]
        self._order = np.argsort(flat, kind="stable")
        self._start = np.searchsorted(flat[self._order], np.arange(self._side**2 + 1))

    def nearest(self, x: float, y: float, reach_x: float, reach_y: float) -> int:
        """The row of the point nearest to (x, y) within an ellipse of these half axes; -1 where there is none.

        Distances are in units of the half axes, because a pixel may not be as wide as it is high in data units."""
        if not len(self._xy):
            return -1
        reach = np.array([reach_x, reach_y])
        (left, bottom), (right, top) = self._cell_of(np.array([[x, y]]) - reach)[0], self._cell_of(np.array([[x, y]]) + reach)[0]
        spans = [
            self._order[self._start[row * self._side + left] : self._start[row * self._side + right + 1]]
            for row in range(bottom, top + 1)
        ]
        near = np.concatenate(spans)
        if not near.size:
            return -1
        distance = (((self._xy[near] - (x, y)) / reach) ** 2).sum(1)
        best = int(distance.argmin())
        return int(self._rows[near[best]]) if distance[best] <= 1 else -1

    def _cell_of(self, xy: NDArray[np.floating]) -> NDArray[np.intp]:
        return np.clip(((xy - self._low) / self._cell).astype(np.intp), 0, self._side - 1)


def inside(xy: NDArray[np.floating], outline: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(n,) bool, which of the points (n, 2) are inside the polygon (m, 2), by the even-odd rule: a polygon that crosses itself has
    holes.

    Points are sorted by y, so that each edge is compared only with those in its range of y; the many short edges of a lasso have
    few."""
    result = np.zeros(len(xy), bool)
    if len(outline) < 3:
        return result
    outline = np.asarray(outline, np.float64)
    rows = np.flatnonzero(((xy >= outline.min(0)) & (xy <= outline.max(0))).all(1))
    rows = rows[np.argsort(xy[rows, 1], kind="stable")]
    x, y = np.asarray(xy, np.float64)[rows].T
    odd = np.zeros(len(rows), bool)
    ends = np.roll(outline, -1, axis=0)
    # Points with lower end <= y < upper end, so that a corner counts for one of its two edges.
    lower = np.searchsorted(y, np.minimum(outline[:, 1], ends[:, 1]), side="left")
    upper = np.searchsorted(y, np.maximum(outline[:, 1], ends[:, 1]), side="left")
    for (x0, y0), (x1, y1), start, end in zip(outline, ends, lower, upper, strict=True):
        if start < end:
            odd[start:end] ^= x[start:end] < (x1 - x0) * (y[start:end] - y0) / (y1 - y0) + x0
    result[rows] = odd
    return result


def bins(values: NDArray[np.floating], count: int, low: float, high: float) -> NDArray[np.intp]:
    """(n,) bin of each value, 0 to count - 1 over [low, high], clipped; -1 where a value is not finite."""
    span = high - low if high > low else 1.0
    with np.errstate(invalid="ignore"):
        share = (np.asarray(values, np.float64) - low) / span
    result = np.full(len(values), -1, np.intp)
    known = np.isfinite(share)
    result[known] = np.clip((share[known] * count).astype(np.intp), 0, count - 1)
    return result


def toward(xy: NDArray[np.floating], row: int, way: tuple[int, int], alive: NDArray[np.bool_]) -> int:
    """The row of the next of the points (n, 2) from a row in the direction (across, up), (1, 0) for right: the nearest one within
    the quadrant around that direction; -1 where there is none."""
    ahead, aside = (0, 1) if way[0] else (1, 0)
    gap = np.asarray(xy, np.float64) - np.asarray(xy[row], np.float64)
    forward = gap[:, ahead] * way[ahead]
    sideways = np.abs(gap[:, aside])
    fit = np.flatnonzero(alive & (forward > 0) & (sideways <= forward))
    return int(fit[(forward[fit] ** 2 + sideways[fit] ** 2).argmin()]) if fit.size else -1
