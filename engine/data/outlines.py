"""The shapes of the procedural world as signed distances: negative inside, in units of the radius of the shape.

Each shape's distance is computed exactly, once, on a fine grid. For a pixel it is interpolated linearly from the nearest grid point
and the slope there, which costs the same for every shape and is accurate to about a thousandth of a radius."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

SHAPES = ("disc", "square", "triangle", "star", "heart", "ring", "cross", "hexagon", "crescent", "drop")
GRID = 224
REACH = 1.5  # the grid covers [-REACH, REACH] in both directions


def lookup(shape: npt.NDArray[np.int64], x: Floats, y: Floats) -> Floats:
    """Distance and its slope at points given in a shape's own frame.

    shape: (n,) codes into SHAPES; x, y: (n, ...) in radii. Returns (n, ..., 3) float32: distance, d/dx, d/dy."""
    table = _table()
    scale = (GRID - 1) / (2 * REACH)
    top = np.float32(GRID - 1)
    column = np.clip((x + REACH) * scale, 0, top).round()
    row = np.clip((y + REACH) * scale, 0, top).round()
    flat = (row * GRID + column).astype(np.int32)
    flat += (shape.astype(np.int32) * (GRID * GRID)).reshape(-1, *([1] * (x.ndim - 1)))
    plane: Floats = np.take(table, flat, axis=0)
    column /= scale
    row /= scale
    plane[..., 0] += plane[..., 1] * (x + REACH - column) + plane[..., 2] * (y + REACH - row)
    return plane


@cache
def _table() -> Floats:
    """(K * GRID * GRID, 3) float32: distance and slope of every shape, rows running along y."""
    axis = np.linspace(-REACH, REACH, GRID)
    points = np.stack(np.meshgrid(axis, axis, indexing="xy"), axis=-1)
    layers = []
    for name in SHAPES:
        distance = _distance(name, points)
        down, across = np.gradient(distance, axis, axis)
        layers.append(np.stack([distance, across, down], axis=-1).reshape(-1, 3))
    table = np.concatenate(layers).astype(np.float32)
    table.setflags(write=False)
    return table


def _distance(name: str, points: Points) -> Points:
    length = np.hypot(points[..., 0], points[..., 1])
    if name == "disc":
        return np.asarray(length - 0.9)
    if name == "ring":
        return np.asarray(np.abs(length - 0.72) - 0.24)
    if name == "crescent":
        inner = np.hypot(points[..., 0] - 0.5, points[..., 1])
        return np.asarray(np.maximum(length - 1.0, 0.72 - inner) - 0.02)
    corners, rounding = _outline(name)
    return _polygon(corners, points) - rounding


def _outline(name: str) -> tuple[Points, float]:
    """Corners of a polygon, (m, 2), and by how much its corners are rounded outwards."""
    if name == "square":
        return _regular(4, 0.98), 0.10
    if name == "triangle":
        return _regular(3, 0.90), 0.12
    if name == "hexagon":
        return _regular(6, 0.86), 0.08
    if name == "star":
        angle = np.pi / 2 + np.arange(10) * np.pi / 5
        radius = np.where(np.arange(10) % 2 == 0, 1.0, 0.46)
        return np.stack([radius * np.cos(angle), -radius * np.sin(angle)], axis=1), 0.05
    if name == "cross":
        w, l = 0.24, 0.86
        quarter = [(w, -l), (w, -w), (l, -w), (l, w), (w, w), (w, l)]
        return np.array(quarter + [(-a, -b) for a, b in quarter]), 0.08
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    if name == "heart":
        x = np.sin(turn) ** 3
        y = -(13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)) / 16
        return np.stack([x * 0.93, y * 0.93 - 0.02], axis=1), 0.04
    # A drop: a round belly below a tip.
    x = 0.92 * np.sin(turn) * np.sin(turn / 2) ** 1.5
    return np.stack([x, -np.cos(turn) * 0.95 - 0.02], axis=1), 0.04


def _regular(corners: int, radius: float) -> Points:
    angle = np.pi / 2 + np.pi / corners * (corners == 4) + np.arange(corners) * 2 * np.pi / corners
    return np.stack([radius * np.cos(angle), -radius * np.sin(angle)], axis=1)


def _polygon(corners: Points, points: Points) -> Points:
    """Exact signed distance to a simple polygon: the nearest of its edges, the sign by counting crossings."""
    nearest = np.full(points.shape[:-1], np.inf)
    inside = np.zeros(points.shape[:-1], dtype=bool)
    px, py = points[..., 0], points[..., 1]
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        ex, ey = bx - ax, by - ay
        along = np.clip(((px - ax) * ex + (py - ay) * ey) / (ex * ex + ey * ey), 0, 1)
        nearest = np.minimum(nearest, (px - ax - along * ex) ** 2 + (py - ay - along * ey) ** 2)
        if ay != by:
            inside ^= ((ay > py) != (by > py)) & (px < ax + (py - ay) * (ex / ey))
    return np.asarray(np.sqrt(nearest) * np.where(inside, -1.0, 1.0))
