"""All figures of a run's invariance as a table to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from engine.runs.invariance_file import Invariance
from workbench.panels.invariance.factor_text import (
    epoch_name,
    factor_name,
    figure,
    same,
    signed,
    space_name,
    verdict_name,
)

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
LEAD = 4  # columns before those of the epochs


class FiguresModel(QAbstractTableModel):
    """A row a factor. Columns: its name, measure, chance, pixels, then a score and a verdict for each space and epoch, and the
    difference from another run."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads: list[str] = []
        self._cells: list[list[str]] = []

    def show_found(self, invariance: Invariance | None, other: Invariance | None = None, title: str = "") -> None:
        """Everything that was measured of a run; `other`, called `title`, at its newest epoch."""
        self.beginResetModel()
        self._heads, self._cells = [], []
        if invariance is not None:
            self._fill(invariance, other, title)
        self.endResetModel()

    def _fill(self, invariance: Invariance, other: Invariance | None, title: str) -> None:
        self._heads = [self.tr("factor"), self.tr("measure"), self.tr("chance"), self.tr("pixels")]
        # What one looks for first stands first: the newest checkpoint, then back to the untrained encoder.
        order = sorted(invariance.epochs, key=lambda epoch: (epoch != invariance.last, -epoch))
        columns = [(space, epoch) for epoch in order for space in invariance.spaces]
        self._heads += [f"{space_name(space)}, {epoch_name(epoch)}" for space, epoch in columns]
        compared = [space for space in invariance.spaces if other is not None and space in other.spaces]
        less = self.tr("minus {0}")
        self._heads += [space_name(space) + ", " + less.format(title) for space in compared]
        for factor in invariance.factors:
            measure = self.tr("R²") if factor.measure == "r2" else self.tr("accuracy")
            row = [factor_name(factor.name), measure]
            row += [figure(factor.chance), figure(factor.pixels.score)]
            for space, epoch in columns:
                reading = factor.at(space, epoch)
                if reading is None:
                    row.append("–")
                    continue
                bounds = f"{figure(reading.low)} – {figure(reading.high)}"
                row.append(f"{figure(reading.score)} ({bounds}) {verdict_name(reading.verdict)}")
            for space in compared:
                pair = same(factor, other, space, (invariance.last, other.last if other is not None else 0))
                row.append(signed(pair[0].kept - pair[1].kept) if pair is not None else "–")
            self._cells.append(row)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Factors."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """As many as there are heads."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cells[index.row()][index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heads of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._heads[section]
        return None

    def text(self) -> str:
        """All of it, tabs between columns: what a spreadsheet takes."""
        return "\n".join("\t".join(row) for row in [self._heads, *self._cells])


class FiguresTable(QTableView):
    """The table; copying takes all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = FiguresModel(self)
        self.setModel(self.figures)
        self.setAccessibleName(self.tr("Results for each factor"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self.copy)

    def show_found(self, invariance: Invariance | None, other: Invariance | None = None, title: str = "") -> None:
        """What is shown."""
        self.figures.show_found(invariance, other, title)
        self.resizeColumnsToContents()

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(self.figures.text())
