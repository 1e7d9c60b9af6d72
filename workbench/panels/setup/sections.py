"""Which settings the Method card shows first, and in which order the rest follows. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from engine.config.run import RunConfig, ViewConfig, ViewsConfig
from workbench.forms.field import Field, fields

# What a person decides for nearly every run.
FIRST = (
    "data.source",
    "data.other",
    "method.id",
    "backbone.name",
    "train.device",
    "optim.name",
    "optim.lr",
    "train.batch",
    "train.epochs",
    "train.minutes",
)
GROUPS = ("data", "backbone", "optim", "train", "monitor")
ENCODER = "encoder"  # a trait of the method: it trains an encoder that is chosen, none that it brings itself
# Edited elsewhere: the views in the Augmentation card. Written by the run: its plan.
ELSEWHERE = ("views.", "train.plan")


def first_fields() -> tuple[Field, ...]:
    """The fields at the top of the card."""
    known = {field.key: field for field in _all()}
    return tuple(known[key] for key in FIRST)


def group_fields(group: str) -> tuple[Field, ...]:
    """The other fields of one group of the config; "run" gives those of the run itself."""
    return tuple(field for field in _all() if field.key not in FIRST and _group(field.key) == group)


def method_fields(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The hyper-parameters of a method, from its JSON schema."""
    return fields(schema, "method")


@cache
def view_fields() -> tuple[Field, ...]:
    """The settings of the Augmentation card, with the keys of its first kind of view."""
    presets = [field for field in fields(ViewsConfig.model_json_schema(), "views") if field.key == "views.preset"]
    return (*presets, *fields(ViewConfig.model_json_schema(), "views.groups.0"))


@cache
def _all() -> tuple[Field, ...]:
    listed = [field for field in fields(RunConfig.model_json_schema()) if not field.key.startswith(ELSEWHERE)]
    return tuple(replace(field, only=ENCODER) if field.key.startswith("backbone.") else field for field in listed)


def _group(key: str) -> str:
    return key.partition(".")[0] if "." in key else "run"
