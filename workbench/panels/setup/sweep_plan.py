"""The runs of a sweep: their configs and names, and how long they take. No widgets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalogue import title_of
from engine.config.errors import complain
from engine.config.run_name import SEPARATOR
from engine.config.sweep import MOST, Axis, sweep
from workbench.bridge.measured_speeds import MeasuredSpeeds, run_seconds
from workbench.bridge.setup_questions import PlannedRun
from workbench.forms.field import get
from workbench.forms.view_values import preset_groups

METHOD, PRESET, SEED = "method.id", "views.preset", "train.seed"


def planned_configs(given: Mapping[str, Any], axes: Sequence[Axis], tag: str) -> list[dict[str, Any]]:
    """The configs of all combinations over the settings that were chosen by hand, which leave the rest to each method's recipe. A
    method other than the chosen one takes its own views and hyper-parameters. ConfigError as `sweep`, or for too many runs."""
    count = math.prod(len(one.values) for one in axes)
    if count > MOST:
        raise complain("the sweep", f"of at most {MOST:,} runs", count, "Take fewer values.")
    chosen = next((one for one in axes if one.key == METHOD), None)
    others = [one for one in axes if one.key != METHOD]
    own, configs = str(given.get("name", "")), []
    for method in chosen.values if chosen is not None else (get(given, METHOD),):
        base = _base(given, method)
        if own and chosen is not None:
            base["name"] = f"{own}{SEPARATOR}{title_of(str(method))}"
        configs += sweep(base, others, tag, title_of)
    if any(one.key == PRESET for one in axes):
        for config in configs:
            preset = get(config, PRESET)
            config["views"] = {"preset": preset, "groups": preset_groups(preset)}
    return configs


def _base(given: Mapping[str, Any], method: Any) -> dict[str, Any]:
    if method == get(given, METHOD):
        return dict(given)
    return {**{key: value for key, value in given.items() if key != "views"}, "method": {"id": method}}


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
