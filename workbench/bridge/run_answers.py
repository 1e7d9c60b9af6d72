"""What the engine answers to questions about runs in the list: their configs, their metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.runs.reader import metrics_size, read_config, read_metrics
from workbench.bridge.questions import READ_AT_ONCE, ReadMetrics
from workbench.bridge.run_questions import ReadConfigs


def read_configs(asked: ReadConfigs, progress: Callable[[float], None], wanted: Callable[[], bool]) -> dict[str, Mapping[str, Any]]:
    """Every config that was asked for."""
    found: dict[str, Mapping[str, Any]] = {}
    for folder in asked.folders:
        if not wanted():
            break
        try:
            found[folder] = read_config(Path(folder))
        except ConfigError:
            found[folder] = {}
    return found


def read_lines(
    asked: ReadMetrics, progress: Callable[[float], None], wanted: Callable[[], bool]
) -> tuple[list[dict[str, Any]], int]:
    """Lines of a run's metrics; see ReadMetrics."""
    folder, offset = Path(asked.folder), asked.offset
    if not asked.takers:
        return read_metrics(folder, offset, READ_AT_ONCE)
    size = metrics_size(folder)
    while wanted():
        lines, after = read_metrics(folder, offset, READ_AT_ONCE)
        if after == offset:
            break
        for take in asked.takers:
            take(lines)
        offset = after
        progress(min(1.0, offset / max(1, size)))
        # Pure Python all the while: without a pause the window's thread would wait for the interpreter at every call.
        time.sleep(0.001)
    return [], offset
