"""Events as lines of strict JSON, and back.

JSON has no NaN and no infinity. They are written as the strings "NaN", "Infinity" and "-Infinity", so that every JSON reader
accepts the file and a diverged loss can be distinguished from a missing one; `parse_line` turns them back into floats.
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
# Events with free text, in which "NaN" stays text.
_NUMERIC = frozenset({"StepDone", "EpochDone", "EvalDone", "RunEnded"})


def to_line(event: Event, time: float, **extra: Any) -> str:
    """One event as one line, newline included: {"event": "StepDone", "time": ..., its fields}. `time`: seconds since 1970.

    Arrays are left out: they are stored in files of their own, which `extra` names. The config is left out too: it is in
    config.yaml."""
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
    text = json.dumps(plain(values), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A file name need not be UTF-8: bytes that cannot be decoded become JSON escapes.
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def parse_line(line: str | bytes) -> dict[str, Any] | None:
    """The event on a line, or None for an incomplete line, other content, or a value that is not of its field's type. An event of
    an unknown kind is returned unchanged."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("event"), str):
        return None
    if values["event"] in _NUMERIC:
        values = {key: _number(value) if isinstance(value, (str, dict)) else value for key, value in values.items()}
    for name, fits, needed in _FIELDS.get(values["event"], ()):
        if name in values:
            if not fits(values[name]):
                return None
        elif needed:
            return None
    return values


def plain(value: Any) -> Any:
    """Convert numpy scalars and arrays, paths, tuples, and floats that are not finite to values of strict JSON."""
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


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def _is_float(value: Any) -> bool:
    """A float, also infinite or nan: a loss may be that."""
    return type(value) is float or (type(value) is int and -_MOST <= value <= _MOST)


def _is_extent(value: Any) -> bool:
    """A finite number that can be a coordinate on an axis: a time, an epoch."""
    return _is_float(value) and 0 <= value <= 1e12


def _is_float_or_none(value: Any) -> bool:
    return value is None or _is_float(value)


def _is_numbers(value: Any) -> bool:
    return type(value) is dict and all(map(_is_float, value.values()))


def _is_text(value: Any) -> bool:
    return type(value) is str


_MOST = 2**53
# Required fields; the others may be of a later version than the run.
_NEEDED = frozenset({"step", "epoch", "values", "images_per_second"})
_FITS = {
    "int": _is_count,
    "float": _is_float,
    "float | None": _is_float_or_none,
    "str": _is_text,
    "Mapping[str, float]": _is_numbers,
}


def _checks(kind: type[Event]) -> tuple[tuple[str, Callable[[Any], bool], bool], ...]:
    """For each field of an event: its name, the check of its value, and whether it is required."""
    checks = []
    for item in dataclasses.fields(kind):
        fits = _is_extent if item.name in ("epoch", "seconds") and item.type == "float" else _FITS.get(str(item.type))
        if fits is not None:
            checks.append((item.name, fits, item.name in _NEEDED))
    return tuple(checks)


_FIELDS = {kind.__name__: _checks(kind) for kind in get_args(Event)}


def _number(value: Any) -> Any:
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    return value
