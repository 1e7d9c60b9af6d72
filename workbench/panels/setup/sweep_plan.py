"""The runs of a sweep: their configs and names, and how long they take. No widgets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue import methods
from engine.config.errors import complain
from engine.config.sweep import MOST, Axis, sweep
from workbench.bridge.measured_speeds import MeasuredSpeeds, run_seconds
from workbench.bridge.setup_questions import PlannedRun
from workbench.forms.field import get, show_number
from workbench.forms.view_values import preset_groups

METHOD, PRESET, SOURCE, SEED = "method.id", "views.preset", "data.source", "train.seed"


def planned_configs(given: Mapping[str, Any], axes: Sequence[Axis], tag: str) -> list[dict[str, Any]]:
    """The configs of all combinations over the settings that were chosen by hand, which leave the rest to each method's recipe. A
    method other than the chosen one takes its own views and hyper-parameters. ConfigError as `sweep`, or for too many runs."""
    count = math.prod(len(one.values) for one in axes)
    if count > MOST:
        raise complain("the sweep", f"of at most {MOST:,} runs", count, "Take fewer values.")
    chosen = next((one for one in axes if one.key == METHOD), None)
    configs = []
    for method in chosen.values if chosen is not None else (get(given, METHOD),):
        others = [one for one in axes if one.key != METHOD]
        configs += sweep(_base(given, method), others, tag)
    for config in configs:
        preset = get(config, PRESET)
        if any(one.key == PRESET for one in axes):
            config["views"] = {"preset": preset, "groups": preset_groups(preset)}
        config["name"] = _name(str(given.get("name", "")), config, axes)
    return configs


def _base(given: Mapping[str, Any], method: Any) -> dict[str, Any]:
    if method == get(given, METHOD):
        return dict(given)
    return {**{key: value for key, value in given.items() if key != "views"}, "method": {"id": method}}


def _name(own: str, config: Mapping[str, Any], axes: Sequence[Axis]) -> str:
    """ "VICReg · shapes · lr 0.01 · s1": what the run is, and what is its own in the sweep. The same in every language."""
    id, source = str(get(config, METHOD)), str(get(config, SOURCE, ""))
    title = next((row.title for row in methods() if row.id == id), id)
    parts = [own, *([title] if any(one.key == METHOD for one in axes) else [])] if own else [title, Path(source).name]
    for one in axes:
        value = get(config, one.key)
        if one.key == SEED:
            continue
        if one.key == SOURCE:
            parts += [Path(source).name] if own else []
        elif one.key == PRESET:
            parts.append(f"views {value}")
        elif one.key != METHOD:
            shown = show_number(value) if isinstance(value, (int, float)) else str(value)
            parts.append(f"{_short(one.key, axes)} {shown}")
    if any(one.key == SEED for one in axes):
        parts.append(f"s{get(config, SEED)}")
    return " · ".join(part for part in parts if part)


def _short(key: str, axes: Sequence[Axis]) -> str:
    """The last part of a key, or the whole key where another setting of the sweep has the same."""
    last = key.rpartition(".")[2]
    return last if sum(one.key.rpartition(".")[2] == last for one in axes) == 1 else key


@dataclass(frozen=True)
class SweepTime:
    """`seconds`: of the runs whose time is known, `known` of them; `unmeasured`: the first run of each speed that is not
    measured."""

    seconds: float
    known: int
    unmeasured: tuple[int, ...]


def sweep_time(runs: Sequence[PlannedRun], speeds: MeasuredSpeeds) -> SweepTime:
    """How long the runs take one after another, as far as their speeds are measured or their length is a time."""
    seconds, known = 0.0, 0
    unmeasured: dict[str, int] = {}
    for index, run in enumerate(runs):
        each = run_seconds(speeds.find(run.speed_settings), run.train)
        if each is not None:
            seconds, known = seconds + each, known + 1
        else:
            unmeasured.setdefault(json.dumps(run.speed_settings), index)
    return SweepTime(seconds, known, tuple(unmeasured.values()))
