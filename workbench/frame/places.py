"""Where every panel stands: the list of runs at the left, beside it one workspace at a time, all widths kept and resettable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from workbench.bridge.bridge import Bridge
from workbench.models.runs import RunsModel
from workbench.theme.palette import WIDE_GAP

LIST_WIDTH, REST_WIDTH = 228, 1028


@dataclass(frozen=True)
class PanelRow:
    """One panel: where it stands and how wide it starts. `make` gets the bridge and the model of runs. `under`: the id of the panel
    in whose column it stands, below it; the lowest of a column takes the height that the others leave."""

    id: str
    workspace: str
    width: int
    grows: bool
    make: Callable[[Bridge, RunsModel], QWidget]
    under: str = ""


class Places(QSplitter):
    """The list of runs and a stack of workspaces, each a splitter with the panels of its rows."""

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
        for splitter in self._workspaces.values():
            self._stack.addWidget(splitter)
        self._columns: dict[str, QSplitter] = {}
        for row in rows:
            if row.under:
                self._stand_under(row, panels)
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

    @property
    def place(self) -> str:
        """The workspace that is shown."""
        return self._names[self._stack.currentIndex()]

    def go(self, place: str) -> None:
        """Show a workspace."""
        self._stack.setCurrentIndex(self._names.index(place))

    def reset(self) -> None:
        """All cards at the width that they had at first."""
        self.setSizes([LIST_WIDTH, REST_WIDTH])
        for name, splitter in self._workspaces.items():
            splitter.setSizes([row.width for row in self._rows if row.workspace == name and not row.under])

    def save(self, settings: QSettings) -> None:
        """Keep all widths."""
        for name, splitter in self._splitters():
            settings.setValue(f"window/{name}", splitter.saveState())

    def restore(self, settings: QSettings) -> None:
        """The widths that were kept, where there are any."""
        for name, splitter in self._splitters():
            state = settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def _splitters(self) -> list[tuple[str, QSplitter]]:
        return [*self._workspaces.items(), *((f"under_{id}", column) for id, column in self._columns.items()), ("main", self)]
