"""Real images that need no network: squares cut from the two photographs that scikit-learn brings."""

from __future__ import annotations

import numpy as np

from engine.config.run import DataConfig
from engine.data.array_source import listing_of_arrays
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback

SIDE = 32


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """The squares, row by row, at `data.size` px (0: 32), with the photograph as class."""
    from sklearn.datasets import load_sample_images

    photos = load_sample_images()
    squares, labels = [], []
    for label, photo in enumerate(photos.images):  # (427, 640, 3) uint8
        progress(label / len(photos.images), f"Cutting {row.title}")
        down, across = (side // SIDE for side in photo.shape[:2])
        grid = photo[: down * SIDE, : across * SIDE].reshape(down, SIDE, across, SIDE, 3)
        squares.append(grid.transpose(0, 2, 1, 3, 4).reshape(-1, SIDE, SIDE, 3))
        labels += [label] * (down * across)
    names = [name.removesuffix(".jpg") for name in (path.replace("\\", "/").split("/")[-1] for path in photos.filenames)]
    return listing_of_arrays(row.id, np.concatenate(squares), np.array(labels), names, config.size)
