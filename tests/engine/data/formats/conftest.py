"""Folders of images as annotation tools leave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from engine.config.run import DataConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset, open_images


def save_image(path: Path, width: int = 40, height: int = 30, seed: int | None = None) -> None:
    """A picture of its own at a path whose folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The same in every process: the splits go by the content of the images.
    random = np.random.default_rng(crc32("/".join(path.parts[-3:]).encode()) if seed is None else seed)
    Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(path, quality=90)


def boxes_by_name(data: Dataset) -> dict[str, list[tuple[list[float], str]] | None]:
    """For each image its boxes, x0 y0 x1 y1 as shares of the stored square to 4 places, with the name of the class; None for an
    image without annotation."""
    assert data.boxes is not None
    by_name: dict[str, list[tuple[list[float], str]] | None] = {}
    for row, name in enumerate(data.names):
        rows = range(*data.boxes.rows(row).indices(len(data.boxes.corners)))
        boxes = [
            ([round(float(value), 4) for value in data.boxes.corners[k]], data.boxes.names[int(data.boxes.classes[k])])
            for k in rows
        ]
        by_name[name] = boxes if data.boxes.known[row] else None
    return by_name


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Dataset]:
    """Opens the folder "set" of the test; split=True for one with images for all splits."""

    def open_it(split: bool = False, **more: object) -> Dataset:
        config = DataConfig(source=str(tmp_path / "set"), root=str(tmp_path / "root"), **{"size": 16, **more})
        return open_dataset(config) if split else open_images(config)

    return open_it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder "set" of the test, empty."""
    path = tmp_path / "set"
    path.mkdir()
    return path
