"""Errors of a configuration, said for people: the key, what is allowed, what came, what to do."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one key: `key` is dotted ("optim.lr"), `message` is a whole sentence or two."""

    key: str
    message: str

    def __str__(self) -> str:
        return self.message


class ConfigError(ValueError):
    """A configuration that cannot be used. `problems` holds every one that was found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(p.message for p in self.problems))


def complain(key: str, allowed: str, got: object, remedy: str = "") -> ConfigError:
    """The house's one form of an error: `<key> must be <allowed>. Got <value>. <remedy>`"""
    message = f"{key} must be {allowed}. Got {_show(got)}."
    return ConfigError([Problem(key, f"{message} {remedy}".rstrip())])


_REMEDIES = {
    errno.ENOSPC: "Free some space on that disk or choose another, then try again.",
    errno.EACCES: "Allow this program to write there or choose another place, then try again.",
    errno.ENOENT: "Look whether the folder was moved, renamed or deleted.",
}
_REMEDIES |= {getattr(errno, name): _REMEDIES[errno.ENOSPC] for name in ("EDQUOT", "EFBIG") if hasattr(errno, name)}
_REMEDIES |= dict.fromkeys((errno.EPERM, errno.EROFS), _REMEDIES[errno.EACCES])


def unwritten(key: str, allowed: str, path: object, error: OSError) -> ConfigError:
    """What cannot be written: `<key> must be <allowed>. Got <path>.`, what the system said, and what helps against it."""
    return complain(key, allowed, str(path), because(error))


def because(error: OSError) -> str:
    """What the system said, and what helps against it, in two sentences."""
    return f"{error.strerror or error}. {_REMEDIES.get(error.errno or 0, 'Choose another place.')}"


# What PyTorch and NumPy say where memory could not be had; on a CPU PyTorch says it in a plain RuntimeError.
_NO_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "unable to allocate",
    "cannot allocate memory",
    "bad_alloc",
)


def memory_ran_out(error: BaseException) -> bool:
    """Whether an error means that a machine or a GPU had no memory left."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _NO_MEMORY)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the known name closest to a misspelt one: "Did you mean 'temperature'?", or nothing."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean '{matches[0]}'?" if matches else ""


def from_pydantic(error: ValidationError, model: type[BaseModel], prefix: str = "") -> ConfigError:
    """Pydantic's findings in the house's form. `prefix` is put before each key ("method" -> "method.temperature")."""
    problems = []
    for item in error.errors(include_url=False):
        path = [str(part) for part in item["loc"]]
        key = ".".join(([prefix] if prefix else []) + path)
        if item["type"] == "value_error":
            problems.append(_of_several(key, str(item["msg"]), _fields_at(model, path)))
        else:
            problems.append(Problem(key, _sentence(key, path, dict(item), model)))
    return ConfigError(problems)


def _of_several(key: str, message: str, names: Iterable[str]) -> Problem:
    """What a check of several fields of the group `key` says. It names them as the class does; here each gets its whole key, and
    the problem is that of the first."""
    given = {name: f"{key}.{name}" if key else name for name in names}
    sentence = re.sub(r"\w+", lambda word: given.get(word[0], word[0]) if "_" in word[0] else word[0], message)
    sentence = sentence.removeprefix("Value error, ")
    first = sentence.partition(" ")[0]
    return Problem(first if first in given.values() else key, sentence)


def _sentence(key: str, path: list[str], item: Mapping[str, Any], model: type[BaseModel]) -> str:
    kind, context, got = item["type"], item.get("ctx", {}), item.get("input")
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        hint = nearest(path[-1], known) or f"Known keys: {', '.join(known)}."
        return f"{key} is not a known key. {hint}"
    bounds = _bounds_at(model, path)
    allowed = {
        "greater_than": f"above {context.get('gt')}",
        "greater_than_equal": f"at least {context.get('ge')}",
        "less_than": f"below {context.get('lt')}",
        "less_than_equal": f"at most {context.get('le')}",
        "multiple_of": f"a multiple of {context.get('multiple_of')}",
        "literal_error": f"one of {context.get('expected')}",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "float_parsing": "a number",
        "finite_number": "a finite number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "string_type": "text",
        "missing": "given",
        "model_type": "a group of keys",
        "tuple_type": "a list",
        "list_type": "a list",
        "dict_type": "a group of keys",
        "mapping_type": "a group of keys",
        "dataclass_type": "a group of keys",
    }.get(kind)
    if allowed is None:
        return f"{key}: {item.get('msg', 'not valid')}. Got {_show(got)}."
    if kind.startswith(("greater", "less")) and bounds:
        allowed = bounds
    sentence = f"{key} must be {allowed}. Got {_show(got)}."
    if kind == "literal_error" and isinstance(got, str):
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        sentence = f"{sentence} {nearest(got, choices)}".rstrip()
    return sentence


def _model_at(model: type[BaseModel], path: list[str]) -> type[BaseModel] | None:
    here: type[BaseModel] | None = model
    for part in path:
        if here is None:
            return None
        if part.isdigit():
            continue
        field = here.model_fields.get(part)
        here = _inner_model(field.annotation) if field is not None else None
    return here


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        inner = _inner_model(part)
        if inner is not None:
            return inner
    return None


def _fields_at(model: type[BaseModel], path: list[str]) -> list[str]:
    here = _model_at(model, path)
    return list(here.model_fields) if here is not None else []


def _bounds_at(model: type[BaseModel], path: list[str]) -> str:
    here = _model_at(model, path[:-1]) if path else None
    field = here.model_fields.get(path[-1]) if here is not None else None
    if field is None:
        return ""
    words = []
    for bound, word in (("gt", "above"), ("ge", "at least"), ("lt", "below"), ("le", "at most")):
        for item in field.metadata:
            value = getattr(item, bound, None)
            if value is not None:
                words.append(f"{word} {value:g}" if isinstance(value, (int, float)) else f"{word} {value}")
    return " and ".join(words)


def _show(value: object) -> str:
    text = repr(value)
    # Of a long path the end tells most, of a long list the beginning.
    return text if len(text) <= 160 else f"{text[:60]}...{text[-97:]}"
