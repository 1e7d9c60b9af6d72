"""Several widgets in one region, with a tab for each."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from workbench.theme.palette import GAP
from workbench.widgets.tab_bar import TabBar


class Tabs(QWidget):
    """A tab bar above a stack of widgets. Arrow keys on the bar go from tab to tab."""

    currentChanged = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = TabBar()
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._show)

    def add(self, widget: QWidget, title: str) -> None:
        """Add a widget as the last tab."""
        self._stack.addWidget(widget)
        self.bar.addTab(title)
        widget.windowTitleChanged.connect(lambda text: self._rename(widget, text))
        self._write_name()

    def _rename(self, widget: QWidget, title: str) -> None:
        self.bar.setTabText(self._stack.indexOf(widget), title)
        self._write_name()

    def _write_name(self) -> None:
        self.bar.setAccessibleName(" | ".join(self.bar.tabText(index) for index in range(self.bar.count())))

    def currentIndex(self) -> int:
        """The index of the shown widget, from 0."""
        return self._stack.currentIndex()

    def go(self, index: int) -> None:
        """Show a widget by its index; an index that is out of range changes nothing."""
        if 0 <= index < self.bar.count():
            self.bar.setCurrentIndex(index)

    def bring(self, widget: QWidget) -> None:
        """Show a widget; nothing happens if it is not one of the tabs."""
        self.go(self._stack.indexOf(widget))

    def _show(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self.currentChanged.emit(index)
