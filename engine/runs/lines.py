"""Events as lines of strict JSON, and back.

JSON has no NaN and no infinity. They are written as the strings "NaN", "Infinity" and "-Infinity", so that every JSON reader
takes the file and a diverged loss can still be told from a missing one; `parse_line` turns them back into floats.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

import numpy as np

from engine.events import EmbeddingDone, Event, PicturesReady, RunStarted

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# Events whose text fields a person or a path fills keep their words as words.
_NUMERIC = frozenset({"StepDone", "EpochDone", "EvalDone", "RunEnded"})


def to_line(event: Event, time: float, **extra: Any) -> str:
    """One event as one line, newline included: {"event": "StepDone", "time": ..., its fields}. `time`: seconds since 1970.

    Arrays stay out: they lie in files of their own, which `extra` names. The config stays out too: config.yaml holds it."""
    skip: tuple[str, ...] = ()
    if isinstance(event, RunStarted):
        skip = ("config",)
    elif isinstance(event, PicturesReady):
        skip = ("pictures",)
    elif isinstance(event, EmbeddingDone):
        skip = ("features", "index", "label")
    values: dict[str, Any] = {"event": type(event).__name__, "time": round(time, 3)}
    values.update((f.name, getattr(event, f.name)) for f in dataclasses.fields(event) if f.name not in skip)
    values.update(extra)
    return json.dumps(plain(values), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def parse_line(line: str | bytes) -> dict[str, Any] | None:
    """The event on a line, or None where the line holds none (torn, or not ours) or one whose values are not of its types: whoever
    reads an event may rely on its step being a whole number, its loss a number and its terms numbers by name. Fields may be missing
    that an older program did not write, but for the step and what was measured; an event of a newer program is passed on."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("event"), str):
        return None
    if values["event"] in _NUMERIC:
        values = {key: _number(value) for key, value in values.items()}
    checks, needed = _SCHEMA.get(values["event"], _UNKNOWN)
    if any(name not in values for name in needed):
        return None
    if all(check(values[name]) for name, check in checks if name in values):
        return values
    return None


def _whole(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _real(value: object) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 2**53)


def _real_or_none(value: object) -> bool:
    return value is None or _real(value)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _reals(value: object) -> bool:
    return isinstance(value, dict) and all(_real(item) for item in value.values())


_Check = Callable[[object], bool]
# By the annotation of an event's field. What is of another type stays out of the lines, or is anything.
_CHECKS: dict[str, _Check] = {
    "int": _whole,
    "float": _real,
    "float | None": _real_or_none,
    "str": _text,
    "Mapping[str, float]": _reals,
}
_UNKNOWN: tuple[tuple[tuple[str, _Check], ...], tuple[str, ...]] = ((("step", _whole), ("epoch", _real)), ())


def _schema(kind: type) -> tuple[tuple[tuple[str, _Check], ...], tuple[str, ...]]:
    """The checks of an event's fields, and which it cannot do without."""
    parts = dataclasses.fields(kind)
    checks = tuple((part.name, _CHECKS[str(part.type)]) for part in parts if str(part.type) in _CHECKS)
    needed = tuple(part.name for part in parts if part.name in ("step", "values") and part.default is dataclasses.MISSING)
    return checks, needed


_SCHEMA = {kind.__name__: _schema(kind) for kind in get_args(Event)}


def plain(value: Any) -> Any:
    """Numpy scalars and arrays, paths, tuples and numbers without a JSON form as what strict JSON can hold."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return str(value)


def _number(value: Any) -> Any:
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    return value
