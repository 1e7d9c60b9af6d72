"""One legend for both maps, in a line: what colours them, and each class as a toggle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget

from workbench.forms.tab_order import tab_after
from workbench.plots.base import number
from workbench.plots.swatch import dot_icon
from workbench.samples.colour_legend import ColourBar, ColourColumn
from workbench.samples.colouring import Colouring
from workbench.theme.palette import GAP
from workbench.theme.plain import tip

HEIGHT = 26
BAR = 180  # px


class _Entry(QPushButton):
    isolated = Signal()

    def __init__(self, colour: str, name: str, count: int, shown: bool) -> None:
        super().__init__(name)
        self.setObjectName("flat")
        self.setCheckable(True)
        self.setChecked(shown)
        self.setStyleSheet("padding: 1px 5px; min-height: 0;")
        self._icons = dot_icon(colour), dot_icon(colour, full=False)
        self.setIconSize(QSize(12, 12))
        self.setAccessibleName(f"{name}, {count}")
        self.setToolTip(tip(self.tr("{0}: {1}. Click hides, Ctrl+click shows it alone").format(name, f"{count:,}")))
        self.update_icon()

    def update_icon(self) -> None:
        """Show a filled dot for a visible category, a ring for a hidden one."""
        self.setIcon(self._icons[0 if self.isChecked() else 1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Space shows this category alone."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.isolated.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ctrl+click shows this category alone."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.isolated.emit()
            event.accept()
            return
        super().mousePressEvent(event)


class LegendLine(QWidget):
    """`chosen`: the column to colour by; `shown`: which of its categories are visible, as a boolean array."""

    chosen = Signal(str)
    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = ColourColumn()
        self.column.setAccessibleName(self.tr("Colour by"))
        self.column.setFixedWidth(110)
        self.column.chosen.connect(self.chosen)
        label = QLabel(self.tr("Colour by"))
        label.setObjectName("quiet")
        label.setBuddy(self.column)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFixedHeight(HEIGHT + 8)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(label)
        row.addWidget(self.column)
        row.addWidget(self._scroll, 1)
        self.entries: tuple[QPushButton, ...] = ()
        self._names: tuple[str, ...] = ()
        self._hidden: frozenset[int] = frozenset()

    def set_columns(self, names: list[str], titles: list[str], current: str) -> None:
        """The columns that the maps can be coloured by, and their titles."""
        self.column.set_columns(names, titles, current)

    def set_colouring(self, colouring: Colouring | None) -> None:
        """Show the legend of a colouring. Hidden categories stay hidden if the categories are the same as before."""
        names = tuple(entry.name for entry in colouring.entries) if colouring is not None else ()
        if names and names != self._names:
            self._names, self._hidden = names, frozenset()
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        buttons: list[_Entry] = []
        if colouring is not None and colouring.entries:
            for code, entry in enumerate(colouring.entries):
                button = _Entry(entry.colour, entry.name, entry.count, code not in self._hidden)
                button.toggled.connect(self._emit_shown)
                button.isolated.connect(lambda code=code: self.isolate(code))
                row.addWidget(button)
                buttons.append(button)
        elif colouring is not None and not colouring.palette:
            empty = QLabel(self.tr("No sample has a value here: the data have no classes."))
            empty.setObjectName("quiet")
            row.addWidget(empty)
        elif colouring is not None:
            bar, unit = ColourBar(), "°" if colouring.high == 360.0 else ""
            bar.setFixedWidth(BAR)
            bar.set_colours(colouring.palette)
            for part in (QLabel(number(colouring.low, 3) + unit), bar, QLabel(number(colouring.high, 3) + unit)):
                part.setObjectName("quiet")
                row.addWidget(part)
            row.setSpacing(GAP)
        row.addStretch(1)
        self.entries = tuple(buttons)
        self._scroll.setWidget(inner)
        tab_after(self.column, inner)

    @property
    def checked(self) -> NDArray[np.bool_]:
        """(categories,) which categories are visible."""
        return np.array([button.isChecked() for button in self.entries], bool)

    def isolate(self, code: int) -> None:
        """Show one category alone; show all if it is alone already."""
        alone = [button.isChecked() for button in self.entries] == [index == code for index in range(len(self.entries))]
        for index, button in enumerate(self.entries):
            with QSignalBlocker(button):
                button.setChecked(alone or index == code)
        self._emit_shown()

    def _emit_shown(self) -> None:
        for button in self.entries:
            assert isinstance(button, _Entry)
            button.update_icon()
        self._hidden = frozenset(code for code, button in enumerate(self.entries) if not button.isChecked())
        self.shown.emit(self.checked)
