"""Images, labels and factors of single samples of a data set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config.errors import complain
from engine.data.dataset import Dataset
from engine.data.describe import clip_of
from engine.study.results import Labels


def images_of(dataset: Dataset, index: Sequence[int]) -> np.ndarray:
    """The stored images at `index` (n,), as (n, S, S, 3) uint8. ConfigError where there is none."""
    images = dataset.images[indices_within(dataset, index)]
    return np.ascontiguousarray(np.asarray(images).transpose(0, 2, 3, 1))


def clip_at(dataset: Dataset, index: int) -> np.ndarray | None:
    """The frames of the clip at `index`, (T, S, S, 3) uint8; None where the data are images. ConfigError where there is none."""
    return clip_of(dataset, int(indices_within(dataset, (index,))[0]))


def labels_of(dataset: Dataset, index: Sequence[int]) -> Labels:
    """Class and factors of the samples at `index` (n,). ConfigError where there is no such sample."""
    chosen = indices_within(dataset, index)
    columns, names, kinds = {"class": dataset.labels[chosen]}, {"class": dataset.classes}, {"class": "category"}
    for name, factor in dataset.factors.items():
        columns[name] = factor.values[chosen]
        kinds[name] = factor.kind
        if factor.names:
            names[name] = factor.names
    return Labels(columns, names, kinds, dataset.captions is not None)


def indices_within(dataset: Dataset, index: Sequence[int] | np.ndarray) -> np.ndarray:
    """`index` (n,) as int64. ConfigError where an index is out of range: those of a run's snapshot come from a file."""
    indices = np.asarray(index, dtype=np.int64)
    beyond = indices[(indices < 0) | (indices >= len(dataset.images))]
    if len(beyond):
        raise complain("sample", f"one of the {len(dataset.images):,} images of the data", int(beyond[0]))
    return indices
