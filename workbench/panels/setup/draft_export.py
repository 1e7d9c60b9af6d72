"""A draft as YAML and as the command line that repeats it. No Qt."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml

from engine.augment.presets import PRESETS
from engine.config.run import ViewsConfig
from workbench.forms.field import flat


def yaml_text(draft: Mapping[str, Any]) -> str:
    """The draft as YAML, as `python -m engine train FILE.yaml` takes it."""
    text: str = yaml.safe_dump(_plain(draft), sort_keys=False, allow_unicode=True)
    return text


def command_line(draft: Mapping[str, Any]) -> str:
    """`python -m engine train ...` with the same outcome as the draft."""
    rest: dict[str, Any] = deepcopy(_plain(draft))
    method = rest.pop("method", {})
    data = rest.pop("data", {})
    train = rest.get("train", {})
    id, source = str(method.pop("id", "simclr")), str(data.pop("source", "shapes"))
    words = ["python", "-m", "engine", "train", "--method", id, "--data", source]
    for key in ("epochs", "minutes", "seed"):
        if key in train:
            words += [f"--{key}", _value(train.pop(key))]
    views = rest.pop("views", {})
    settings = {**flat({"method": method}), **flat({"data": data}), **flat(rest), **_views(views)}
    for key, value in settings.items():
        words += ["--set", f"{key}={_value(value)}"]
    return shlex.join(words)


def _views(views: Mapping[str, Any]) -> dict[str, Any]:
    """The preset, and where the groups differ from it."""
    if not views:
        return {}
    preset = str(views.get("preset", ViewsConfig().preset))
    result: dict[str, Any] = {"views.preset": preset}
    given = list(views.get("groups", ()))
    known = [group.model_dump(mode="json") for group in PRESETS.get(preset, ())]
    if not given:
        return result
    if len(given) != len(known):
        return {**result, "views.groups": given}
    for index, (group, base) in enumerate(zip(given, known, strict=True)):
        for key, value in group.items():
            if base.get(key) != value:
                result[f"views.groups.{index}.{key}"] = value
    return result


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return json.dumps(value)
    if isinstance(value, float):
        # YAML reads 1e-05 as text and 1.0e-05 as a number.
        text: str = yaml.safe_dump(value)
        return text.split()[0]
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
