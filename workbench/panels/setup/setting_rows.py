"""Settings with their values, one a row, as a sweep and a search choose them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QToolButton, QWidget

from workbench.forms.editors import Combo
from workbench.forms.field import Field
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup.value_picker import ValuePicker
from workbench.theme.palette import GAP


class SettingRow:
    """A setting, chosen from a list or found by typing a part of its title; its values; and a button that removes it."""

    def __init__(self, settings: Sequence[Field], chosen: str) -> None:
        self.key = Combo()
        titles = [engine_text(field.title) for field in settings]
        for field, title in zip(settings, titles, strict=True):
            self.key.addItem(title if titles.count(title) == 1 else f"{title} ({field.key})", field.key)
        self.key.setCurrentIndex(max(0, self.key.findData(chosen)))
        self.key.setEditable(True)
        self.key.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        completer = self.key.completer()
        assert completer is not None  # an editable list has one
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        popup = completer.popup()
        assert popup is not None
        popup.setObjectName("popup")
        self.values = ValuePicker()
        self.remove = QToolButton()
        self.remove.setText("×")
        self.remove.setObjectName("small")

    @property
    def chosen(self) -> str:
        """The key of the setting."""
        return str(self.key.currentData())

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What takes the focus, in its order."""
        return self.key, self.values.line, self.values.button, self.remove


class SettingRows(QGridLayout):
    """`changed`: another setting or other values; `arranged`: a row came or went.

    settings: by key. usual: the keys that are offered first. show: makes a row's values those of its setting. name, values_name: of
    the two columns, for screen readers."""

    changed = Signal()
    arranged = Signal()

    def __init__(
        self,
        settings: Mapping[str, Field],
        usual: Sequence[str],
        show: Callable[[SettingRow], None],
        name: str,
        values_name: str = "",
    ) -> None:
        super().__init__()
        self._settings, self._usual, self._names, self._show = settings, usual, (name, values_name), show
        self.rows: list[SettingRow] = []
        self.setColumnStretch(0, 2)
        self.setColumnStretch(1, 3)
        self.setHorizontalSpacing(GAP)
        self.setVerticalSpacing(GAP)

    def add(self, key: str = "") -> SettingRow:
        """One more row, by default of the next of the usual settings."""
        taken = {row.chosen for row in self.rows}
        known = (one for one in (*self._usual, *self._settings) if one in self._settings and one not in taken)
        row = SettingRow(tuple(self._settings.values()), key or next(known, ""))
        row.key.setAccessibleName(self._names[0])
        if self._names[1]:
            row.values.line.setAccessibleName(self._names[1])
        row.remove.setAccessibleName(self.tr("Remove this setting"))
        self.rows.append(row)
        row.key.currentIndexChanged.connect(lambda: self._show_setting(row))
        row.values.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self.remove(row))
        self._show_setting(row)
        self._arrange()
        return row

    def remove(self, row: SettingRow) -> None:
        """Take a row away."""
        self.rows.remove(row)
        for widget in (row.key, row.values, row.remove):
            self.removeWidget(widget)
            widget.deleteLater()
        self._arrange()
        self.changed.emit()

    def row_of(self, key: str) -> SettingRow | None:
        """The row of a setting."""
        return next((row for row in self.rows if row.chosen == key), None)

    def _show_setting(self, row: SettingRow) -> None:
        if row.chosen in self._settings:
            self._show(row)
        self.changed.emit()

    def _arrange(self) -> None:
        for line, row in enumerate(self.rows):
            for column, widget in enumerate((row.key, row.values, row.remove)):
                self.addWidget(widget, line, column)
        self.arranged.emit()
