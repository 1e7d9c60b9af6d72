"""Estimate the time of an evaluation: count the images of its stages and measure the time of a few batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, untrained_encoder
from engine.evaluate.finetune import FineTuning
from engine.evaluate.plan import TUNINGS, Estimate
from engine.evaluate.protocol import check_labels, labelled
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.reader import read_run_config

_ENCODED = 256  # images in the trial
_STEPS = 3


def estimate(folder: Path, device: str = "cpu", progress: ProgressCallback | None = None) -> Estimate:
    """The estimate for a run folder, from a few batches through its untrained encoder, which takes as long as the trained one.
    ConfigError where there is no run, and where its data has no labels."""
    report = progress or no_progress
    config = read_run_config(folder)
    dataset = data_of(folder, config)
    report(0.5)
    splits = {name: labelled(dataset, name) for name in ("train", "validation", "test")}
    check_labels(config.data.source, dataset, splits)
    backbone, size = untrained_encoder(config), input_size(config)
    some = splits["train"][:_ENCODED]
    encode(backbone, dataset, some[:8], device=device, size=size)  # one-time work
    encoded = _timed(lambda: encode(backbone, dataset, some, device=device, size=size)) / len(some)
    report(0.7)
    classes = int(np.max(dataset.labels)) + 1
    tunings = {part: FineTuning(part, config, dataset, splits, classes, device) for part in TUNINGS}
    whole = tunings["finetune_100"]
    rate, taken = whole.rates[0], []
    for steps in (1, 1 + _STEPS):
        taken.append(_timed(lambda steps=steps: whole.train(backbone, rate, steps=steps)))  # type: ignore[misc]
        report(0.8 if steps == 1 else 1.0)
    # The difference of two trials leaves out one-time work.
    trained_on = max(encoded, (taken[1] - taken[0]) / (_STEPS * whole.length.batch))
    return Estimate(
        images={name: len(index) for name, index in splits.items()},
        lengths={part: tuning.length for part, tuning in tunings.items()},
        encoded=encoded,
        trained_on=trained_on,
        device=device,
        notes={part: tuning.notes() for part, tuning in tunings.items()},
    )


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
