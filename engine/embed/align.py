"""Lays one map on another, so that a point that did not move in the space does not jump on the screen."""

from __future__ import annotations

import numpy as np


def procrustes(xy: np.ndarray, onto: np.ndarray, scale: bool = True) -> np.ndarray:
    """`xy` (n, c) moved, turned, mirrored and (with `scale`) sized to lie on `onto` (n, c) as well as it can, in least squares.

    Row i of both is the same sample. The shape of the map stays; float32. Schönemann 1966: with xyᵀ·onto = U·S·Vᵀ of the
    centred maps, the turn is U·Vᵀ and the size is trace(S) / |xy|²."""
    if xy.shape != onto.shape:
        raise ValueError(f"both maps must have the same shape. Got {xy.shape} and {onto.shape}.")
    a, b = np.asarray(xy, np.float64), np.asarray(onto, np.float64)
    if not len(a):
        return a.astype(np.float32)
    centre = b.mean(0)
    a, b = a - a.mean(0), b - centre
    u, s, vt = np.linalg.svd(a.T @ b)
    size = float(np.square(a).sum())
    factor = float(s.sum()) / size if scale and size > 0 and s.sum() > 0 else 1.0
    turned: np.ndarray = factor * a @ (u @ vt) + centre
    return turned.astype(np.float32)
