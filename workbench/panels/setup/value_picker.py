"""The values of one setting of a sweep: chosen from a list, or typed where the setting is a number or a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from engine.config.errors import ConfigError
from engine.config.sweep import Axis
from workbench.forms.field import Field, show_number
from workbench.panels.setup.sweep_values import Offer, is_typed, offers, typed_axis, value_title
from workbench.theme.palette import GAP
from workbench.theme.plain import tip

MOST_PX = 320  # height of the list
FILTERED = 12  # a longer list has a search


class ValuePicker(QWidget):
    """A line with the chosen values, and a list that opens below it. `changed`: the values are others."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field: Field | None = None
        self._now: Any = None
        self._offers: tuple[Offer, ...] = ()
        self._chosen: list[Any] = []
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Its values"))
        self.line.textEdited.connect(self.changed)
        self.line.installEventFilter(self)
        self.button = QToolButton()
        self.button.setText("▾")
        self.button.setObjectName("small")
        self.button.setAccessibleName(self.tr("Choose values"))
        self.button.clicked.connect(self.open)
        # Without a parent until it opens: moved into a dialog together with this widget, a popup breaks the dialog's order of Tab.
        self.list = _Checklist()
        self.list.toggled.connect(self._toggled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    def set_field(self, field: Field, now: Any, devices: tuple[Offer, ...] = ()) -> None:
        """The setting whose values are chosen. `now`: its value without the sweep."""
        self._field, self._now = field, now
        self._offers = offers(field, now, devices)
        self._chosen = []
        self.line.clear()
        self.line.setReadOnly(not self.typed)
        present = value_title(field, now) if now not in (None, "", []) else ""
        self.line.setPlaceholderText(self.tr("now {0}").format(present) if present else "")
        self.button.setEnabled(bool(self._offers))

    @property
    def typed(self) -> bool:
        """Whether values can be typed."""
        return self._field is None or is_typed(self._field)

    def axis(self) -> Axis | None:
        """The chosen values; None while there are none. ConfigError where typed ones cannot be read."""
        if self._field is None or not self.line.text().strip():
            return None
        return typed_axis(self._field, self.line.text()) if self.typed else Axis(self._field.key, tuple(self._chosen))

    def choose(self, values: Sequence[Any]) -> None:
        """Choose these values, in the order of the list."""
        field = self._field
        assert field is not None
        order = [offer.value for offer in self._offers]
        self._chosen = sorted(values, key=lambda value: (0, order.index(value)) if value in order else (1, 0))
        between = ", "
        self.line.setText(between.join(value_title(field, value) for value in self._chosen))
        self.line.setCursorPosition(0)
        self.line.setToolTip(tip(self.line.text()))
        self.changed.emit()

    def open(self) -> None:
        """Open the list below the line."""
        if self._offers:
            if self.list.parent() is None:
                self.list.setParent(self.window(), self.list.windowFlags())
            values, known = self._values(), [offer.value for offer in self._offers]
            # Numbers that were typed are in the list, too, in order.
            typed = [Offer(value, show_number(value)) for value in values if value not in known and isinstance(value, (int, float))]
            listed = (*self._offers, *typed)
            self.list.open_for(tuple(sorted(listed, key=lambda offer: offer.value)) if typed else listed, values, self.line)

    def _values(self) -> list[Any]:
        if not self.typed:
            return list(self._chosen)
        try:
            one = self.axis()
        except ConfigError:
            return []
        return list(one.values) if one is not None else []

    def _toggled(self, value: Any, chosen: bool) -> None:
        rest = [known for known in self._values() if known != value]
        values = [*rest, value] if chosen else rest
        numbers = [known for known in values if isinstance(known, (int, float))]
        self.choose(sorted(numbers) if self.typed and len(numbers) == len(values) else values)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow down opens the list; so do a click and the space bar where nothing can be typed."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            keys = (Qt.Key.Key_Down,) if self.typed else (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return)
            if event.key() in keys:
                self.open()
                return True
        if event.type() == QEvent.Type.MouseButtonRelease and not self.typed:
            self.open()
            return True
        return super().eventFilter(watched, event)


class _Checklist(QFrame):
    """Values with a check box each. `toggled` carries a value and whether it is chosen now."""

    toggled = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._offers: tuple[Offer, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search values"))
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.items = QListWidget()
        self.items.setObjectName("checklist")
        self.items.setAccessibleName(self.tr("Values"))
        self.items.itemClicked.connect(self._toggle)
        self.items.installEventFilter(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP, GAP, GAP, GAP)
        box.setSpacing(GAP)
        box.addWidget(self.search)
        box.addWidget(self.items)

    def open_for(self, offered: tuple[Offer, ...], chosen: Sequence[Any], below: QWidget) -> None:
        """Show the values below a widget, the chosen ones checked."""
        self._offers = offered
        self.items.clear()
        for offer in offered:
            item = QListWidgetItem(offer.title)
            # Toggled here, by a click anywhere on the line.
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if offer.value in chosen else Qt.CheckState.Unchecked)
            item.setToolTip(tip(offer.help))
            self.items.addItem(item)
        self.items.setCurrentRow(0)
        searched = len(offered) > FILTERED
        self.search.setVisible(searched)
        self.search.clear()
        rows = len(offered) * max(1, self.items.sizeHintForRow(0)) + 2 * GAP
        self.items.setFixedHeight(min(MOST_PX, rows))
        self.setFixedWidth(below.width())
        self.adjustSize()
        screen = below.screen().availableGeometry()
        corner = below.mapToGlobal(QPoint(0, below.height() + 2))
        if corner.y() + self.height() > screen.bottom():
            corner = below.mapToGlobal(QPoint(0, -self.height() - 2))
        self.move(corner.x(), max(screen.top(), corner.y()))
        self.show()
        (self.search if searched else self.items).setFocus()

    def _toggle(self, item: QListWidgetItem) -> None:
        chosen = item.checkState() != Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        self.toggled.emit(self._offers[self.items.row(item)].value, chosen)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        shown = []
        for row, offer in enumerate(self._offers):
            visible = all(word in f"{offer.title} {offer.value} {offer.help}".lower() for word in words)
            self.items.item(row).setHidden(not visible)
            if visible:
                shown.append(row)
        if shown:
            self.items.setCurrentRow(shown[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, and in the list the space bar, toggle the current value; the arrows lead from the search into the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            item = self.items.currentItem()
            keys = [Qt.Key.Key_Return, Qt.Key.Key_Enter, *([Qt.Key.Key_Space] if watched is self.items else [])]
            if event.key() in keys and item is not None and not item.isHidden():
                self._toggle(item)
                return True
            if watched is self.search and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.items.setFocus()
                return True
        return super().eventFilter(watched, event)
