"""Lays one map on another, so that a point that did not move in the space does not jump on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Laying:
    """Moves a map: its middle at `centre` (c,) comes to `onto` (c,), `turn` (c, c) turns, mirrors and sizes it."""

    centre: np.ndarray
    turn: np.ndarray
    onto: np.ndarray

    def apply(self, xy: np.ndarray) -> np.ndarray:
        """`xy` (n, c) moved, float32; also points that had no part in the fit."""
        moved: np.ndarray = (np.asarray(xy, np.float64) - self.centre) @ self.turn + self.onto
        return moved.astype(np.float32)


def lay(xy: np.ndarray, onto: np.ndarray, scale: bool | Literal["spread"] = True) -> Laying:
    """How `xy` (n, c) is to be moved, turned, mirrored and (with `scale`) sized to lie on `onto` (n, c) as well as it can, in least
    squares.

    Row i of both is the same sample. Schönemann 1966: with xyᵀ·onto = U·S·Vᵀ of the centred maps, the turn is U·Vᵀ and the size is
    trace(S) / |xy|². That shrinks a map the more the less it has in common with the other; to be looked at beside it, `scale`
    "spread" gives it the other's own spread instead, |onto| / |xy|."""
    if xy.shape != onto.shape:
        raise ValueError(f"both maps must have the same shape. Got {xy.shape} and {onto.shape}.")
    a, b = np.asarray(xy, np.float64), np.asarray(onto, np.float64)
    if not len(a):
        nothing = np.zeros(a.shape[1])
        return Laying(nothing, np.eye(a.shape[1]), nothing)
    centre, middle = a.mean(0), b.mean(0)
    a, b = a - centre, b - middle
    u, s, vt = np.linalg.svd(a.T @ b)
    size, wanted = float(np.square(a).sum()), float(s.sum())
    if scale == "spread":
        wanted = float(np.sqrt(size * np.square(b).sum()))
    factor = wanted / size if scale and size > 0 and wanted > 0 else 1.0
    return Laying(centre, factor * (u @ vt), middle)


def procrustes(xy: np.ndarray, onto: np.ndarray, scale: bool = True) -> np.ndarray:
    """`xy` (n, c) laid on `onto` (n, c), see `lay`. The shape of the map stays; float32."""
    return lay(xy, onto, scale).apply(xy)
