"""What the engine answers to questions about runs in the list: their configs, their metrics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.execute.progress import ProgressCallback, Wanted
from engine.runs.reader import metrics_size, read_config, read_metrics
from workbench.bridge.questions import READ_AT_ONCE, ReadMetrics
from workbench.bridge.run_questions import ReadConfigs

# Bytes of a long run's metrics that are read between two pauses: a few milliseconds.
READ_AT_A_TIME = 1 << 15
# Seconds. Where other programs hold the processor a piece takes long, and a pause as long would help nobody.
LONGEST_PAUSE = 0.01


def read_configs(asked: ReadConfigs, progress: ProgressCallback, wanted: Wanted) -> dict[str, Mapping[str, Any]]:
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


def read_lines(asked: ReadMetrics, progress: ProgressCallback, wanted: Wanted) -> tuple[list[dict[str, Any]], int]:
    """Lines of a run's metrics; see ReadMetrics."""
    folder, offset = Path(asked.folder), asked.offset
    if not asked.takers:
        return read_metrics(folder, offset, READ_AT_ONCE)
    size = metrics_size(folder)
    told = 0.0
    while wanted():
        begun = time.monotonic()
        lines, after = read_metrics(folder, offset, READ_AT_A_TIME)
        if after == offset:
            break
        for take in asked.takers:
            take(lines)
        offset = after
        share = min(1.0, offset / max(1, size))
        if share >= told + 0.01:
            progress(share)
            told = share
        # Pure Python all the while: the window's thread waits for the interpreter at every call that it makes in the meantime.
        # It has the interpreter for itself for half of the time.
        time.sleep(min(max(time.monotonic() - begun, 0.001), LONGEST_PAUSE))
    return [], offset
