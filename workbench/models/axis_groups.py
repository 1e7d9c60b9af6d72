"""Which runs can be compared on one axis: the loss of one method is another quantity than that of another, and what is measured on
other data says nothing about these data. Pure: no Qt.

| figure | is comparable between runs of |
|---|---|
| loss, its terms, the loss of a stage | the same method, in the same stage |
| kNN and other figures on validation | the same data |
| the pretext task on validation | the same method and the same data |
| diagnostics, learning rate, images per second | any method and data |

Runs on one axis can differ in settings on which the values depend all the same (the temperature, the batch): these are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.config.difference import equal

_LOSS = ("terms.", "stages.")
# Where data are stored, or by which name they are known, changes no value.
_NO_MATTER = frozenset({"method.id", "data.source", "data.root", "data.storage"})
_MEASURED = frozenset({"monitor.knn_k", "monitor.knn_images"})


@dataclass(frozen=True)
class AxisFacts:
    """What decides where a run is drawn. `method`: its id. `data`: the source of its images. `stage`: the stage before the method's
    own training that it is in, "" for none. `config`: all settings by dotted key, None where they are not known."""

    method: str
    data: str
    stage: str = ""
    config: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class AxisGroup:
    """Runs that are drawn on one axis. `method`, `stage`, `data`: what they have in common, "" where it does not matter.
    `differing`: the settings in which they differ and on which the values depend, by dotted key."""

    keys: tuple[str, ...]
    method: str = ""
    stage: str = ""
    data: str = ""
    differing: tuple[str, ...] = field(default=())


def axis_groups(name: str, runs: Mapping[str, AxisFacts]) -> tuple[AxisGroup, ...]:
    """The runs in groups that can be compared by the figure `name` ("loss", "eval.knn"), the largest first, equal ones in the order
    given."""
    by_method, by_data = _depends(name)
    members: dict[tuple[str, str, str], list[str]] = {}
    for key, facts in runs.items():
        stage = facts.stage if name == "loss" else ""
        common = (facts.method if by_method else "", stage if by_method else "", facts.data if by_data else "")
        members.setdefault(common, []).append(key)
    groups = [AxisGroup(tuple(keys), *common, _differing(keys, runs, by_method, by_data)) for common, keys in members.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.keys)))


def _depends(name: str) -> tuple[bool, bool]:
    """Whether a figure depends on the method, and whether on the data."""
    if name == "loss" or name.startswith(_LOSS):
        return True, False
    if name.startswith("eval."):
        return name == "eval.task", True
    return False, False


def _differing(keys: list[str], runs: Mapping[str, AxisFacts], by_method: bool, by_data: bool) -> tuple[str, ...]:
    if not (by_method or by_data) or len(keys) < 2:
        return ()
    facts = [runs[key] for key in keys]
    names: list[str] = []
    if by_method and any(one.data != facts[0].data for one in facts):
        names.append("data.source")
    configs = [one.config for one in facts if one.config]
    for name in dict.fromkeys(name for config in configs for name in config):
        if name in _NO_MATTER or not _matters(name, by_method, by_data):
            continue
        # A setting that the version of a run did not have says nothing about a difference.
        values = [config[name] for config in configs if name in config]
        if any(not equal(value, values[0]) for value in values[1:]):
            names.append(name)
    return tuple(names)


def _matters(name: str, by_method: bool, by_data: bool) -> bool:
    if by_method and (name.startswith("method.") or name == "train.batch"):
        return True
    return by_data and (name.startswith("data.") or name in _MEASURED)
