"""The editor of a setting that names a run: chosen from the list of runs, or as a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFileDialog, QToolButton

from workbench.forms.editors import Combo, Editor
from workbench.forms.field import Field

# The folder and the title of each run that can be chosen, the newest first.
RunOffers = Callable[[], Sequence[tuple[str, str]]]


class _RunCombo(Combo):
    """Asks for the runs whenever they may be shown: new ones come while the form is open."""

    wanted = Signal()

    def showPopup(self) -> None:
        self.wanted.emit()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.wanted.emit()
        super().focusInEvent(event)


class RunEditor(Editor):
    """The runs by title; a button chooses the folder of any other run. The value is the folder, "" for none."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._offers: RunOffers = tuple
        self._folder = ""
        self._combo = _RunCombo()
        row = self._adopt(self._combo)
        button = QToolButton()
        button.setText("…")
        button.setObjectName("small")
        button.setAccessibleName(self.tr("Choose the folder of a run"))
        button.setToolTip(self.tr("Choose the folder of a run"))
        row.addWidget(button)
        self._combo.wanted.connect(self._fill)
        self._combo.activated.connect(self._chosen)
        button.clicked.connect(self._browse)
        self._fill()

    def set_offers(self, offers: RunOffers) -> None:
        """Where the list of runs comes from: it is asked whenever the list may be shown."""
        self._offers = offers
        self._fill()

    def value(self) -> Any:
        return self._folder

    def set_value(self, value: Any) -> None:
        self._folder = "" if value is None else str(value)
        self._fill()

    def _fill(self) -> None:
        offers = list(self._offers())
        if self._folder and self._folder not in dict(offers):
            offers.insert(0, (self._folder, Path(self._folder).name))
        known = [("", self.tr("Choose a run") if offers else self.tr("No run is there yet")), *offers]
        now = [(self._combo.itemData(index), self._combo.itemText(index)) for index in range(self._combo.count())]
        if now != known:
            self._combo.clear()
            for folder, title in known:
                self._combo.addItem(title, folder)
                self._combo.setItemData(self._combo.count() - 1, folder, int(Qt.ItemDataRole.ToolTipRole))
        self._combo.setCurrentIndex(self._combo.findData(self._folder))

    def _chosen(self, index: int) -> None:
        folder = str(self._combo.itemData(index))
        if folder != self._folder:
            self._folder = folder
            self.edited.emit()

    def _browse(self) -> None:
        start = str(Path(self._folder).parent) if self._folder else str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder of a run"), start)
        if folder:
            self.set_value(folder)
            self.edited.emit()
