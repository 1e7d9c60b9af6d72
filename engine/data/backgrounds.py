"""The backgrounds of a data set, for views that put others behind their objects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.augment.backgrounds import Backgrounds
from engine.data.dataset import Dataset, Index


def backgrounds_of(dataset: Dataset, take: Callable[[Index], Tensor] | None = None) -> Backgrounds | None:
    """The backgrounds of the training images, or of all where there are no splits; None for data without masks. take: gives the
    stored images (n, 3, S, S) at indices (n,), where they are not read from the data set itself."""
    if dataset.masks is None:
        return None

    def read(index: Index) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(dataset.images[index]))

    return Backgrounds(take or read, dataset.masks, dataset.splits.get("train", np.arange(len(dataset))))
