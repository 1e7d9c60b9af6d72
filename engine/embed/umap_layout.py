"""UMAP's second half: points pulled and pushed about the plane until the map's neighbourhoods are those of the space.

The sampling and the forces are umap-learn's (McInnes, Healy and Melville 2018, algorithm 5), its order of updates too, so that one
seed gives one map. What costs time there is two powers and three shifted states a force; here both forces are read from a table
of the squared distance, within 1 % of their values, and one generator serves all. On a core that is about three times as fast.
"""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

# The table goes by a float32's exponent and its first bits: PARTS cells an octave, from 2^-32 to 2^24.
_BITS = 6
_SHIFT = 23 - _BITS
_LOW, _OCTAVES = -32, 56
_FIRST = (127 + _LOW) << _BITS
# Points pushed off for each that pulls, how far one force may move a point, and how much is done between two looks at the clock.
PUSHES = 5
_REACH = np.float32(4.0)
_SLICE = 8

_MULTIPLY, _ADD = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth, MMIX
_HIGH, _DOWN = np.uint64(33), np.uint64(31)


def layout(
    heads: np.ndarray,
    tails: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    a: float,
    b: float,
    epochs: int,
    seed: int,
    tick: Callable[[float], None] | None = None,
) -> np.ndarray:
    """A map (n, 2) float32 that begins at `start` (n, 2). Pairs (m,) both ways with weights as `memberships` gives them; `a`, `b`
    of `curve`. `tick` hears a share from 0 to 1 every few epochs; an error that it raises ends the work."""
    kept = weights >= weights.max(initial=0) / max(epochs, 1)  # the rest would not be sampled once
    heads, tails, weights = heads[kept], tails[kept], weights[kept]
    span = np.ptp(start, axis=0)
    xy = np.ascontiguousarray(10 * (start - start.min(0)) / np.where(span > 0, span, 1), np.float32)
    if not len(heads):
        return xy
    every = (weights.max() / weights).astype(np.float32)  # epochs from one sample of a pair to the next
    next_pull, next_push = every.copy(), every / PUSHES
    pull, push = _forces(a, b)
    state = np.array([np.uint64(seed) * _MULTIPLY + _ADD], np.uint64) if seed else np.array([_ADD], np.uint64)
    for first in range(0, epochs, _SLICE):
        last = min(epochs, first + _SLICE)
        _epochs(xy, heads, tails, every, next_pull, next_push, pull, push, first, last, epochs, state)
        if tick is not None:
            tick(last / epochs)
    return xy


def _forces(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """The pull and the push by the difference of two points, for each cell of squared distances."""
    cell = np.arange(_OCTAVES << _BITS)
    squared = np.exp2(_LOW + (cell >> _BITS)) * (1 + ((cell & ((1 << _BITS) - 1)) + 0.5) / (1 << _BITS))
    power = squared**b
    pull = -2 * a * b * power / squared / (a * power + 1)
    push = 2 * b / ((0.001 + squared) * (a * power + 1))
    return pull.astype(np.float32), push.astype(np.float32)


@numba.njit(cache=True, fastmath=True, boundscheck=False)
def _epochs(xy, heads, tails, every, next_pull, next_push, pull, push, first, last, epochs, state):  # type: ignore[no-untyped-def]
    """Epochs first to last (exclusive) of `epochs`, in place."""
    n = np.uint64(len(xy))
    top = np.int32(len(pull) - 1)
    value = np.empty(1, np.float32)
    bits = value.view(np.int32)
    random = state[0]
    for epoch in range(first, last):
        step = np.float32(1.0 - epoch / epochs)
        now = np.float32(epoch)
        for pair in range(len(heads)):
            if next_pull[pair] > now:
                continue
            head, tail = heads[pair], tails[pair]
            x, y = xy[head, 0], xy[head, 1]
            dx, dy = x - xy[tail, 0], y - xy[tail, 1]
            value[0] = dx * dx + dy * dy
            cell = min(max((bits[0] >> _SHIFT) - _FIRST, 0), top)
            force = pull[cell]
            mx = min(max(force * dx, -_REACH), _REACH) * step
            my = min(max(force * dy, -_REACH), _REACH) * step
            x += mx
            y += my
            xy[tail, 0] -= mx
            xy[tail, 1] -= my
            next_pull[pair] += every[pair]
            between = every[pair] / np.float32(PUSHES)
            pushes = np.int32((now - next_push[pair]) / between)
            # All pushes of a pair from one place, where umap-learn moves after each: none has to wait for the one before.
            mx = my = np.float32(0)
            for _ in range(pushes):
                random = random * _MULTIPLY + _ADD
                other = np.int64(((random >> _HIGH) * n) >> _DOWN)
                dx, dy = x - xy[other, 0], y - xy[other, 1]
                value[0] = dx * dx + dy * dy
                cell = min(max((bits[0] >> _SHIFT) - _FIRST, 0), top)
                force = push[cell]
                mx += min(max(force * dx, -_REACH), _REACH)
                my += min(max(force * dy, -_REACH), _REACH)
            next_push[pair] += pushes * between
            xy[head, 0] = x + mx * step
            xy[head, 1] = y + my * step
    state[0] = random
