"""A run's data as values of a question: the data part of its config with the run's folder. Does not import torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.config.text import parse
from engine.data.compatibility import same_samples
from engine.data.run_images import same_images
from engine.runs.reader import read_config

RUN = "run"


def run_data(folder: str) -> dict[str, Any] | None:
    """A run's DataConfig as nested values, with the run's folder under "run", so that questions about its images use the run's own
    list of images (engine.data.run_images). None where the config cannot be read."""
    try:
        data = read_config(Path(folder)).get("data")
    except ConfigError:
        return None
    return {**data, RUN: folder} if isinstance(data, Mapping) else None


def split_run(data: Mapping[str, Any]) -> tuple[DataConfig, Path | None]:
    """The DataConfig of such values, and the folder of the run, if there is one. ConfigError where the config is invalid."""
    folder = data.get(RUN)
    config = parse(DataConfig, {key: value for key, value in data.items() if key != RUN}, "data")
    return config, Path(str(folder)) if folder else None


def same_data(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether index i of both is the same image: by the runs' lists of images or, if a run has none, by the configs."""
    if one is None or other is None:
        return False
    try:
        (first, of_first), (second, of_second) = split_run(one), split_run(other)
    except ConfigError:
        return False
    if of_first is not None and of_first == of_second:
        return True
    known = same_images(of_first, of_second) if of_first is not None and of_second is not None else None
    return same_samples(first, second) if known is None else known
