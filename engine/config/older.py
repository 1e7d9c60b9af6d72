"""Configs that an older version of this program wrote, completed so that they mean what they meant. Torch-free.

A run's config.yaml is complete. A key that it lacks is one that the program did not have when the run was made: it gets the value
with which today's program does what that one did, so that an old run is rebuilt, replayed and resumed as it was. A config that a
person wrote in part is left alone: what it does not say takes today's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What every written config has had from the first version on.
_COMPLETE = frozenset({"name", "method", "data", "views", "backbone", "optim", "train", "monitor", "notes", "tags"})
_PARTS: dict[str, dict[str, Any]] = {"backbone": {"init": "normal", "least_map": 1}}
_VIEWS: dict[str, Any] = {"blur_unit": "reference", "hue_turn": "linear"}
_METHODS: dict[str, dict[str, Any]] = {
    "dino": {"last_layer": "normal"},
    "ibot": {"last_layer": "normal"},
    "ijepa": {"context_least": 0.05},
    "beit": {"decay_positions": True},
}


def from_older(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a complete config with what it lacks filled in as it was then; of any other, unchanged."""
    if not values.keys() >= _COMPLETE:
        return values
    updated = dict(values)
    for name, meant in _PARTS.items():
        updated[name] = _under(updated[name], meant)
    views = updated["views"]
    if isinstance(views, Mapping) and isinstance(views.get("groups"), (list, tuple)):
        updated["views"] = {**views, "groups": [_under(group, _VIEWS) for group in views["groups"]]}
    method = updated["method"]
    if isinstance(method, Mapping):
        updated["method"] = _under(method, _METHODS.get(str(method.get("id")), {}))
    return updated


def _under(part: Any, meant: Mapping[str, Any]) -> Any:
    """What a group lacks, beside what it has. A group that is none is left for the config's own check."""
    return {**part, **{key: value for key, value in meant.items() if key not in part}} if isinstance(part, Mapping) else part
