"""What the engine answers to questions about several runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.runs.reader import read_config
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
