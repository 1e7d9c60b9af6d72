"""Configs as YAML text and as dotted `key=value` pairs, both ways, with errors for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from engine.config.errors import ConfigError, Problem, complain, from_pydantic
from engine.config.older import from_older
from engine.config.safe_yaml import DEEPEST, YamlSyntaxError, load_yaml
from engine.config.small_files import FileError, read_small

M = TypeVar("M", bound=BaseModel)
MOST_BYTES = 4 << 20  # of a config file


class _Dumper(yaml.SafeDumper):
    """Writes a list of numbers on one line, in brackets, any other list an item a line."""


def _list(dumper: _Dumper, data: list[Any]) -> yaml.SequenceNode:
    numbers = bool(data) and all(isinstance(item, (int, float)) for item in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=numbers or None)


def _text(dumper: _Dumper, data: str) -> yaml.ScalarNode:
    # Code and notes of several lines stay readable; YAML falls back to quotes where it cannot write them so.
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)


def parse(model: type[M], values: Mapping[str, Any], prefix: str = "") -> M:
    """Values as a model, or a ConfigError that lists everything that is wrong with them."""
    wrong = [Problem(key, f"{key} must be text without the character NUL.") for key in _with_nul(values, prefix)]
    if wrong:
        raise ConfigError(wrong)
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise from_pydantic(error, model, prefix) from None


def _with_nul(value: Any, key: str) -> Iterator[str]:
    """The keys of texts with a NUL, which no path can have and on which the system's functions end in other errors."""
    if isinstance(value, str) and "\0" in value:
        yield key
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _with_nul(item, f"{key}.{name}" if key else str(name))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _with_nul(item, f"{key}.{index}")


def to_yaml(config: BaseModel) -> str:
    """A config as YAML, keys in the order in which they are declared."""
    text: str = yaml.dump(config.model_dump(mode="json"), Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return text


def read_yaml(path: str | Path) -> dict[str, Any]:
    """The mapping in a YAML file, a whole config of an older version completed (`from_older`). ConfigError where there is none, or
    none that can be read."""
    try:
        text = read_small(Path(path), MOST_BYTES).decode("utf-8")
    except OSError as error:
        raise complain("config file", "a readable YAML file", str(path), f"{error.strerror}.") from None
    except FileError as error:
        raise complain("config file", "a readable YAML file", str(path), f"The file cannot be taken: {error}.") from None
    except UnicodeDecodeError:
        raise complain("config file", "UTF-8 text", str(path), "Save it as UTF-8.") from None
    return from_older(from_yaml(text, str(path)))


def from_yaml(text: str, where: str = "config") -> dict[str, Any]:
    """The mapping in a YAML text. `where` is what an error names."""
    values = load_yaml(text, where)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise complain(where, "a mapping of keys to values", values)
    return values


def value_of(text: str, where: str) -> Any:
    """The value that a text of a command line means, as YAML reads it; what is no YAML is a text. ConfigError, naming `where`, for
    a value that is not of its type: a date that is none, a number of thousands of digits."""
    try:
        return load_yaml(text, where)
    except YamlSyntaxError:
        return text


def assignments(pairs: Iterable[str]) -> dict[str, Any]:
    """`["optim.lr=0.1", "views.groups.0.flip=0"]` as nested values; numbers in a path index lists (kept as int keys)."""
    values: dict[Any, Any] = {}
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or not key.strip():
            raise complain("--set", "of the form key=value, for example optim.lr=0.001", pair)
        value = value_of(text, key.strip())
        here: dict[Any, Any] = values
        *parents, last = [_part(part) for part in key.strip().split(".")]
        if len(parents) >= DEEPEST:
            raise complain("--set", f"a key of at most {DEEPEST} parts", pair)
        for part in parents:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise complain("--set", "consistent: a key cannot be both a value and a group", pair)
        here[last] = value
    return values


def _part(text: str) -> int | str:
    """A part of a dotted key: a place in a list, or a name."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else text


def merge(under: Mapping[str, Any], over: Mapping[Any, Any]) -> dict[str, Any]:
    """`over` laid on `under`, group by group. A mapping with whole-number keys laid on a list changes its items."""
    result = deepcopy(dict(under))
    for key, value in over.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = merge(below, value)
        elif isinstance(value, Mapping) and isinstance(below, (list, tuple)) and all(isinstance(k, int) for k in value):
            items = [deepcopy(item) for item in below]
            for index, change in value.items():
                if not 0 <= index < len(items):
                    allowed = f"a place from 0 to {len(items) - 1}" if items else "absent: the list is empty"
                    raise complain(str(key), allowed, index)
                old = items[index]
                items[index] = merge(old, change) if isinstance(change, Mapping) and isinstance(old, Mapping) else change
            result[key] = items
        else:
            result[key] = deepcopy(value)
    return result


def nested(settings: Mapping[str, Any]) -> dict[Any, Any]:
    """Settings with dotted keys as nested ones; a whole number in a key is a place in a list.

    Example:
        >>> nested({"optim.lr": 0.1, "views": {"groups.0.flip": 0.0}})
        {'optim': {'lr': 0.1}, 'views': {'groups': {0: {'flip': 0.0}}}}
    """
    result: dict[Any, Any] = {}
    for key, value in settings.items():
        inner: Any = nested(value) if isinstance(value, Mapping) else value
        for part in reversed(str(key).split(".")):
            inner = {int(part) if part.isascii() and part.isdigit() else part: inner}
        result = merge(result, inner)
    return result
