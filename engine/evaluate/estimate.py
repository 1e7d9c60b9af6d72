"""Estimate the time of an evaluation: count the images of its stages and measure the time of a few batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.backbones.backbone import Backbone
from engine.backbones.modes import evaluating
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.embed.features import encode, on_device
from engine.evaluate.dense_plan import DENSE, annotated
from engine.evaluate.dense_training import DenseTraining
from engine.evaluate.encoder import data_of, untrained_encoder
from engine.evaluate.finetune import FineTuning
from engine.evaluate.plan import TRAINING, TUNINGS, Estimate
from engine.evaluate.protocol import check_labels, labelled, lacking
from engine.evaluate.subject import SPLITS
from engine.evaluate.target_scores import lacks
from engine.evaluate.task_table import Task, tasks
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.reader import read_run_config

_ENCODED = 256  # images in the trial
_STEPS = 3


def estimate(folder: Path, device: str = "cpu", progress: ProgressCallback | None = None) -> Estimate:
    """The estimate for a run folder, from a few batches through its untrained encoder, which takes as long as the trained one.
    ConfigError where there is no run, and where its data allow no evaluation task."""
    report = progress or no_progress
    config = read_run_config(folder)
    dataset = data_of(folder, config)
    report(0.4)
    able = _able(config.data.source, dataset)
    with_labels = any("labels" in row.needs for row in able)
    splits = {name: labelled(dataset, name) if with_labels else dataset.splits[name] for name in SPLITS}
    backbone, size = untrained_encoder(config), input_size(config)
    some = splits["train"][:_ENCODED]
    encode(backbone, dataset, some[:8], device=device, size=size)  # one-time work
    encoded = _timed(lambda: encode(backbone, dataset, some, device=device, size=size)) / max(1, len(some))
    report(0.5)
    ids = [row.id for row in able]
    classes = int(np.max(dataset.labels, initial=0)) + 1
    tunings = {part: FineTuning(part, config, dataset, splits, classes, device) for part in TUNINGS if part in ids}
    lengths, trained_on = {part: tuning.length for part, tuning in tunings.items()}, TRAINING * encoded
    if tunings:
        whole = tunings["finetune_100"]
        batch, rate = whole.length.batch, whole.rates[0]
        trained_on = max(encoded, _step(lambda steps: whole.train(backbone, rate, steps=steps)) / batch)
    report(0.7)
    dense, notes = dict[str, tuple[float, float]](), {part: tuning.notes() for part, tuning in tunings.items()}
    for part in (part for part in ids if part in DENSE):
        task = DENSE[part].load()(part, config, dataset, device)
        lengths[part], notes[part] = task.length, task.notes()
        # Parts that differ in the share of the images alone take equally long for each image.
        same = next((other for other in dense if replace(DENSE[other], share=1.0) == replace(DENSE[part], share=1.0)), None)
        dense[part] = dense[same] if same is not None else _dense(task, backbone)
    report(1.0)
    return Estimate(
        images={name: len(index) for name, index in splits.items()},
        lengths=lengths,
        encoded=encoded,
        trained_on=trained_on,
        device=device,
        notes=notes,
        dense=dense,
        able=frozenset(ids),
    )


def _able(source: str, dataset: Dataset) -> list[Task]:
    """The tasks that the data allow. ConfigError where there is none."""
    rows = [row for row in tasks() if not lacking(row, dataset) and (dataset.factors or "factors" not in row.needs)]
    rows = [row for row in rows if not lacks(row.needs, dataset)]
    rows = [row for row in rows if row.id not in DENSE or all(map(len, annotated(dataset, DENSE[row.id].column).values()))]
    try:
        check_labels(source, dataset, {name: labelled(dataset, name) for name in SPLITS})
    except ConfigError:
        rows = [row for row in rows if "labels" not in row.needs]
        if not rows:
            raise
    return rows


def _dense(task: DenseTraining[Any], backbone: Backbone) -> tuple[float, float]:
    """Seconds for encoding an image for a task, and for a training step on it."""
    images = task.index[: task.length.batch]
    with evaluating(backbone), on_device(backbone, task.device):
        encoded = _timed(lambda: task.encoded(backbone, images)) / len(images)
        step = _step(lambda steps: task.train(backbone, task.task.rates[0], steps=steps)) / task.length.batch
    # The maps of a frozen encoder are computed for each step of the trial, and only once in an evaluation.
    return encoded, step if task.task.tuned else max(step - encoded, encoded / 100)


def _step(train: Callable[[int], object]) -> float:
    """Seconds of a training step: the difference of two trials, which leaves out one-time work."""
    first, second = (_timed(lambda steps=steps: train(steps)) for steps in (1, 1 + _STEPS))  # type: ignore[misc]
    return (second - first) / _STEPS


def estimate_several(
    folders: Sequence[Path], device: str = "cpu", progress: ProgressCallback | None = None
) -> dict[Path, Estimate | str]:
    """Estimates for several run folders; runs with the same data, encoder and image size share one. Where a run cannot be
    evaluated, the message of its ConfigError."""
    report = progress or no_progress
    estimates: dict[Path, Estimate | str] = {}
    alike: dict[str, list[Path]] = {}
    for folder in folders:
        try:
            alike.setdefault(_cost(read_run_config(folder)), []).append(folder)
        except ConfigError as error:
            estimates[folder] = str(error)
    for number, same in enumerate(alike.values()):
        made: Estimate | str
        try:
            made = estimate(same[0], device, part_of(report, number / len(alike), (number + 1) / len(alike)))
        except ConfigError as error:
            made = str(error)
        estimates.update(dict.fromkeys(same, made))
        report((number + 1) / len(alike))
    return estimates


def _cost(config: RunConfig) -> str:
    """A key that is equal for runs whose evaluations take the same time."""
    return f"{config.data.model_dump_json()} {config.backbone.model_dump_json()} {input_size(config)}"


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
