"""Opening data for an answer: with progress, and not again after the user cancelled it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.config.errors import ConfigError, Problem
from engine.execute.progress import Cancelled
from engine.runs.manifest import read_manifest
from workbench.bridge.question import Context
from workbench.bridge.run_data import split_run

if TYPE_CHECKING:
    from engine.config.run import DataConfig
    from engine.data.dataset import Dataset

CANCELLED = "Opening the data was cancelled. Choose other data, or these again, to open them."


class CancelledData:
    """The data whose opening the user cancelled."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.configs: set[DataConfig] = set()


def open_config(context: Context, config: DataConfig, again: bool = False) -> Dataset:
    """The data of a config. ConfigError if the user has cancelled opening them, unless `again`: the preview after the next click
    must not start again what was just cancelled."""
    from engine.data.open import open_dataset

    cancelled = context.session.get(CancelledData)
    with cancelled.lock:
        if again:
            cancelled.configs.discard(config)
        refused = config in cancelled.configs
    if refused:
        raise ConfigError([Problem("data.source", CANCELLED)])
    if again:
        # Data that are no longer wanted are not opened to the end: another choice does not wait for them.
        progress = context.part()
    else:

        def progress(share: float, text: str = "", /) -> None:
            if config in cancelled.configs:
                raise Cancelled
            context.progress(share, text)

    try:
        return open_dataset(config, progress, quick=not again)
    except Cancelled:
        with cancelled.lock:
            cancelled.configs.add(config)
        raise


def open_data(context: Context, data: Mapping[str, Any], again: bool = False, check: bool = False) -> Dataset:
    """The data of the values that a question holds (see workbench.bridge.run_data), those of a run in the run's order. `check`:
    compare the data of a run without a list of images with the statistics in its checkpoint. ConfigError as `open_config`."""
    from engine.data.run_images import run_images

    config, folder = split_run(data)
    dataset = open_config(context, config, again)
    if folder is None:
        return dataset
    figures = None
    if check and read_manifest(folder) is None:
        from engine.evaluate.encoder import trained_on

        seen = trained_on(folder)
        figures = None if seen is None else (seen.mean, seen.std)
    return run_images(folder, dataset, figures, config.root)
