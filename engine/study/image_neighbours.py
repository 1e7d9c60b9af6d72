"""The nearest samples of one image of the data, whether the run's snapshot has the image or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.embed.feature_neighbours import as_metric, nearest_to, neighbours_of
from engine.execute.progress import ProgressCallback, no_progress
from engine.study.results import ImageNeighbours
from engine.study.run_encoder import RunEncoders
from engine.study.samples import images_of
from engine.study.snapshot_spaces import SnapshotSpaces


def neighbours_of_image(
    spaces: SnapshotSpaces,
    encoders: RunEncoders,
    dataset: Dataset,
    folder: Path,
    epoch: int,
    index: int,
    k: int = 12,
    metric: str = "cosine",
    space: str = "features",
    progress: ProgressCallback = no_progress,
) -> ImageNeighbours:
    """The k samples of the snapshot of an epoch that are nearest to the image at an index of the data set.

    ConfigError where there is no such snapshot or image, or where the image is not in the snapshot and the epoch's checkpoint was
    not kept."""
    by = as_metric(metric)
    features, samples = spaces.rows(folder, epoch, space, progress)
    row = np.flatnonzero(samples == index)
    if len(row):
        near = neighbours_of(features, int(row[0]), k, by)
        return ImageNeighbours(samples[near.rows], near.cosine, True)
    pixels = images_of(dataset, (index,)).transpose(0, 3, 1, 2)
    own = encoders.encode(folder, epoch, np.ascontiguousarray(pixels), space, progress)
    rows, _, cosine = nearest_to(features, own, k, by)
    return ImageNeighbours(samples[rows[0]], cosine[0], False)
