"""Settings of the Augmentation card that a search finds; a click leads to one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.forms.field_search import matches
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup.sections import view_fields
from workbench.theme.palette import GAP
from workbench.theme.plain import tip


class FoundElsewhere(QWidget):
    """A heading and a button for each setting that matches; hidden without any. `chosen` carries the key of a setting."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        heading = QLabel(self.tr("In the Augmentation card"))
        heading.setObjectName("quiet")
        column.addWidget(heading)
        self._section = heading.text()
        self._buttons = {field: QPushButton(engine_text(field.title)) for field in view_fields()}
        for field, button in self._buttons.items():
            button.setObjectName("link")
            button.setToolTip(tip(engine_text(field.help)))
            button.setAccessibleDescription(engine_text(field.help))
            button.clicked.connect(lambda _=False, key=field.key: self.chosen.emit(key))
            column.addWidget(button)
        self.search("")

    def search(self, query: str) -> int:
        """Show the settings that match; returns their number. None match an empty query."""
        count = 0
        for field, button in self._buttons.items():
            visible = bool(query.strip()) and matches(field, query, self._section)
            button.setVisible(visible)
            count += visible
        self.setVisible(bool(count))
        return count
