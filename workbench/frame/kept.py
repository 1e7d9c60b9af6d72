"""What the window finds again at the next start: its size, all widths, the table's columns, the draft of the next run."""

from __future__ import annotations

import json

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from engine.config.small_files import FileError, parse_json
from workbench.frame.places import Places
from workbench.panels.runs.table import RunsTable
from workbench.panels.setup.panel import SetupPanel


class Kept:
    """Saves into a person's settings and restores from them; what was never saved stays as it is."""

    def __init__(self, settings: QSettings, window: QWidget, places: Places, table: RunsTable, setup: SetupPanel) -> None:
        self._settings, self._window = settings, window
        self._places, self._table, self._setup = places, table, setup

    def restore(self) -> None:
        """As it was when it was saved last."""
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        self._places.restore(self._settings)
        self._table.restore(self._settings)
        try:
            draft = parse_json(str(self._settings.value("draft", "{}")))
        except FileError:
            draft = {}
        if draft and isinstance(draft, dict):
            self._setup.set_draft(draft)

    def save(self) -> None:
        """Keep everything."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._places.save(self._settings)
        self._table.save(self._settings)
        self.save_draft()

    def save_draft(self) -> None:
        """Keep the draft alone."""
        self._settings.setValue("draft", json.dumps(self._setup.given()))
