"""Data sets are stored in the test's own folder."""

import numpy as np
import pytest
from PIL import Image

from engine.config.run import DataConfig
from engine.data.open import open_dataset


@pytest.fixture
def open_at(tmp_path):
    def open_it(source, **more):
        progress = more.pop("progress", None)
        return open_dataset(DataConfig(source=str(source), root=str(tmp_path / "root"), **more), progress)

    return open_it


@pytest.fixture
def photos(tmp_path):
    """Two classes of twelve different pictures of 40 x 24 px."""
    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for k in range(12):
            pixels = random.integers(0, 256, (24, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{k:02}.png")
    return tmp_path / "photos"
