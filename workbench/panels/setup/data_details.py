"""A dialog with everything that was understood of data: samples, classes with counts, splits, files that were not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from workbench.forms.editors import Combo
from workbench.i18n.data_names import data_name, data_names
from workbench.i18n.engine_messages import in_language
from workbench.panels.setup import data_words
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.tabs import Tabs

if TYPE_CHECKING:
    from engine.data.describe import DataDescription

Index = QModelIndex | QPersistentModelIndex


class Lines(QAbstractTableModel):
    """Rows of texts and numbers, sorted by a click on a column's head. Thousands of rows cost nothing until they are shown."""

    def __init__(self, heads: tuple[str, ...]) -> None:
        super().__init__()
        self._heads = heads
        self._columns: tuple[Any, ...] = ((),) * len(heads)
        self._order = np.zeros(0, np.int64)

    def set_columns(self, *columns: Any) -> None:
        """Show these values, a sequence a column."""
        self.beginResetModel()
        self._columns = columns
        self._order = np.arange(len(columns[0]))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as there are values."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One for each head."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip and alignment of a cell."""
        value = self._columns[index.column()][self._order[index.row()]]
        number = isinstance(value, (int, np.integer))
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{value:,}" if number else value
        if role == Qt.ItemDataRole.ToolTipRole and not number:
            return tip(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heads of the columns, above their words or numbers."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = bool(len(self._columns[section])) and not isinstance(self._columns[section][0], str)
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return self._heads[section] if role == Qt.ItemDataRole.DisplayRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; the source's own order where `column` is -1."""
        self.layoutAboutToBeChanged.emit()
        values = self._columns[column] if 0 <= column < len(self._columns) else range(len(self._order))
        by = np.argsort(np.asarray(values), kind="stable") if len(values) else np.zeros(0, np.int64)
        self._order = by if order == Qt.SortOrder.AscendingOrder else by[::-1]
        self.layoutChanged.emit()


class DataDetails(QDialog):
    """Shows a DataDescription. `meaningChosen` carries a value of `data.folders`."""

    meaningChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Data"))
        self.resize(760, 520)
        self._summary, self._about = QLabel(), QLabel()
        self._summary.setObjectName("strong")
        self._about.setWordWrap(True)
        self._meaning = Combo()
        self._meaning.setAccessibleName(self.tr("Folders are"))
        self._meaning.activated.connect(lambda _: self.meaningChosen.emit(str(self._meaning.currentData())))
        self._meaning_box = QWidget()
        row = QHBoxLayout(self._meaning_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(QLabel(self.tr("Folders are")))
        row.addWidget(self._meaning, 1)
        self.samples = ImageGrid(columns=4, least=40, most=128, fit=True)
        self.samples.setAccessibleName(self.tr("Samples of the data"))
        self.classes = Lines((self.tr("Class"), self.tr("Images")))
        self.unread = Lines((self.tr("File, and why it was not read"),))
        self.notes = Lines((self.tr("Note"),))
        self.tabs = Tabs()
        self._titles = (self.tr("Classes"), self.tr("Not read"), self.tr("Notes"))
        self._tables = [_table(model) for model in (self.classes, self.unread, self.notes)]
        for table, title in zip(self._tables, self._titles, strict=True):
            table.setWindowTitle(title)
            self.tabs.add(table, title)
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addWidget(self._summary)
        left.addWidget(self._about)
        left.addWidget(self._meaning_box)
        left.addWidget(self.samples, 1)
        both = QHBoxLayout(self)
        both.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        both.setSpacing(WIDE_GAP)
        both.addLayout(left, 1)
        both.addWidget(self.tabs, 1)

    def show_description(self, data: DataDescription | None) -> None:
        """Show what is known; None for nothing yet."""
        if data is None:
            self._summary.setText(self.tr("Nothing is known of these data yet."))
            self._about.clear()
            self._meaning_box.hide()
            self.samples.set_cells(())
            for model in (self.classes, self.unread, self.notes):
                model.set_columns(*((),) * model.columnCount())
            self._count(0, 0, 0)
            return
        self.setWindowTitle(self.tr("Data: {0}").format(data.name))
        self._summary.setText(data_words.summary(data))
        about = (data_words.splits, data_words.clip_text, data_words.scaling, data_words.enlarged, data_words.beside_images)
        self._about.setText("\n".join(text for words in about if (text := words(data))))
        self._show_meanings(data)
        self.samples.set_cells(
            [
                Cell(one.image, tip(one.name), caption=data_name(one.label) or one.name.rpartition("/")[2], clip=one.clip)
                for one in data.samples
            ]
        )
        names, counts = data_names(data.classes), data.counts
        if data.unlabelled:
            names, counts = [*names, self.tr("without a class")], np.append(counts, data.unlabelled)
        self.classes.set_columns(names, counts)
        self.unread.set_columns(data.unreadable)
        self.notes.set_columns([in_language(note) for note in data.notes])
        self._count(len(data.classes), len(data.unreadable), len(data.notes))

    def _count(self, *counts: int) -> None:
        for table, title, count in zip(self._tables, self._titles, counts, strict=True):
            table.setWindowTitle(f"{title} · {count:,}" if count else title)

    def _show_meanings(self, data: DataDescription) -> None:
        """What the folders can be taken for, where there is a choice."""
        outer, inner = data.meanings.get("classes", ()), data.meanings.get("inner", ())
        self._meaning_box.setVisible(bool(outer or inner))
        self._meaning.clear()
        if outer:
            self._meaning.addItem(self.tr("classes ({0})").format(f"{len(outer):,}"), "classes")
        if inner:
            self._meaning.addItem(self.tr("one level down classes ({0})").format(f"{len(inner):,}"), "inner")
        self._meaning.addItem(self.tr("nothing"), "nothing")
        # A single folder is no class, whatever folders are.
        none = not data.classes and len(outer) > 1
        chosen = "nothing" if none else "inner" if data.classes and data.classes == inner != outer else "classes"
        self._meaning.setCurrentIndex(max(0, self._meaning.findData(chosen)))


def _table(model: Lines) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSortingEnabled(True)
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    table.verticalHeader().hide()
    # A fixed height: thousands of rows are laid out at once.
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(22)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
