"""The entries of the legend as a Qt model, and a delegate that paints them. The cost does not grow with the number of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from workbench import theme
from workbench.samples.colouring import Entry
from workbench.theme.palette import GAP

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class LegendModel(QAbstractListModel):
    """Rows of a legend and which of them are shown. `shownChanged` is emitted once per change of any number of rows."""

    shownChanged = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.shown: NDArray[np.bool_] = np.empty(0, bool)

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the rows that are hidden."""
        return frozenset(entry.name for entry, on in zip(self.entries, self.shown, strict=True) if not on)

    def set_entries(self, entries: tuple[Entry, ...], hidden: frozenset[str] = frozenset()) -> None:
        """Replace the rows; those with a `hidden` name are hidden. If only the colours change, the scroll position stays."""
        same = [entry.name for entry in entries] == [entry.name for entry in self.entries]
        if not same:
            self.beginResetModel()
        self.entries, self.shown = entries, np.array([entry.name not in hidden for entry in entries], bool)
        if not same:
            self.endResetModel()
        elif entries:
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))

    def toggle(self, row: int) -> None:
        """Hide or show one row."""
        self.set_shown([row], not self.shown[row])

    def isolate(self, row: int) -> None:
        """Show one row alone; show all if it is alone already."""
        alone = np.arange(len(self.entries)) == row
        self._apply(np.ones(len(alone), bool) if np.array_equal(alone, self.shown) else alone)

    def set_shown(self, rows: Sequence[int], on: bool) -> None:
        """Show or hide these rows."""
        shown = self.shown.copy()
        shown[list(rows)] = on
        self._apply(shown)

    def _apply(self, shown: NDArray[np.bool_]) -> None:
        if not np.array_equal(shown, self.shown):
            self.shown = shown
            self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            self.shownChanged.emit()

    def rowCount(self, parent: _Index | None = None) -> int:
        """The number of entries."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Every entry can be checked."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """The name, the accessible text, the check state, the entry and the tooltip of a row."""
        entry, on = self.entries[index.row()], bool(self.shown[index.row()])
        if role == _Role.DisplayRole:
            return entry.name
        if role == _Role.AccessibleTextRole:
            return f"{entry.name}, {entry.count}"
        if role == _Role.CheckStateRole:
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == _Role.UserRole:
            return entry
        if role == _Role.ToolTipRole:
            return self.tr("{0}: {1}. Click hides, Ctrl+click shows it alone").format(entry.name, f"{entry.count:,}")
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Check or uncheck a row, as screen readers do."""
        if role != _Role.CheckStateRole:
            return False
        self.set_shown([index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


class LegendRow(QStyledItemDelegate):
    """Paints a dot, the name and the count; for a hidden entry a ring and grey text."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The size of a cell of the grid."""
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) else QSize(40, 18)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint an entry in one line."""
        palette = theme.current()
        entry: Entry = index.data(_Role.UserRole)
        on = Qt.CheckState(index.data(_Role.CheckStateRole)) == Qt.CheckState.Checked
        area = option.rect
        view = self.parent()
        if isinstance(view, QListView) and area.right() < view.viewport().width() - area.width() // 2:
            # A gap to the next column.
            area = area.adjusted(0, 0, -GAP, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(entry.colour))
        painter.setBrush(QColor(entry.colour) if on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(area.left() + 1, area.center().y() - 3.5, 8, 8))
        metrics = painter.fontMetrics()
        count = f"{entry.count:,}"
        available = area.width() - 15 - metrics.horizontalAdvance(count) - 10
        painter.setPen(QColor(palette.text if on else palette.quiet))
        name = metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, available)
        text_area = area.adjusted(15, 0, 0, 0)
        painter.drawText(text_area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        if option.state & QStyle.StateFlag.State_HasFocus:
            below = area.bottom() - 1
            painter.drawLine(text_area.left(), below, text_area.left() + metrics.horizontalAdvance(name), below)
        painter.setPen(QColor(palette.quiet))
        painter.drawText(area.adjusted(0, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        painter.restore()
