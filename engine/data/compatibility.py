"""Whether two runs have the same images, so that an index means the same image in both. Does not import torch."""

from __future__ import annotations

from pathlib import Path

from engine.config.run import DataConfig
from engine.config.small_files import expanded
from engine.data.source_table import find
from engine.data.traits import VARIED_SOURCE


def same_samples(one: DataConfig, other: DataConfig) -> bool:
    """Whether image i of both is the same image, perhaps stored at another size. Their splits may differ, and so may
    the number of images of the shapes world, whose image i depends on the seed and i alone."""
    row = find(one.source)
    if row is None or find(other.source) is None:
        return _identity(one) == _identity(other)
    other_world = one.source == VARIED_SOURCE and (one.bias, one.upright) != (other.bias, other.upright)
    return one.source == other.source and (not row.rendered or one.seed == other.seed) and not other_world


def _identity(config: DataConfig) -> Path | str:
    return config.source if find(config.source) is not None else expanded(config.source).absolute()
