"""The layout: the list of runs at the left, one workspace at the right; all widths are saved and can be reset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from workbench.panel import PanelRow
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.tabs import Tabs

LIST_WIDTH, REST_WIDTH = 228, 1028


class _Scroll(QScrollArea):
    """A workspace that is scrolled where the window is smaller than its minimum size."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self._inner = inner

    def sizeHint(self) -> QSize:
        """The size hint of the workspace."""
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """A small part of the workspace."""
        return QSize(320, 200)


class Workspaces(QSplitter):
    """The list of runs and a stack of workspaces. Each workspace is a splitter with the widgets of its rows; `widgets` has them by
    the rows' ids. A workspace that is larger than the window is scrolled: it never makes the window larger than the screen."""

    def __init__(
        self,
        names: Sequence[str],
        rows: Sequence[PanelRow],
        widgets: Mapping[str, QWidget],
        runs: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._names = tuple(names)
        self._rows = tuple(rows)
        self._widgets = dict(widgets)
        self._stack = QStackedWidget()
        self._splitters = {name: QSplitter(Qt.Orientation.Horizontal) for name in names}
        for splitter in (self, *self._splitters.values()):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(WIDE_GAP - 2)
        self._scrolls = {name: _Scroll(splitter) for name, splitter in self._splitters.items()}
        for scroll in self._scrolls.values():
            self._stack.addWidget(scroll)
        self._columns: dict[str, QSplitter] = {}
        self._tabs: dict[str, Tabs] = {}
        for row in rows:
            if row.under:
                self._add_under(row)
                continue
            if row.behind:
                self._add_behind(row)
                continue
            splitter = self._splitters[row.workspace]
            splitter.addWidget(self._widgets[row.id])
            splitter.setStretchFactor(splitter.count() - 1, int(row.grows))
        self.addWidget(runs)
        self.addWidget(self._stack)
        self.setStretchFactor(1, 1)
        self.reset()

    def _add_under(self, row: PanelRow) -> None:
        """Put a panel below another, in a column that the two share."""
        column = self._columns.get(row.under)
        if column is None:
            above, splitter = self._widgets[row.under], self._splitters[row.workspace]
            index = splitter.indexOf(above)
            column = self._columns[row.under] = QSplitter(Qt.Orientation.Vertical)
            column.setChildrenCollapsible(False)
            column.setHandleWidth(WIDE_GAP - 2)
            splitter.replaceWidget(index, column)
            column.addWidget(above)
        column.addWidget(self._widgets[row.id])
        column.setStretchFactor(column.count() - 1, 1)

    def _add_behind(self, row: PanelRow) -> None:
        """Put a panel behind another, in a region that the two share."""
        tabs = self._tabs.get(row.behind)
        if tabs is None:
            before, splitter = self._widgets[row.behind], self._splitters[row.workspace]
            index = splitter.indexOf(before)
            tabs = self._tabs[row.behind] = Tabs()
            splitter.replaceWidget(index, tabs)
            splitter.setStretchFactor(index, int(row.grows))
            tabs.add(before, before.windowTitle())
        tabs.add(self._widgets[row.id], self._widgets[row.id].windowTitle())

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        return self._names[self._stack.currentIndex()]

    def go(self, name: str) -> None:
        """Show a workspace."""
        self._stack.setCurrentIndex(self._names.index(name))

    def bring(self, id: str) -> None:
        """Bring a panel that shares its region with others to the front, by the id of its row."""
        for tabs in self._tabs.values():
            tabs.bring(self._widgets[id])

    def reset(self) -> None:
        """Set all widths to their defaults."""
        self.setSizes([LIST_WIDTH, REST_WIDTH])
        for tabs in self._tabs.values():
            tabs.go(0)
        for name, splitter in self._splitters.items():
            splitter.setSizes([row.width for row in self._rows if row.workspace == name and row.alone])

    def save(self, settings: QSettings) -> None:
        """Save all widths."""
        for name, splitter in self._all_splitters():
            settings.setValue(f"window/{name}", splitter.saveState())
        for name, tabs in self._tabs.items():
            settings.setValue(f"window/tab_{name}", tabs.currentIndex())

    def restore(self, settings: QSettings) -> None:
        """Restore the saved widths, where there are any."""
        for name, splitter in self._all_splitters():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        for name, tabs in self._tabs.items():
            index = str(settings.value(f"window/tab_{name}", ""))
            if index in map(str, range(tabs.bar.count())):
                tabs.go(int(index))

    def _all_splitters(self) -> list[tuple[str, QSplitter]]:
        return [*self._splitters.items(), *((f"under_{id}", column) for id, column in self._columns.items()), ("main", self)]
