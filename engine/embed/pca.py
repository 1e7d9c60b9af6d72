"""Principal components: the first map of a space, exact and at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True, eq=False)
class Projection:
    """Axes of greatest variance. `mean`: (D,). `axes`: (c, D), orthonormal where the data has that many dimensions, else 0.
    `explained`: (c,) share of the whole variance, each between 0 and 1, falling."""

    mean: np.ndarray
    axes: np.ndarray
    explained: np.ndarray

    def apply(self, features: np.ndarray) -> np.ndarray:
        """Coordinates (n, c) float32 of features (n, D), also of others than those that gave the axes."""
        xy: np.ndarray = (finite(features) - self.mean) @ self.axes.T
        return xy.astype(np.float32)


def fit(features: np.ndarray, components: int = 2) -> Projection:
    """The principal axes of features (n, D), by an eigendecomposition of the smaller of the two Gram matrices, in double precision.

    The sign of an axis is free; here its entry of largest magnitude is positive, so that the same data gives the same map."""
    x = finite(features)
    n, dim = x.shape
    mean = x.mean(axis=0) if n else np.zeros(dim)
    x = x - mean
    axes, variance = np.zeros((components, dim)), np.zeros(components)
    total = float(np.square(x).sum())
    if total > 0:
        if dim <= n:
            values, vectors = np.linalg.eigh(_product(x.T, x))
            found = vectors.T  # (D, D)
        else:
            values, vectors = np.linalg.eigh(_product(x, x.T))
            found = vectors.T @ x  # (n, D), of length sqrt(value)
        order = np.argsort(values)[::-1][:components]
        for place, row in enumerate(order):
            length = float(np.linalg.norm(found[row]))
            if values[row] <= total * 1e-12 or length == 0:
                continue  # no variance left: this axis would be noise
            axis = found[row] / length
            axes[place] = axis if axis[np.argmax(np.abs(axis))] > 0 else -axis
            variance[place] = values[row]
    return Projection(mean, axes, variance / total if total > 0 else variance)


def pca(features: np.ndarray, components: int = 2) -> np.ndarray:
    """Coordinates (n, components) float32 of features (n, D) along their principal axes."""
    return fit(features, components).apply(features)


def finite(features: np.ndarray) -> np.ndarray:
    """Features in double precision, 0 where they are no number: not a number, or infinite, as a half-precision snapshot holds what
    was too large for it."""
    found: np.ndarray = np.nan_to_num(np.asarray(features, dtype=np.float64), posinf=0.0, neginf=0.0)
    return found


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a · b by PyTorch's threads: where both libraries have woken their own, NumPy's wait for each other for a second and more."""
    found: np.ndarray = (torch.from_numpy(a) @ torch.from_numpy(b)).numpy()
    return found
