"""Measured speeds of configs: on which settings a speed depends, what has changed since it was measured, and how long a run takes by
it. No widgets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.config.small_files import FileError, parse_json
from workbench.bridge.setup_questions import Speed
from workbench.forms.field import flat
from workbench.forms.view_values import complete

MOST_SPEEDS = 50
# Settings that decide how a run is called, how long it is, what it learns or what is measured along the way, and not how long a
# step takes. All others count, a method's own among them: most of these change what is computed.
_NOT_SPEED = (
    *("name", "notes", "tags"),
    *(f"optim.{name}" for name in ("lr", "weight_decay", "momentum", "beta2", "schedule", "warmup", "final")),
    *(f"train.{name}" for name in ("epochs", "minutes", "steps", "plan", "seed", "checkpoint_seconds", "keep")),
    "monitor.",
)

SpeedSettings = Mapping[str, Any]


def speed_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings on which a speed depends, by dotted key, of complete nested values. Views may be a preset alone."""
    views = values.get("views")
    groups = complete(views if isinstance(views, Mapping) else {})["groups"]
    rest = flat({name: value for name, value in values.items() if name != "views"})
    rest |= flat({str(index): group for index, group in enumerate(groups)}, "views.groups")
    return {key: _plain(rest[key]) for key in sorted(rest) if not key.startswith(_NOT_SPEED)}


def changed_settings(before: SpeedSettings, after: SpeedSettings) -> list[str]:
    """The keys of the settings that differ. Where the method or the data differ, what goes with them is left out."""
    missing = object()
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key, missing) != after.get(key, missing)]
    for leading, others in (("method.id", ("method.", "views.")), ("data.source", ("data.",))):
        if leading in keys:
            keys = [leading, *(key for key in keys if key != leading and not key.startswith(others))]
    return keys


def run_seconds(speed: Speed, train: Mapping[str, Any]) -> float | None:
    """How long a run of this speed takes, by the length in the group `train`; None where the length is no number."""
    steps, minutes, epochs = (train.get(name) for name in ("steps", "minutes", "epochs"))
    each = speed.seconds / speed.steps
    if _positive(steps):
        return float(steps) * each
    if _positive(minutes):
        return float(minutes) * 60
    return float(epochs) * speed.steps_per_epoch * each if _positive(epochs) and speed.steps_per_epoch else None


class MeasuredSpeeds:
    """The last speeds that were measured on this machine, newest last."""

    def __init__(self, entries: Sequence[tuple[SpeedSettings, Speed]] = ()) -> None:
        self._entries = list(entries)

    def add(self, settings: SpeedSettings, speed: Speed) -> None:
        """Keep a speed; it replaces an earlier one of the same settings."""
        self._entries = [entry for entry in self._entries if entry[0] != settings][1 - MOST_SPEEDS :]
        self._entries.append((dict(settings), speed))

    def find(self, settings: SpeedSettings) -> Speed | None:
        """The speed that was measured with these settings."""
        return next((speed for known, speed in reversed(self._entries) if known == settings), None)

    @property
    def newest(self) -> tuple[SpeedSettings, Speed] | None:
        """What was measured last."""
        return self._entries[-1] if self._entries else None

    def to_json(self) -> str:
        """As text for the window's settings."""
        return json.dumps([[dict(settings), asdict(speed)] for settings, speed in self._entries])

    @classmethod
    def from_json(cls, text: str) -> MeasuredSpeeds:
        """From `to_json`; entries that are none are left out."""
        try:
            listed = parse_json(text)
        except FileError:
            return cls()
        entries = []
        for entry in listed if isinstance(listed, list) else ():
            try:
                settings, speed = entry
                made = Speed(**{name: float(value) for name, value in speed.items()})
                if made.steps >= 1 and made.seconds > 0:
                    entries.append((dict(settings), _whole(made)))
            except (TypeError, ValueError, AttributeError, OverflowError):
                continue
        return cls(entries)


def _whole(speed: Speed) -> Speed:
    return Speed(speed.images_per_second, int(speed.memory_bytes), int(speed.steps), speed.seconds, int(speed.steps_per_epoch))


def _positive(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _plain(value: Any) -> Any:
    """As it comes back from JSON: two equal settings must be equal there, too."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
