"""Gets the settings of the runs, some at a time, when somebody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from engine.config.difference import WORDS, flatten
from workbench.bridge.ask import Ask
from workbench.bridge.run_questions import ReadConfigs
from workbench.models.runs import RunsModel

AT_ONCE = 32


class ConfigReader(QObject):
    """Answers the model's `configsWanted` by asking for a few configs after the other: the window goes on meanwhile."""

    def __init__(self, model: RunsModel, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._ask = model, ask
        self._waiting: dict[str, None] = {}
        self._pending = False
        model.configsWanted.connect(self._want)

    def _want(self, keys: list[str]) -> None:
        self._waiting.update(dict.fromkeys(keys))
        self._next()

    def _next(self) -> None:
        if self._pending or not self._waiting:
            return
        keys = list(self._waiting)[:AT_ONCE]
        for key in keys:
            del self._waiting[key]
        self._pending = True
        self._ask(ReadConfigs(tuple(keys), "columns"), self._came, self._failed)

    def _came(self, configs: dict[str, Mapping[str, Any]]) -> None:
        self._pending = False
        flat = {
            folder: {key: value for key, value in flatten(values).items() if key not in WORDS} for folder, values in configs.items()
        }
        self._model.take_configs(flat)
        self._next()

    def _failed(self, message: str) -> None:
        self._pending = False
        self._next()
