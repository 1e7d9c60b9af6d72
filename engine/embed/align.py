"""Procrustes alignment of one map to another, so that points that did not move in the space stay in place on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Alignment:
    """An affine map: (xy - `centre`) times `turn` plus `onto`; centre and onto (c,), turn (c, c) rotates, reflects and scales."""

    centre: np.ndarray
    turn: np.ndarray
    onto: np.ndarray

    def apply(self, xy: np.ndarray) -> np.ndarray:
        """The transformed `xy` (n, c), float32; also of points that were not part of the fit."""
        moved: np.ndarray = (np.asarray(xy, np.float64) - self.centre) @ self.turn + self.onto
        return moved.astype(np.float32)


def fit_alignment(xy: np.ndarray, onto: np.ndarray, scale: bool | Literal["spread"] = True) -> Alignment:
    """The translation, rotation, reflection and (with `scale`) scaling of `xy` (n, c) that fits `onto` (n, c) best in least
    squares.

    Row i of both is the same sample. Schönemann 1966: with xyᵀ·onto = U·S·Vᵀ of the centred maps, the rotation is U·Vᵀ and the
    scale is trace(S) / |xy|². That scale shrinks a map that has little in common with the other; for a view of both side by side,
    `scale` "spread" uses |onto| / |xy| instead, so that both have the same spread."""
    if xy.shape != onto.shape:
        raise ValueError(f"both maps must have the same shape. Got {xy.shape} and {onto.shape}.")
    a, b = np.asarray(xy, np.float64), np.asarray(onto, np.float64)
    if not len(a):
        nothing = np.zeros(a.shape[1])
        return Alignment(nothing, np.eye(a.shape[1]), nothing)
    centre, middle = a.mean(0), b.mean(0)
    a, b = a - centre, b - middle
    u, s, vt = np.linalg.svd(a.T @ b)
    size, wanted = float(np.square(a).sum()), float(s.sum())
    if scale == "spread":
        wanted = float(np.sqrt(size * np.square(b).sum()))
    factor = wanted / size if scale and size > 0 and wanted > 0 else 1.0
    return Alignment(centre, factor * (u @ vt), middle)


def procrustes(xy: np.ndarray, onto: np.ndarray, scale: bool = True) -> np.ndarray:
    """`xy` (n, c) aligned to `onto` (n, c), see `fit_alignment`; float32. Only a similarity transform is applied."""
    return fit_alignment(xy, onto, scale).apply(xy)
