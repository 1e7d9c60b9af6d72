"""The editor of weights to begin with: typed, or chosen from the runs or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QToolButton

from engine.config.weights_text import SUFFIXES
from workbench.forms.editors import Editor
from workbench.forms.field import Field
from workbench.forms.run_editor import RunOffers

# Runs that the menu lists, the newest ones; others are typed by their name.
LISTED = 12


class WeightsEditor(Editor):
    """A line for a published name, a path or a run, and a menu that fills it."""

    def __init__(self, field: Field | None = None) -> None:
        super().__init__()
        self._offers: RunOffers = tuple
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("drawn anew"))
        row = self._adopt(self._line)
        button = QToolButton()
        button.setText("…")
        button.setObjectName("small")
        button.setAccessibleName(self.tr("Choose weights"))
        button.setToolTip(self.tr("Choose weights"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(button)
        self.menu.aboutToShow.connect(self._fill)
        button.setMenu(self.menu)
        row.addWidget(button)
        self._line.textEdited.connect(self.edited)

    def set_placeholder(self, text: str) -> None:
        """What an empty line stands for."""
        self._line.setPlaceholderText(text)

    def set_offers(self, offers: RunOffers) -> None:
        """Where the list of runs comes from: it is asked whenever the menu opens."""
        self._offers = offers

    def value(self) -> Any:
        return self._line.text().strip()

    def set_value(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))
        self._line.setCursorPosition(0)
        self._line.setToolTip(self._line.text())

    def _fill(self) -> None:
        self.menu.clear()
        self.menu.addAction(self.tr("A file of weights…"), self._browse)
        offers = list(self._offers())[:LISTED]
        if offers:
            self.menu.addSection(self.tr("The encoder of a run"))
        for folder, title in offers:
            action = self.menu.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda checked=False, folder=folder: self._choose(folder))

    def _choose(self, text: str) -> None:
        self.set_value(text)
        self.edited.emit()

    def _browse(self) -> None:
        start = self.value() if Path(self.value()).is_file() else str(Path.home())
        kinds = self.tr("Weights") + f" (*{' *'.join(SUFFIXES)})"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file of weights"), start, kinds)
        if path:
            self._choose(path)
