"""How long a run will take, from past runs with the same settings. Pure functions of configs and statuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.config.difference import flatten
from engine.runs.status import Status

# Settings that change a run's length, which is computed, or not its speed.
_LENGTH = frozenset({"train.epochs", "train.steps", "train.minutes", "train.plan"})
_OTHER = frozenset({"name", "notes", "tags", "train.seed", "train.device", "train.precision", "monitor.knn_every"})
_VIEW_SIZE = re.compile(r"views\.groups\.\d+\.size")
LEAST_SHARE = 0.02  # of a run that must be done before its speed counts
LEAST_SECONDS = 5.0


def speed_key(config: Mapping[str, Any]) -> str:
    """A text that is equal for configs whose runs take the same time per epoch: all settings but the length, the seed, those of the
    optimiser, and the method's numbers with a point, such as a temperature. Device and precision are compared by the status, where
    "auto" is resolved. `config`: a complete one, nested."""
    flat = flatten(config)
    # A run writes the size of its images in the place of the 0 that stands for it.
    flat |= {key: flat.get("data.size") for key, value in flat.items() if _VIEW_SIZE.fullmatch(key) and not value}
    kept = {
        key: value
        for key, value in flat.items()
        if key not in _LENGTH | _OTHER
        and not key.startswith("optim.")
        and not (key.startswith("method.") and isinstance(value, float))
    }
    return repr(sorted(kept.items(), key=lambda item: item[0]))


def expected_seconds(config: Mapping[str, Any], past: Iterable[Status]) -> float | None:
    """The expected duration of the run of a complete config, in s. `past`: the statuses of runs with the same `speed_key`, device
    and precision, the best one first. None where it is unknown."""
    train = config.get("train", {})
    minutes = float(train.get("minutes") or 0)
    if minutes > 0:
        return 60 * minutes
    for status in past:
        if status.seconds < LEAST_SECONDS or status.progress < LEAST_SHARE:
            continue
        steps = int(train.get("steps") or 0)
        if steps and status.step:
            return status.seconds / status.step * steps
        if not steps and status.epoch > 0 and train.get("epochs"):
            return status.seconds / status.epoch * int(train["epochs"])
    return None


def remaining_seconds(status: Status, more_epochs: int = 0) -> float | None:
    """The expected duration of the rest of a run, and of `more_epochs` after its end, in s. None where it is unknown."""
    if not status.step or status.seconds <= 0 or not status.steps:
        return None
    more = more_epochs / status.epochs * status.steps if status.epochs else 0.0
    return status.seconds / status.step * max(0.0, status.steps + more - status.step)
