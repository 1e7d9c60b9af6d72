"""Where every panel stands: the list of runs at the left, beside it one workspace at a time, all widths kept and resettable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from workbench.bridge.bridge import Bridge
from workbench.models.runs import RunsModel
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.tabs import Tabs

LIST_WIDTH, REST_WIDTH = 228, 1028


@dataclass(frozen=True)
class PanelRow:
    """One panel: where it stands and how wide it starts. `make` gets the bridge and the model of runs. `under`: the id of the panel
    in whose column it stands, below it; the lowest of a column takes the height that the others leave. `behind`: the id of the
    panel with which it shares one place, a tab each; a tab is called what its panel's window title says."""

    id: str
    workspace: str
    width: int
    grows: bool
    make: Callable[[Bridge, RunsModel], QWidget]
    under: str = ""
    behind: str = ""

    @property
    def alone(self) -> bool:
        """Whether it has a column of its own."""
        return not self.under and not self.behind


class _Scroll(QScrollArea):
    """A workspace: as large as the window leaves it, or scrolled where that is less than it needs."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self._inner = inner

    def sizeHint(self) -> QSize:
        """That of the workspace."""
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Enough to see where one is."""
        return QSize(320, 200)


class Places(QSplitter):
    """The list of runs and a stack of workspaces, each a splitter with the panels of its rows. In a window that is smaller than a
    workspace, the workspace is scrolled: it never makes the window larger than the screen."""

    def __init__(
        self,
        names: Sequence[str],
        rows: Sequence[PanelRow],
        panels: Mapping[str, QWidget],
        runs: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._names = tuple(names)
        self._rows = tuple(rows)
        self._stack = QStackedWidget()
        self._workspaces = {name: QSplitter(Qt.Orientation.Horizontal) for name in names}
        for splitter in (self, *self._workspaces.values()):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(WIDE_GAP - 2)
        self._scrolls = {name: _Scroll(splitter) for name, splitter in self._workspaces.items()}
        for scroll in self._scrolls.values():
            self._stack.addWidget(scroll)
        self._columns: dict[str, QSplitter] = {}
        self._tabs: dict[str, Tabs] = {}
        for row in rows:
            if row.under:
                self._stand_under(row, panels)
                continue
            if row.behind:
                self._stand_behind(row, panels)
                continue
            splitter = self._workspaces[row.workspace]
            splitter.addWidget(panels[row.id])
            splitter.setStretchFactor(splitter.count() - 1, int(row.grows))
        self.addWidget(runs)
        self.addWidget(self._stack)
        self.setStretchFactor(1, 1)
        self.reset()

    def _stand_under(self, row: PanelRow, panels: Mapping[str, QWidget]) -> None:
        """Put a panel below another, in a column that the two share."""
        column = self._columns.get(row.under)
        if column is None:
            above, splitter = panels[row.under], self._workspaces[row.workspace]
            place = splitter.indexOf(above)
            column = self._columns[row.under] = QSplitter(Qt.Orientation.Vertical)
            column.setChildrenCollapsible(False)
            column.setHandleWidth(WIDE_GAP - 2)
            splitter.replaceWidget(place, column)
            column.addWidget(above)
        column.addWidget(panels[row.id])
        column.setStretchFactor(column.count() - 1, 1)

    def _stand_behind(self, row: PanelRow, panels: Mapping[str, QWidget]) -> None:
        """Put a panel behind another, in a place that the two share."""
        tabs = self._tabs.get(row.behind)
        if tabs is None:
            before, splitter = panels[row.behind], self._workspaces[row.workspace]
            place = splitter.indexOf(before)
            tabs = self._tabs[row.behind] = Tabs()
            splitter.replaceWidget(place, tabs)
            splitter.setStretchFactor(place, int(row.grows))
            tabs.add(before, before.windowTitle())
        tabs.add(panels[row.id], panels[row.id].windowTitle())

    @property
    def place(self) -> str:
        """The workspace that is shown."""
        return self._names[self._stack.currentIndex()]

    def go(self, place: str) -> None:
        """Show a workspace."""
        self._stack.setCurrentIndex(self._names.index(place))

    def bring(self, panel: QWidget) -> None:
        """Show a panel that shares its place with others."""
        for tabs in self._tabs.values():
            tabs.bring(panel)

    def reset(self) -> None:
        """All cards at the width that they had at first."""
        self.setSizes([LIST_WIDTH, REST_WIDTH])
        for tabs in self._tabs.values():
            tabs.go(0)
        for name, splitter in self._workspaces.items():
            splitter.setSizes([row.width for row in self._rows if row.workspace == name and row.alone])

    def save(self, settings: QSettings) -> None:
        """Keep all widths."""
        for name, splitter in self._splitters():
            settings.setValue(f"window/{name}", splitter.saveState())
        for name, tabs in self._tabs.items():
            settings.setValue(f"window/tab_{name}", tabs.currentIndex())

    def restore(self, settings: QSettings) -> None:
        """The widths that were kept, where there are any."""
        for name, splitter in self._splitters():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        for name, tabs in self._tabs.items():
            kept = str(settings.value(f"window/tab_{name}", ""))
            if kept in map(str, range(tabs.bar.count())):
                tabs.go(int(kept))

    def _splitters(self) -> list[tuple[str, QSplitter]]:
        return [*self._workspaces.items(), *((f"under_{id}", column) for id, column in self._columns.items()), ("main", self)]
