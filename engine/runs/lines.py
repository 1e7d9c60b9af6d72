"""Events as lines of strict JSON, and back.

JSON has no NaN and no infinity. They are written as the strings "NaN", "Infinity" and "-Infinity", so that every JSON reader
takes the file and a diverged loss can still be told from a missing one; `parse_line` turns them back into floats.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

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
    text = json.dumps(plain(values), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A name of a file need not be UTF-8: its bytes that are no letters become escapes, which JSON knows.
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def parse_line(line: str | bytes) -> dict[str, Any] | None:
    """The event on a line, or None where the line holds none (torn, or not ours)."""
    try:
        values = json.loads(line)
    except ValueError:
        return None
    if not isinstance(values, dict) or not isinstance(values.get("event"), str):
        return None
    if values["event"] in _NUMERIC:
        values = {key: _number(value) for key, value in values.items()}
    return values


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
