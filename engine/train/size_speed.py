"""What the size of the images costs: the speed of training at a size, measured on drawn images, so that no data have to be opened
at that size first."""

from __future__ import annotations

from engine.config.run import RunConfig
from engine.config.text import merge, parse
from engine.execute.progress import Wanted
from engine.train.dry_run_process import dry_run_apart
from engine.train.monitor import SHARE

BATCH = 32  # at most: on a CPU the images a second hardly depend on the batch
COUNT = 4 * BATCH  # images that are drawn


def measured_config(config: RunConfig, size: int) -> RunConfig:
    """The config that is measured in place of a resolved one: the same network and views, a few drawn images of `size` pixels."""
    batch = min(config.train.batch, BATCH)
    train = {"batch": batch, "epochs": 1, "minutes": 0, "steps": 0, "plan": (), "order": "shuffle"}
    data = {"source": "shapes", "count": COUNT, "size": size, "storage": "memory"}
    return parse(RunConfig, merge(config.model_dump(mode="json"), {"data": data, "train": train, "optim": {"accumulate": 1}}))


def images_per_second(config: RunConfig, size: int, wanted: Wanted = lambda: True) -> float:
    """The images a second that a resolved config trains at on images of `size` pixels, measured in a child process in some ten
    seconds. ConfigError where it cannot train at this size; Cancelled soon after `wanted` returns False."""
    return dry_run_apart(measured_config(config, size), wanted).images_per_second


def seconds_of(config: RunConfig, images: int, speed: float) -> float:
    """Seconds of a whole run on `images` training images at `speed` images a second, checks on validation images included."""
    train = config.train
    if train.minutes and not train.steps:
        return train.minutes * 60
    total = train.steps * train.batch * config.optim.accumulate if train.steps else train.epochs * images
    return total / speed / (1 - SHARE)
