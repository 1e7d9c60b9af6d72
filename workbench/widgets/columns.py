"""Columns beside each other; where the window is too narrow for all of them, one at a time with a tab for each."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.tab_bar import TabBar


class Columns(QWidget):
    """A splitter whose columns are never narrower than their minimum: if their sum is more than the width, only the current column
    is shown, below a tab bar. Which of the two is decided when the width changes, never because contents change.

    `changed`: another column is shown, or all of them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = TabBar(self)
        self.bar.hide()
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(WIDE_GAP - 2)
        self._narrow = False
        self._wide_state = QByteArray()  # of the splitter, while one column is shown
        self._sizes: list[int] = []
        self.bar.currentChanged.connect(self._show_current)

    def add(self, widget: QWidget, title: str, stretch: int = 0) -> None:
        """Add a column at the right. `stretch`: its share of the space that is left."""
        self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.bar.addTab(title)
        self.bar.setAccessibleName(" | ".join(self.bar.tabText(index) for index in range(self.bar.count())))

    @property
    def narrow(self) -> bool:
        """Whether one column is shown at a time."""
        return self._narrow

    def bring(self, widget: QWidget) -> None:
        """Show the column that contains a widget; nothing happens if none does."""
        for index, column in enumerate(self._columns()):
            if column is widget or column.isAncestorOf(widget):
                self.bar.setCurrentIndex(index)

    def set_sizes(self, sizes: list[int]) -> None:
        """Set the widths of the columns, in px; they are scaled to the width that there is."""
        if self._narrow:
            self._wide_state, self._sizes = QByteArray(), list(sizes)
        else:
            self.splitter.setSizes(sizes)

    def state(self) -> QByteArray:
        """The widths of the columns, for the settings."""
        return self._wide_state if self._narrow and not self._wide_state.isEmpty() else self.splitter.saveState()

    def restore_state(self, state: QByteArray) -> None:
        """Restore the widths of `state`."""
        if self._narrow:
            self._wide_state = state
        else:
            self.splitter.restoreState(state)

    # Geometry

    def _columns(self) -> list[QWidget]:
        columns = (self.splitter.widget(index) for index in range(self.splitter.count()))
        return [column for column in columns if column is not None]

    def needed(self) -> int:
        """The width below which one column is shown at a time."""
        columns = self._columns()
        return sum(map(_least_width, columns)) + self.splitter.handleWidth() * max(0, len(columns) - 1)

    def minimumSizeHint(self) -> QSize:
        """The largest minimum of one column."""
        columns = self._columns()
        heights = [max(column.minimumSizeHint().height(), column.minimumHeight()) for column in columns]
        bar = self.bar.sizeHint().height() + GAP // 2 if self._narrow else 0
        return QSize(max(map(_least_width, columns), default=0), bar + max(heights, default=0))

    def sizeHint(self) -> QSize:
        """That of the columns beside each other."""
        return self.splitter.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Pass on that a column needs more room, which a layout would do: else a workspace that is scrolled stays too small."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide whether all columns fit."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Minimum widths are known only now."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.splitter.count() > 1 and self.width() < self.needed()
        if narrow != self._narrow:
            if narrow:
                self._wide_state, self._sizes = self.splitter.saveState(), []
            self._narrow = narrow
            self.bar.setVisible(narrow)
            self._show_current()
            if not narrow and not self._wide_state.isEmpty():
                self.splitter.restoreState(self._wide_state)
            elif not narrow and self._sizes:
                self.splitter.setSizes(self._sizes)
            self.updateGeometry()
        top = self.bar.sizeHint().height() + GAP // 2 if self._narrow else 0
        self.bar.setGeometry(0, 0, self.width(), max(0, top - GAP // 2))
        self.splitter.setGeometry(0, top, self.width(), self.height() - top)

    def _show_current(self) -> None:
        for index, column in enumerate(self._columns()):
            column.setVisible(not self._narrow or index == self.bar.currentIndex())
        self.splitter.refresh()  # else the hidden columns keep their handles until the next event
        self.changed.emit()


def _least_width(widget: QWidget) -> int:
    return max(widget.minimumSizeHint().width(), widget.minimumWidth())
