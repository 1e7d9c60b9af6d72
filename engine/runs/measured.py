"""A run's kNN on validation: the last, the best trained and the untrained one. Does not import torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.config.small_files import FileError, open_regular
from engine.runs.lines import parse_line
from engine.runs.reader import METRICS

_EVAL = b'"EvalDone"'


def read_evals(folder: Path) -> list[tuple[int, Mapping[str, float]]]:
    """Step and figures of every evaluation on validation, in order. Only lines with one are parsed."""
    try:
        with open_regular(Path(folder) / METRICS) as file:
            data = file.read()
    except (OSError, FileError):
        return []
    evals: list[tuple[int, Mapping[str, float]]] = []
    at = data.find(_EVAL)
    while at >= 0:
        end = data.find(b"\n", at)
        line = parse_line(data[data.rfind(b"\n", 0, at) + 1 : end]) if end >= 0 else None
        if line is not None and line["event"] == "EvalDone":
            values, step = line.get("values"), line.get("step")
            if isinstance(values, Mapping) and isinstance(step, int):
                evals.append((step, {str(name): float(value) for name, value in values.items() if _is_number(value)}))
        at = data.find(_EVAL, at + 1)
    return evals


def measured(
    evals: Iterable[tuple[int, Mapping[str, float]]], best: float | None = None, untrained: float | None = None
) -> dict[str, Any]:
    """{"best": the best kNN of a trained encoder, "untrained": that at step 0}, after these evaluations. The untrained encoder is
    never the best."""
    for step, values in evals:
        value = values.get("knn")
        if value is None or not math.isfinite(value):
            continue
        if step <= 0:
            untrained = float(value)
        else:
            best = float(value) if best is None else max(best, float(value))
    return {"best": best, "untrained": untrained}


def _is_number(value: object) -> bool:
    return (isinstance(value, (int, float)) and abs(value) < 1e300) or isinstance(value, float)
