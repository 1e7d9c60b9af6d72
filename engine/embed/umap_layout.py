"""UMAP's layout: stochastic gradient descent with attraction along the graph's edges and repulsion from random points.

The forces, and how often each acts, are umap-learn's (McInnes, Healy and Melville 2018, algorithm 5). Their order is different, so
that one core computes many at once (SIMD): an epoch is two rounds; in each, first the edges attract, then every point is repelled
by the points at some random offsets. The points are in random order, so that these are random points; and consecutive points are
repelled by consecutive points, so that one instruction handles several. One thread and one generator: one seed gives one map. It is
three times as fast as edge by edge, and the map preserves slightly more neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

from engine.execute.progress import ProgressCallback

# Repelled points for each attracted one (negative samples), and the largest move by one force.
PUSHES = 5
_REACH = np.float32(4.0)
# umap-learn's list has each edge twice, in both directions. Here it is there once, and can be sampled in either round of an epoch.
_ROUNDS = 2
# Epochs between two calls of `tick`; block sizes: edges that are checked, edges that attract, and points that are repelled at a
# time. They fit in the L1 cache; the attracting edges are few, so that hardly any two share a point.
_SLICE = 4
_LISTED, _PULLING, _PUSHED = 512, 32, 256
# Squared distances are kept within these.
_LEAST, _MOST = np.float32(1e-9), np.float32(1e9)


def layout(
    heads: np.ndarray,
    tails: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    a: float,
    b: float,
    epochs: int,
    seed: int,
    tick: ProgressCallback | None = None,
) -> np.ndarray:
    """A map (n, 2) float32 that starts from `start` (n, 2). Edges (m,) in both directions with weights, from `memberships`; `a`,
    `b` from `curve`. `tick` is called with the fraction done, 0 to 1, every few epochs; an error that it raises ends the work."""
    kept = weights >= weights.max(initial=0) / max(epochs, 1)  # the rest would not be sampled once
    heads, tails, weights = heads[kept], tails[kept], weights[kept]
    span = np.ptp(start, axis=0)
    xy: np.ndarray = (10 * (start - start.min(0)) / np.where(span > 0, span, 1)).astype(np.float32)
    if not len(heads):
        return xy
    n, draw = len(start), np.random.default_rng(seed)
    position = draw.permutation(n)
    # Edges in random order too: consecutive ones move different points, so that they do not depend on each other.
    pairs = draw.permutation(np.flatnonzero(heads < tails))
    ends = position[heads[pairs]].astype(np.uint32), position[tails[pairs]].astype(np.uint32)
    rate = weights / weights.max()
    every = (1 / rate[pairs]).astype(np.float32)  # rounds between two samplings of an edge
    due = every.copy()
    # Each round has as many repulsions as umap-learn's whole epoch, at half the strength, which costs little and makes the map more
    # stable. All points get the same number; a point with more attractions than others gets stronger repulsions instead.
    pushes = PUSHES * np.bincount(heads, rate, n)
    count = max(1, round(pushes.mean()))
    gain = np.empty(n, np.float32)
    gain[position] = pushes / (_ROUNDS * count)
    x, y = np.empty(2 * n, np.float32), np.empty(2 * n, np.float32)  # all points twice, so that offsets wrap around
    x[position], y[position] = xy[:, 0], xy[:, 1]
    rounds = _ROUNDS * epochs
    for first in range(0, rounds, _ROUNDS * _SLICE):
        last = min(rounds, first + _ROUNDS * _SLICE)
        steps = (1 - np.arange(first, last) / rounds).astype(np.float32)
        shifts = draw.integers(1, n, (last - first, count))
        _rounds(x, y, *ends, every, due, gain, shifts, steps, first, np.float32(a), np.float32(b))
        if tick is not None:
            tick(last / rounds)
    return np.stack([x[position], y[position]], 1)


def _coefficients(function: Callable[[np.ndarray], np.ndarray], degree: int, low: float) -> tuple[np.float32, ...]:
    """Coefficients of a polynomial that approximates a function from `low` to `low` + 1, the constant first."""
    polynomial = np.polynomial.Chebyshev.interpolate(function, degree, [low, low + 1]).convert(kind=np.polynomial.Polynomial)
    return tuple(polynomial.coef.astype(np.float32))


_LOG, _EXP = _coefficients(np.log2, 4, 1), _coefficients(np.exp2, 3, 0)
_MANTISSA, _EXPONENT, _BITS = np.int32(0x7FFFFF), np.int32(0x3F800000), np.int32(23)  # of a float32's bits
_BIAS, _ONE, _TWO, _SOFT = np.float32(127), np.float32(1), np.float32(2), np.float32(0.001)


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def _power(base, exponent):  # type: ignore[no-untyped-def]
    """base^exponent within 0.05 %, from the exponent and mantissa of the float32 instead of a call, so that it can be
    vectorised."""
    bits = np.float32(base).view(np.int32)
    m = np.int32((bits & _MANTISSA) | _EXPONENT).view(np.float32)  # from 1 to 2
    log = np.float32(np.int32(bits >> _BITS)) - _BIAS + _LOG[0] + m * (_LOG[1] + m * (_LOG[2] + m * (_LOG[3] + m * _LOG[4])))
    power = exponent * log + _BIAS
    whole = np.int32(power)
    f = power - np.float32(whole)  # from 0 to 1
    return np.int32(whole << _BITS).view(np.float32) * (_EXP[0] + f * (_EXP[1] + f * (_EXP[2] + f * _EXP[3])))


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def _pull(squared, a, b):  # type: ignore[no-untyped-def]
    """The attraction of two points of an edge, as a factor of their difference, from their squared distance."""
    squared = min(max(squared, _LEAST), _MOST)
    power = a * _power(squared, b)
    return -_TWO * b * power / (squared * (power + _ONE))


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def _push(squared, a, b):  # type: ignore[no-untyped-def]
    """The repulsion of two random points, as a factor of their difference, from their squared distance."""
    squared = min(max(squared, _LEAST), _MOST)
    return _TWO * b / ((_SOFT + squared) * (a * _power(squared, b) + _ONE))


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def _rounds(x, y, heads, tails, every, due, gain, shifts, steps, first, a, b):  # type: ignore[no-untyped-def]
    """Rounds from `first` on, one for each of `steps` (r,) and `shifts` (r, count), in place. It consists of short loops that the
    compiler can vectorise."""
    n = len(gain)
    turn = np.empty(_LISTED + 1, np.uint32)
    force, dx, dy = np.empty(_PUSHED, np.float32), np.empty(_PUSHED, np.float32), np.empty(_PUSHED, np.float32)
    for r in range(len(steps)):
        step, now = steps[r], np.float32(first + r)
        for low in range(0, len(heads), _LISTED):
            # The edges that are due, collected without an unpredictable branch.
            count = 0
            for pair in range(low, min(low + _LISTED, len(heads))):
                turn[count] = pair
                is_due = due[pair] <= now
                count += is_due
                due[pair] += every[pair] * np.float32(is_due)
            for begin in range(0, count, _PULLING):
                size = min(_PULLING, count - begin)
                for i in range(size):
                    pair = turn[begin + i]
                    dx[i], dy[i] = x[heads[pair]] - x[tails[pair]], y[heads[pair]] - y[tails[pair]]
                for i in range(size):
                    force[i] = _pull(dx[i] * dx[i] + dy[i] * dy[i], a, b)
                for i in range(size):
                    head, tail = heads[turn[begin + i]], tails[turn[begin + i]]
                    by_x = step * min(max(force[i] * dx[i], -_REACH), _REACH)
                    by_y = step * min(max(force[i] * dy[i], -_REACH), _REACH)
                    x[head] += by_x
                    y[head] += by_y
                    x[tail] -= by_x
                    y[tail] -= by_y
        for i in range(n):
            x[n + i] = x[i]
        for i in range(n):
            y[n + i] = y[i]
        for low in range(0, n, _PUSHED):
            high = min(low + _PUSHED, n)
            size = high - low
            hx, hy, strong = x[low:high], y[low:high], gain[low:high]
            for i in range(size):
                dx[i] = 0
            for i in range(size):
                dy[i] = 0
            for shift in shifts[r]:
                ox, oy = x[low + shift : high + shift], y[low + shift : high + shift]
                for i in range(size):
                    force[i] = strong[i] * _push((hx[i] - ox[i]) ** 2 + (hy[i] - oy[i]) ** 2, a, b)
                for i in range(size):
                    dx[i] += min(max(force[i] * (hx[i] - ox[i]), -_REACH), _REACH)
                for i in range(size):
                    dy[i] += min(max(force[i] * (hy[i] - oy[i]), -_REACH), _REACH)
            for i in range(size):
                hx[i] += step * dx[i]
            for i in range(size):
                hy[i] += step * dy[i]
