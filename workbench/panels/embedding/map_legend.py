"""The Colour by card: the column that colours the map, and a legend with counts that hides, isolates and searches categories."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QModelIndex, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListView, QPushButton, QWidget

from workbench.panels.embedding.legend_rows import LegendModel, LegendRow
from workbench.plots.base import number
from workbench.samples.colour_legend import ColourBar, ColourColumn
from workbench.samples.colouring import Colouring, Entry
from workbench.widgets.card import Card

# With more entries than MANY there is a search field, with more rows than ROWS a scroll bar.
MANY = 12
ROWS = 7
ROW = 18


class LegendList(QListView):
    """Entries in one column or two. A click or Space hides or shows an entry, with Ctrl it shows the entry alone; the arrow keys
    move between entries."""

    toggled = Signal(QModelIndex)
    isolated = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self._columns = 2
        self.setItemDelegate(LegendRow(self))

    def set_room(self, columns: int, entries: int) -> None:
        """Set the number of columns and the height for so many entries. The scroll bar is always shown or never: one that appears
        as needed would change the width of the columns, and so its own need."""
        self._columns = columns
        rows = -(-entries // columns)
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if rows > ROWS else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(max(1, min(rows, ROWS)) * ROW + 2)
        self._fit()

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self._columns

    def _fit(self) -> None:
        # One pixel less, or rounding moves the last entry of a line to the next.
        self.setGridSize(QSize(max(40, (self.viewport().width() - 1) // self._columns), ROW))

    def _emit_clicked(self, index: QModelIndex, modifiers: Qt.KeyboardModifier) -> None:
        if index.isValid():
            (self.isolated if modifiers & Qt.KeyboardModifier.ControlModifier else self.toggled).emit(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        self._fit()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide, show or isolate the entry under the mouse."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._emit_clicked(self.indexAt(event.position().toPoint()), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Handle a double click as two clicks."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Space as a click."""
        if event.key() == Qt.Key.Key_Space:
            self._emit_clicked(self.currentIndex(), event.modifiers())
            return
        super().keyPressEvent(event)


class LegendCard(Card):
    """`chosen`: the column to colour by; `shown`: which of its categories are visible, as a boolean array."""

    chosen = Signal(str)
    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Colour by"))
        self.column = ColourColumn()
        self.column.setAccessibleName(self.tr("Colour by"))
        self.column.chosen.connect(self.chosen)
        self.all = QPushButton(self.tr("All"))
        self.none = QPushButton(self.tr("None"))
        self.all.setToolTip(self.tr("Show every entry that is listed"))
        self.none.setToolTip(self.tr("Hide every entry that is listed"))
        for button, on in ((self.all, True), (self.none, False)):
            button.setObjectName("flat")
            button.clicked.connect(lambda _=False, on=on: self._all_listed(on))
            self.corner.addWidget(button)
        self.body.addWidget(self.column)
        self._bar = ColourBar()
        self._ends = QWidget()
        row = QHBoxLayout(self._ends)
        row.setContentsMargins(0, 0, 0, 0)
        self._low, self._chance, self._high = QLabel(), QLabel(), QLabel()
        self._chance.setToolTip(self.tr("The loss of chance predictions"))
        for label in (self._low, self._chance, self._high):
            label.setObjectName("quiet")
        row.addWidget(self._low)
        row.addStretch(1)
        row.addWidget(self._chance)
        row.addStretch(1)
        row.addWidget(self._high)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search the legend"))
        self.search.textChanged.connect(self._search)
        self._model = LegendModel(self)
        self._listed = QSortFilterProxyModel(self)
        self._listed.setSourceModel(self._model)
        self._listed.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = LegendList()
        self.list.setModel(self._listed)
        self.list.setAccessibleName(self.tr("Legend"))
        self.list.toggled.connect(lambda index: self._model.toggle(self._listed.mapToSource(index).row()))
        self.list.isolated.connect(lambda index: self.isolate(self._listed.mapToSource(index).row()))
        self._model.shownChanged.connect(lambda: self.shown.emit(self._model.shown.copy()))
        for widget in (self._bar, self._ends, self.search, self.list):
            self.body.addWidget(widget)
            widget.hide()
        self.empty = QLabel(self.tr("No sample has a value here: the data have no classes. Choose another column, or clusters."))
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.body.addWidget(self.empty)
        self.set_colouring(None)

    def set_columns(self, names: list[str], titles: list[str], current: str, reasons: Mapping[str, str] | None = None) -> None:
        """Set the columns that the map can be coloured by; `reasons`: why some of them are not available."""
        self.column.set_columns(names, titles, current, reasons)

    def set_colouring(self, colouring: Colouring | None, unit: str = "", keep: bool = False, chance: float | None = None) -> None:
        """Show the legend of a colouring. `keep`: categories with the name of a hidden one stay hidden; otherwise all are shown.
        `chance`: the chance level of the numbers, which is marked."""
        entries = colouring.entries if colouring is not None else ()
        numbers = colouring is not None and not entries and bool(colouring.palette)
        self.empty.setVisible(colouring is not None and not entries and not numbers)
        many = len(entries) > MANY
        if not many:
            self.search.clear()
        self._model.set_entries(entries, self._model.hidden if keep else frozenset())
        if not self._model.shown.all():
            self.shown.emit(self._model.shown.copy())
        self._bar.setVisible(numbers)
        self._ends.setVisible(numbers)
        self.list.setVisible(bool(entries))
        self.search.setVisible(many)
        self.search.setPlaceholderText(self.tr("Search {0} entries").format(f"{len(entries):,}"))
        for button in (self.all, self.none):
            button.setVisible(len(entries) > 1)
        if colouring is not None and numbers:
            inside = chance is not None and colouring.low <= chance <= colouring.high
            share = (chance - colouring.low) / (colouring.high - colouring.low or 1.0) if chance is not None and inside else None
            self._bar.set_colours(colouring.palette, share)
            self._chance.setText(_with_side(self.tr("chance {0}"), chance, colouring) if chance is not None else "")
            self._low.setText(number(colouring.low, 3) + unit)
            self._high.setText(number(colouring.high, 3) + unit)
        self._fit()

    def entries(self) -> tuple[Entry, ...]:
        """The entries of the legend, in order."""
        return self._model.entries

    def toggle(self, code: int) -> None:
        """Hide or show one category."""
        self._model.toggle(code)

    def isolate(self, code: int) -> None:
        """Show one category alone; show all if it is alone already."""
        self._model.isolate(code)

    def _all_listed(self, on: bool) -> None:
        listed = range(self._listed.rowCount())
        self._model.set_shown([self._listed.mapToSource(self._listed.index(row, 0)).row() for row in listed], on)

    def _search(self, text: str) -> None:
        self._listed.setFilterFixedString(text.strip())
        self._fit()

    def _fit(self) -> None:
        metrics = self.list.fontMetrics()
        longest = max((entry.name for entry in self._model.entries), key=len, default="")
        need = metrics.horizontalAdvance(longest) + metrics.horizontalAdvance("0,000") + 30
        self.list.set_room(2 if need <= (self.width() - 40) // 2 else 1, self._listed.rowCount())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use one column or two, depending on the length of the names."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the columns to a new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


def _with_side(text: str, value: float, colouring: Colouring) -> str:
    """The text with the number, and an arrow if the number is outside the range of the colour bar."""
    marked = text.format(number(value, 3))
    return f"‹ {marked}" if value < colouring.low else f"{marked} ›" if value > colouring.high else marked
