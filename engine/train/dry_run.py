"""A few steps whose result is discarded, to estimate a run's speed, memory and time."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil
import torch

from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.distributed.ranks import ranks
from engine.execute.devices import cores
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.train.length import Length
from engine.train.loop import take_step
from engine.train.monitor import SHARE
from engine.train.pace import with_length
from engine.train.setup import Session, prepare
from engine.train.stages import Span

WARM_STEPS = 2
MEASURE_SECONDS = 3.0
MOST_STEPS = 30
# Steps of the measured run, enough for each of its stages.
LEAST_STEPS = 1000


@dataclass(frozen=True)
class DryRun:
    """`images_per_second` of training; `memory_bytes`: peak on a GPU, of the whole process elsewhere; `steps` and `seconds` of
    the whole run, checks on validation images included; `steps_per_epoch`: its steps in one epoch."""

    images_per_second: float
    memory_bytes: int
    steps: int
    seconds: float
    steps_per_epoch: int = 0


def dry_run(config: RunConfig, dataset: Dataset | None = None, progress: ProgressCallback = no_progress) -> DryRun:
    """Measure a resolved config. Global generators and data are not changed. ConfigError where the config does not fit."""
    with torch.random.fork_rng():
        threads(config)
        session = prepare(config, dataset)
        session.steps = max(session.steps, LEAST_STEPS)
        cuda = session.batches.device.type == "cuda"
        if cuda:
            torch.cuda.reset_peak_memory_stats(session.batches.device)
        # Stages differ in what a step costs.
        each = 0.0
        for index, span in enumerate(session.spans):
            part = part_of(progress, index / len(session.spans), (index + 1) / len(session.spans))
            each += _seconds(session, span, part) * (span.last - span.first) / session.steps
    memory = torch.cuda.max_memory_allocated(session.batches.device) if cuda else psutil.Process().memory_info().rss
    whole = each / (1.0 - SHARE)
    per_epoch = session.steps_per_epoch
    if config.train.steps:
        steps = config.train.steps
    elif config.train.minutes:
        steps = max(1, int(config.train.minutes * 60.0 / whole))
    else:
        steps = config.train.epochs * per_epoch
    speed = config.train.batch * session.batches.steps_per_epoch / per_epoch / each
    return DryRun(speed, int(memory), steps, steps * whole, per_epoch)


def with_steps(config: RunConfig, dataset: Dataset | None = None) -> RunConfig:
    """The config with a length in minutes converted to steps: a first estimate, which engine.train.pace revises during the run."""
    if not by_minutes(config):
        return config
    if ranks().size > 1:  # which would not measure the same; the clock corrects it from the first steps on
        return with_length(config, Length.even(LEAST_STEPS))
    steps = dry_run(config, dataset).steps
    return with_length(config, Length.even(steps))


def by_minutes(config: RunConfig) -> bool:
    """Whether a config has a length in minutes that is not converted to steps yet."""
    return bool(config.train.minutes) and not config.train.steps


def threads(config: RunConfig) -> None:
    """Set PyTorch's number of threads."""
    torch.set_num_threads(config.train.threads or cores())


def _seconds(session: Session, span: Span, progress: ProgressCallback) -> float:
    """Seconds of a step in one stage of the run."""
    session.step = span.first
    for _ in range(WARM_STEPS):
        _step(session)
    started, taken, gone = time.monotonic(), 0, 0.0
    while taken < MOST_STEPS and (taken < 2 or gone < MEASURE_SECONDS):
        _step(session)
        taken, gone = taken + 1, time.monotonic() - started
        progress(min(1.0, max(taken / MOST_STEPS, gone / MEASURE_SECONDS)))
    if session.batches.device.type == "cuda":
        torch.cuda.synchronize(session.batches.device)
    return (time.monotonic() - started) / taken


def _step(session: Session) -> None:
    take_step(session)
    session.step += 1
