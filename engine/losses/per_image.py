"""From losses of views to losses of images."""

from __future__ import annotations

from torch import Tensor


def image_means(values: Tensor, views: int = 2) -> Tensor:
    """Values of V views of N images (V N,), all images of the first view, then all of the second: the mean over the views of each
    image, (N,). The mean of the result is the mean of the values."""
    means: Tensor = values.unflatten(0, (views, -1)).mean(0)
    return means
