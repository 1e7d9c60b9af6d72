"""The two menus of the Method card: presets, and the settings as YAML or a command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from engine.config.errors import ConfigError
from engine.config.small_files import text_in
from engine.config.text import read_yaml
from engine.paper_recipes import find_recipe, paper_settings, why_none
from engine.runs.atomic_write import atomic_write
from workbench.forms.setting_titles import with_titles
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup import preset_files
from workbench.panels.setup.draft_export import command_line, yaml_text
from workbench.theme.plain import tip

Given = Callable[[], dict[str, Any]]


class PresetMenu(QMenu):
    """Presets that ship and one's own; it is filled when it opens. `given` returns the settings to be saved. `chosen` carries the
    config of a preset and its title, `failed` a message."""

    chosen = Signal(object, str)
    failed = Signal(str)

    def __init__(self, given: Given, parent: QWidget) -> None:
        super().__init__(parent)
        self._given = given
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        known = preset_files.presets()
        own = [preset for preset in known if preset.own]
        for preset in known:
            if not preset.own:
                self._add(preset, engine_text(preset.title))
        self.addSeparator()
        self._add_paper()
        for preset in own:
            self._add(preset, preset.title)
        self.addAction(self.tr("Save as a preset…")).triggered.connect(self._save)
        if own:
            delete = self.addMenu(self.tr("Delete a preset"))
            for preset in own:
                delete.addAction(preset.title).triggered.connect(lambda _=False, path=preset.path: path.unlink(missing_ok=True))

    def _add(self, preset: preset_files.Preset, title: str) -> None:
        self.addAction(title).triggered.connect(lambda: self._choose(preset, title))

    def _add_paper(self) -> None:
        """The published recipe of the method; disabled, with the reason, where there is none."""
        given = self._given()
        id = text_in(given, "method", "id")
        row = find_recipe(id)
        action = self.addAction(self.tr("The paper's recipe"))
        action.setEnabled(row is not None)
        self.setToolTipsVisible(True)
        if row is None:
            action.setToolTip(tip(self.tr("None here for this method: {0}.").format(engine_text(why_none(id)))))
            return
        action.setToolTip(tip(self.tr("It needs {0}. Source: {1}").format(row.needs, row.source)))
        # The images stay: a paper's are not on every machine.
        settings = paper_settings(id, {"data": {"source": text_in(given, "data", "source") or "shapes"}})
        action.triggered.connect(lambda: self.chosen.emit(settings, action.text()))

    def _choose(self, preset: preset_files.Preset, title: str) -> None:
        try:
            config = preset.config()
        except ConfigError as error:
            self.failed.emit(with_titles(str(error)))
        else:
            self.chosen.emit(config, title)

    def _save(self) -> None:
        title, confirmed = QInputDialog.getText(self.parentWidget(), self.tr("Save as a preset"), self.tr("Name"))
        if confirmed and title.strip():
            try:
                preset_files.save(title, self._given())
            except ConfigError as error:
                self.failed.emit(with_titles(str(error)))


class MoreMenu(QMenu):
    """Copies, saves and opens the settings. `given` returns them. `opened` carries the config in a file and the file's name,
    `resetAsked`: back to the defaults; `reported` a message."""

    opened = Signal(object, str)
    resetAsked = Signal()
    reported = Signal(str)

    def __init__(self, given: Given, parent: QWidget) -> None:
        super().__init__(parent)
        self._given = given
        self.addAction(self.tr("Copy as command line")).triggered.connect(self.copy_command)
        self.addAction(self.tr("Copy as YAML")).triggered.connect(self.copy_yaml)
        self.addAction(self.tr("Save as YAML…")).triggered.connect(self._save)
        self.addAction(self.tr("Open YAML…")).triggered.connect(self._open)
        self.addSeparator()
        self.addAction(self.tr("Reset everything")).triggered.connect(self.resetAsked)

    def copy_command(self) -> None:
        """The equal command line, into the clipboard."""
        line = command_line(self._given())
        QGuiApplication.clipboard().setText(line)
        self.reported.emit(self.tr("Copied: {0}").format(line))

    def copy_yaml(self) -> None:
        """The settings as YAML, into the clipboard."""
        QGuiApplication.clipboard().setText(yaml_text(self._given()))
        self.reported.emit(self.tr("Copied as YAML."))

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self.parentWidget(), self.tr("Save as YAML"), "config.yaml", "YAML (*.yaml *.yml)")
        if path:
            try:
                with atomic_write(Path(path)) as temporary:
                    temporary.write_text(yaml_text(self._given()), encoding="utf-8")
            except OSError as error:
                self.reported.emit(self.tr("{0} could not be written. {1}. Choose another directory.").format(path, error.strerror))

    def _open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.parentWidget(), self.tr("Open YAML"), "", "YAML (*.yaml *.yml)")
        if path:
            try:
                config = read_yaml(path)
            except ConfigError as error:
                self.reported.emit(with_titles(str(error)))
            else:
                self.opened.emit(config, Path(path).name)
