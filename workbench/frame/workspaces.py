"""The layout: the list of runs at the left, one workspace at the right; all widths are saved and can be reset.

A workspace whose columns do not fit beside each other shows one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from workbench.panel import PanelRow
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.columns import Columns
from workbench.widgets.split import Split
from workbench.widgets.tabs import Tabs

# Shares of the space that a wider window has.
GROWS, STAYS = 4, 1
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
    """The list of runs and a stack of workspaces. Each workspace has columns with the widgets of its rows; `widgets` has them
    by the rows' ids. A workspace that is larger than the window is scrolled: it never makes the window larger than the screen."""

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
        self.pages = QStackedWidget()
        self.setChildrenCollapsible(False)
        self.setHandleWidth(WIDE_GAP - 2)
        self._columns = {name: Columns() for name in names}
        self._scrolls = {name: _Scroll(columns) for name, columns in self._columns.items()}
        for scroll in self._scrolls.values():
            self.pages.addWidget(scroll)
        self._lower: dict[str, QSplitter] = {}
        self._tabs: dict[str, Tabs] = {}
        for row in rows:
            if row.alone:
                title = self._widgets[row.id].windowTitle() or self._widgets[row.id].accessibleName()
                self._columns[row.workspace].add(self._column(row), title, GROWS if row.grows else STAYS)
        self.addWidget(runs)
        self.addWidget(self.pages)
        self.setStretchFactor(1, 1)
        self.reset()

    def _column(self, row: PanelRow) -> QWidget:
        """The panel of a row with those behind it, as tabs, and those below it."""
        region = self._widgets[row.id]
        behind = [self._widgets[other.id] for other in self._rows if other.behind == row.id]
        if behind:
            tabs = self._tabs[row.id] = Tabs()
            for widget in (region, *behind):
                tabs.add(widget, widget.windowTitle())
            region = tabs
        below = [self._widgets[other.id] for other in self._rows if other.under == row.id]
        if below:
            column = self._lower[row.id] = QSplitter(Qt.Orientation.Vertical)
            column.setChildrenCollapsible(False)
            column.setHandleWidth(WIDE_GAP - 2)
            for index, widget in enumerate((region, *below)):
                column.addWidget(widget)
                column.setStretchFactor(index, int(index > 0))
            region = column
        return region

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        return self._names[self.pages.currentIndex()]

    def go(self, name: str) -> None:
        """Show a workspace."""
        self.pages.setCurrentIndex(self._names.index(name))

    def bring(self, id: str) -> None:
        """Bring a panel that shares its region with others to the front, by the id of its row, and show its column."""
        for tabs in self._tabs.values():
            tabs.bring(self._widgets[id])
        for columns in self._columns.values():
            columns.bring(self._widgets[id])

    def reset(self) -> None:
        """Set all widths to their defaults."""
        self.setSizes([LIST_WIDTH, REST_WIDTH])
        for tabs in self._tabs.values():
            tabs.go(0)
        for name, columns in self._columns.items():
            columns.set_sizes([row.width for row in self._rows if row.workspace == name and row.alone])
        for split in self.findChildren(Split):
            split.reset()

    def save(self, settings: QSettings) -> None:
        """Save all widths."""
        for name, columns in self._columns.items():
            settings.setValue(f"window/{name}", columns.state())
        for name, splitter in self._all_splitters():
            # One that was not shown yet has no sizes of its own; what was saved earlier stays.
            if not splitter.testAttribute(Qt.WidgetAttribute.WA_PendingResizeEvent):
                settings.setValue(f"window/{name}", splitter.saveState())
        for name, tabs in self._tabs.items():
            settings.setValue(f"window/tab_{name}", tabs.currentIndex())

    def restore(self, settings: QSettings) -> None:
        """Restore the saved widths, where there are any."""
        for name, columns in self._columns.items():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                columns.restore_state(state)
        for name, splitter in self._all_splitters():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        for name, tabs in self._tabs.items():
            index = str(settings.value(f"window/tab_{name}", ""))
            if index in map(str, range(tabs.bar.count())):
                tabs.go(int(index))

    def _all_splitters(self) -> list[tuple[str, QSplitter]]:
        below = ((f"under_{id}", column) for id, column in self._lower.items())
        named = ((f"split_{split.name}", split) for split in self.findChildren(Split))
        return [*below, *named, ("main", self)]
