"""Measured speeds of configs: on which settings a speed depends, what has changed since it was measured, and how long a run
takes by it. No torch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.config.small_files import FileError, parse_json
from workbench.forms.field import flat

MOST_SPEEDS = 50
# Settings that decide how a run is called, how long it is, what it learns or what is measured along the way, and not how long a
# step takes. All others count, a method's own among them: most of these change what is computed.
_NOT_SPEED = (
    *("name", "notes", "tags", "views.preset"),
    *(f"optim.{name}" for name in ("lr", "weight_decay", "momentum", "beta1", "beta2", "schedule", "warmup", "final")),
    *(f"train.{name}" for name in ("epochs", "minutes", "steps", "plan", "seed", "checkpoint_seconds", "keep")),
    "monitor.",
)

SpeedSettings = Mapping[str, Any]


@dataclass(frozen=True)
class Speed:
    """`seconds`: the expected duration of the whole run of `steps` steps; `memory_bytes`: the peak (of the process on a CPU);
    `steps_per_epoch`: its steps in one epoch; `settings`: those on which it depends (`speed_settings`)."""

    images_per_second: float
    memory_bytes: int
    steps: int
    seconds: float
    steps_per_epoch: int = 0
    settings: SpeedSettings = field(default_factory=dict)


def speed_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings on which a speed depends, by dotted key, of the values of a resolved config."""
    groups = config.get("views", {}).get("groups", ())
    every = flat({**config, "views": {"groups": {str(index): group for index, group in enumerate(groups)}}})
    # As they come back from JSON: equal settings must be equal there, too.
    kept: dict[str, Any] = json.loads(json.dumps({key: every[key] for key in every if not key.startswith(_NOT_SPEED)}))
    return kept


def changed_settings(before: SpeedSettings, after: SpeedSettings) -> list[str]:
    """The keys of the settings that differ. Where the method or the data differ, what goes with them is left out."""
    missing = object()
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key, missing) != after.get(key, missing)]
    for leading, others in (("method.id", ("method.", "views.")), ("data.source", ("data.",))):
        if leading in keys:
            keys = [leading, *(key for key in keys if key != leading and not key.startswith(others))]
    return keys


def run_seconds(speed: Speed | None, train: Mapping[str, Any]) -> float | None:
    """How long a run takes with the length in `train`, the values of a TrainConfig; None where that needs a speed that is not
    known."""
    steps, minutes, epochs = (float(train.get(name, 0)) for name in ("steps", "minutes", "epochs"))
    if minutes and not steps:
        return minutes * 60
    if speed is None:
        return None
    return (steps or epochs * speed.steps_per_epoch) * speed.seconds / speed.steps


class MeasuredSpeeds:
    """The last speeds that were measured on this machine, newest last."""

    def __init__(self, speeds: Iterable[Speed] = ()) -> None:
        self._speeds = list(speeds)

    def add(self, speed: Speed) -> None:
        """Keep a speed; it replaces an earlier one of the same settings."""
        self._speeds = [known for known in self._speeds if known.settings != speed.settings][1 - MOST_SPEEDS :]
        self._speeds.append(speed)

    def find(self, settings: SpeedSettings) -> Speed | None:
        """The speed that was measured with these settings."""
        return next((speed for speed in reversed(self._speeds) if speed.settings == settings), None)

    @property
    def newest(self) -> Speed | None:
        """What was measured last."""
        return self._speeds[-1] if self._speeds else None

    def to_json(self) -> str:
        """As text for the window's settings."""
        return json.dumps([asdict(speed) for speed in self._speeds])

    @classmethod
    def from_json(cls, text: str) -> MeasuredSpeeds:
        """From `to_json`; entries that cannot be read are left out."""
        try:
            listed = parse_json(text)
        except FileError:
            return cls()
        speeds = []
        for entry in listed if isinstance(listed, list) else ():
            try:
                speed = Speed(
                    float(entry["images_per_second"]),
                    int(entry["memory_bytes"]),
                    int(entry["steps"]),
                    float(entry["seconds"]),
                    int(entry["steps_per_epoch"]),
                    dict(entry["settings"]),
                )
            except (TypeError, ValueError, KeyError, OverflowError):
                continue
            if speed.steps >= 1 and speed.seconds > 0:
                speeds.append(speed)
        return cls(speeds)
