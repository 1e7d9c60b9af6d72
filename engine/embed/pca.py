"""Principal components: the first map of a space, exact and fast."""

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
        """Coordinates (n, c) float32 of features (n, D), also of features that were not part of the fit."""
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
            projected = vectors.T  # (D, D)
        else:
            values, vectors = np.linalg.eigh(_product(x, x.T))
            projected = vectors.T @ x  # (n, D), of length sqrt(value)
        order = np.argsort(values)[::-1][:components]
        for component, row in enumerate(order):
            length = float(np.linalg.norm(projected[row]))
            if values[row] <= total * 1e-12 or length == 0:
                continue  # no variance left: the axis would be arbitrary
            axis = projected[row] / length
            axes[component] = axis if axis[np.argmax(np.abs(axis))] > 0 else -axis
            variance[component] = values[row]
    return Projection(mean, axes, variance / total if total > 0 else variance)


def pca(features: np.ndarray, components: int = 2) -> np.ndarray:
    """Coordinates (n, components) float32 of features (n, D) along their principal axes."""
    return fit(features, components).apply(features)


def finite(features: np.ndarray) -> np.ndarray:
    """Features in double precision, NaN and infinity replaced by 0: a half-precision snapshot has infinity for values that
    overflow."""
    result: np.ndarray = np.nan_to_num(np.asarray(features, dtype=np.float64), posinf=0.0, neginf=0.0)
    return result


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a · b by PyTorch's threads: where the thread pools of both libraries are active, NumPy's can wait for a second and more."""
    product: np.ndarray = (torch.from_numpy(a) @ torch.from_numpy(b)).numpy()
    return product
