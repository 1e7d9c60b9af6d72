"""The views of a step of a run, drawn again from its seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.config.errors import complain
from engine.evaluate.encoder import data_of
from engine.runs.reader import read_run_config
from engine.study.not_shown import check_shown
from engine.train.batches import Batches
from engine.train.length import Length
from engine.train.stages import stage_of_step

GAP = 2  # px


def batches_of(folder: Path, device: str = "cpu") -> Batches:
    """The batches of a run on disk: for those of the stage of a step in its metrics (`Batches.of_stage`), `batches.at(n) for n in
    batches.logged(step)` are exactly those of the step. ConfigError where the run's batches are no function of the step."""
    config = read_run_config(folder)
    check_shown(config.method.id, "views of a step")
    return Batches(config, data_of(folder, config), device)


def views_sheet(folder: Path, step: int, rows: int) -> np.ndarray:
    """A picture (h, w, 3) uint8 of the views of step `step`, counted from 1 as in the metrics.

    A row an image, the stored image first and then all its views, for the first `rows` images of the step (of its first batch,
    where batches are accumulated). ConfigError for a step that the run does not have."""
    config = read_run_config(folder)
    batches = batches_of(folder)
    last = Length.of(config.train, batches.optimiser_steps).steps
    if not 1 <= step <= last:
        raise complain("--step", f"from 1 to {last}, the run's last", step)
    batches = batches.of_stage(stage_of_step(config, step - 1, batches.optimiser_steps))
    number = batches.logged(step)[0]
    index = batches.index(number)[: max(1, rows)]
    columns = [torch.from_numpy(batches.dataset.images[index])]
    columns += [(view[: len(index)].clamp(0, 1) * 255).round().to(torch.uint8) for view in batches.pixels(number)]
    side = max(column.shape[-1] for column in columns)
    sheet = np.full((len(index) * (side + GAP) - GAP, len(columns) * (side + GAP) - GAP, 3), 128, dtype=np.uint8)
    for x, column in enumerate(columns):
        for y, image in enumerate(column.permute(0, 2, 3, 1).numpy()):
            top, left = y * (side + GAP), x * (side + GAP)
            sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    return sheet
