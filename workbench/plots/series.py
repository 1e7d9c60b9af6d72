"""The data of a curve: growing buffers, smoothing, thinning to the resolution of the screen. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
XKind = Literal["step", "epoch", "images", "seconds"]
X_KINDS: tuple[XKind, ...] = ("step", "epoch", "images", "seconds")


def spans_decades(values: Sequence[float]) -> bool:
    """Whether an axis of these values is logarithmic: all are positive, and the largest is more than 20 times the smallest."""
    return bool(values) and min(values) > 0 and max(values) > 20 * min(values)


class Drawn(Protocol):
    """What a plot draws as a curve: a Series, or what is computed of several."""

    @property
    def changes(self) -> int:
        """Increases with every change."""

    def x(self, kind: XKind) -> Floats:
        """(n,) positions, in ascending order."""

    @property
    def y(self) -> Floats:
        """(n,) values, NaN at a gap."""

    def smoothed(self, weight: float) -> Floats:
        """(n,) values after smoothing."""

    def spread(self, weight: float) -> tuple[Floats, NDArray[np.intp]] | None:
        """Of a mean of runs: (n,) standard deviations of the smoothed values, NaN where there is none, and (n,) numbers of runs."""


class Series:
    """One measured quantity of one run. Appending is amortised O(1); `x` and `y` are slices of the buffers, never copies.

    A NaN in `y` is a gap, where a run was resumed or a value was not finite. `changes` increases with every change, so that a plot
    can tell whether it has to draw the series again.
    """

    def __init__(self) -> None:
        self._columns = np.empty((len(X_KINDS) + 1, 64), np.float64)
        self._smooth = np.empty(64, np.float64)
        self._weight = -1.0
        self._done = 0
        self._state = (0.0, 0)
        self.size = 0
        self.changes = 0

    def append(self, value: float, *, step: float, epoch: float = 0.0, images: float = 0.0, seconds: float = 0.0) -> None:
        """Append a value; its position must not be before the last one."""
        if self.size == self._columns.shape[1]:
            self._columns = np.concatenate([self._columns, np.empty_like(self._columns)], axis=1)
            self._smooth = np.concatenate([self._smooth, np.empty_like(self._smooth)])
        self._columns[:, self.size] = (step, epoch, images, seconds, value if math.isfinite(value) else math.nan)
        self.size += 1
        self.changes += 1

    def extend(self, rows: Floats) -> None:
        """Append n rows (n, 5) of step, epoch, images, seconds, value. As `append`, many times faster."""
        if not len(rows):
            return
        size = self.size + len(rows)
        if size > self._columns.shape[1]:
            room = max(size, 2 * self._columns.shape[1]) - self._columns.shape[1]
            self._columns = np.concatenate([self._columns, np.empty((len(self._columns), room))], axis=1)
            self._smooth = np.concatenate([self._smooth, np.empty(room)])
        self._columns[:, self.size : size] = rows.T
        values = self._columns[-1, self.size : size]
        values[~np.isfinite(values)] = math.nan
        self.size = size
        self.changes += 1

    def gap(self) -> None:
        """Break the line here: a run was resumed. Two gaps in a row are one."""
        if self.size and not math.isnan(self._columns[-1, self.size - 1]):
            step, epoch, images, seconds, _ = self._columns[:, self.size - 1]
            self.append(math.nan, step=step, epoch=epoch, images=images, seconds=seconds)

    def truncate(self, step: float) -> None:
        """Remove the values after `step`: a resumed run repeats those steps."""
        self.size = int(np.searchsorted(self.x("step"), step, side="right"))
        self.changes += 1
        self._weight = -1.0

    def x(self, kind: XKind) -> Floats:
        """(n,) positions, in ascending order."""
        return self._columns[X_KINDS.index(kind), : self.size]

    @property
    def y(self) -> Floats:
        """(n,) values, NaN at a gap."""
        return self._columns[-1, : self.size]

    def smoothed(self, weight: float) -> Floats:
        """(n,) values after `ema`; only what was appended since the last call is computed."""
        if weight != self._weight:
            self._weight, self._done, self._state = weight, 0, (0.0, 0)
        if self._done < self.size:
            fresh, self._state = ema(self.y[self._done :], weight, self._state)
            self._smooth[self._done : self.size] = fresh
            self._done = self.size
        return self._smooth[: self.size]

    def spread(self, weight: float) -> None:
        """A single run has none."""


def ema(values: Floats, weight: float, state: tuple[float, int] = (0.0, 0)) -> tuple[Floats, tuple[float, int]]:
    """Exponential moving average with the bias correction of Adam (arXiv:1412.6980, Sec. 3), so that it does not start near zero.

    values: (n,), a NaN is skipped and stays NaN. weight: of the past, in [0, 1). state: (average before correction, number of
    values so far) to continue from. Returns the (n,) averages and the state after them.
    """
    if weight <= 0 or not values.size:
        return values.astype(np.float64), state
    finite = np.isfinite(values)
    kept = values[finite]
    before, seen = state
    if not kept.size:
        return np.full(len(values), np.nan), state
    # The recursion runs over the columns of many blocks at once; then each block adds the carry of the one before.
    side = max(1, math.isqrt(kept.size))
    blocks = -(-kept.size // side)
    table = np.zeros((blocks, side))
    table.reshape(-1)[: kept.size] = (1 - weight) * kept
    for column in range(1, side):
        table[:, column] += weight * table[:, column - 1]
    fade = weight ** np.arange(1, side + 1)
    carry = before
    for row in range(blocks):
        table[row] += carry * fade
        carry = float(table[row, -1])
    average = table.reshape(-1)[: kept.size]
    count = seen + np.arange(1, kept.size + 1)
    result = np.full(len(values), np.nan)
    result[finite] = average / -np.expm1(count * math.log(weight))
    return result, (float(average[-1]), seen + kept.size)


def thin(x: Floats, y: Floats, low: float, high: float, pixels: int, log: bool = False) -> NDArray[np.intp]:
    """The points to draw so that the curve looks the same: the lowest and the highest of each pixel column.

    x: (n,) ascending; y: (n,). `low` and `high` are the visible range of x and `pixels` its width; `log` spaces the columns as on a
    logarithmic axis. Returns ascending indices into x: at most about 2 * pixels, the gaps, and one point beyond each edge so that
    the line continues to the edge.
    """
    start = max(0, int(np.searchsorted(x, low, side="left")) - 1)
    stop = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    if stop - start <= 2 * pixels:
        return np.arange(start, stop)
    part_x, part_y = x[start:stop], y[start:stop]
    if log:
        edges = np.geomspace(max(low, 1e-12), max(high, 1e-12), pixels + 1)
    else:
        edges = np.linspace(low, high, pixels + 1)
    # Bool arrays instead of sets: this is called five times a second while a run trains.
    begins = np.zeros(len(part_x) + 1, bool)
    begins[np.searchsorted(part_x, edges[1:], side="left")] = True
    begins[[0, 1, len(part_x) - 1]] = True
    first = np.flatnonzero(begins[:-1])
    counts = np.diff(np.append(first, len(part_x)))
    missing = np.isnan(part_y)
    keep = missing.copy()
    keep[1:] &= ~missing[:-1]
    for extreme in (np.fmin, np.fmax):
        extremes = np.flatnonzero(part_y == np.repeat(extreme.reduceat(part_y, first), counts))
        column = np.searchsorted(first, extremes, side="right")
        # Of equal values in a column the first.
        keep[extremes[np.diff(column, prepend=0) > 0]] = True
    return start + np.flatnonzero(keep)


def alone(values: Floats) -> NDArray[np.intp]:
    """The indices of finite values (n,) without a finite neighbour, which a line does not show."""
    known = np.isfinite(values)
    beside = np.zeros(len(values), bool)
    beside[1:] |= known[:-1]
    beside[:-1] |= known[1:]
    return np.flatnonzero(known & ~beside)


def robust_range(values: Floats, share: float = 0.01) -> tuple[float, float] | None:
    """The range between the quantiles `share` and 1 - `share`; None where no value is finite."""
    kept = values[np.isfinite(values)]
    if not kept.size:
        return None
    if not share:
        return float(kept.min()), float(kept.max())
    low, high = np.quantile(kept, [share, 1 - share])
    return float(low), float(high)


def best(values: Floats, largest: bool = True) -> int | None:
    """The index of the largest (or smallest) finite value, the first of equals; None where there is none."""
    if not np.isfinite(values).any():
        return None
    return int(np.nanargmax(values) if largest else np.nanargmin(values))
