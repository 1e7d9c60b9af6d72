"""Whether two runs speak of the same images: what makes a place in one data set a place in another. Torch-free."""

from __future__ import annotations

from pathlib import Path

from engine.config.run import DataConfig
from engine.config.small_files import expanded
from engine.data.source_table import find


def same_samples(one: DataConfig, other: DataConfig) -> bool:
    """Whether image i of both is the same image, perhaps stored at another size. How they are split does not matter, nor how many
    images of the shapes world there are: image i of it depends on the seed and i alone."""
    row = find(one.source)
    if row is None or find(other.source) is None:
        return _place(one) == _place(other)
    return one.source == other.source and (not row.rendered or one.seed == other.seed)


def _place(config: DataConfig) -> Path | str:
    return config.source if find(config.source) is not None else expanded(config.source).absolute()
