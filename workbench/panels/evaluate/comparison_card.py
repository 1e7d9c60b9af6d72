"""All runs that were evaluated on the same data, beside each other: dots a figure, and the table behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableWidget, QTableWidgetItem, QToolButton, QWidget

from engine.config.run_name import SEPARATOR
from workbench.figures.figure_data import FigureSource
from workbench.i18n.figure_names import figure_name, short_name
from workbench.panels.evaluate.comparison_figure import comparison_source
from workbench.panels.evaluate.evaluation_text import FIGURES, Line, as_csv, as_markdown, best_of, percent, signed, with_error
from workbench.plots.dot_rows import DotRows, RowDot
from workbench.plots.swatch import dot_icon
from workbench.theme.palette import SMALL_PX
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState
from workbench.widgets.figure_button import FigureButton

ROW = 26
PAD = 4  # px at both sides of a head
DOT = 12  # px
KEY = int(Qt.ItemDataRole.UserRole)
SORT = KEY + 1


class _Item(QTableWidgetItem):
    """A cell that sorts by a number, those without one last."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        mine, theirs = self.data(SORT), other.data(SORT)
        if mine is None and theirs is None:
            return self.text().lower() < other.text().lower()
        return (-math.inf if mine is None else float(mine)) < (-math.inf if theirs is None else float(theirs))


class CompareCard(Card):
    """`chosen` carries the key of the run whose dot or line was clicked; `figureRequested`: make a figure."""

    chosen = Signal(str)
    figureRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Evaluated runs"))
        self._lines: tuple[Line, ...] = ()
        self._data = ""
        self._key = ""
        self._chance: float | None = None
        self._sorted = False
        self.chart = DotRows()
        self.chart.setAccessibleName(self.tr("Dot plot of the results of all evaluated runs; the table below has the same numbers"))
        self.chart.clicked.connect(self.chosen)
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("Results of all evaluated runs"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.setShowGrid(False)
        # Six shares with their errors leave the run's name its room.
        self.table.setStyleSheet(f"QTableView::item {{ padding: 2px {PAD // 2}px; }}")
        self.table.setIconSize(QSize(DOT, DOT))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setStyleSheet(f"QHeaderView::section {{ padding: 4px {PAD}px; }}")
        self.table.horizontalHeader().setMinimumSectionSize(40)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._write_heads)
        self.table.itemSelectionChanged.connect(self._selected)
        self.empty = EmptyState(*FIRST_STEPS)
        self.copy = QToolButton()
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the table of these runs"))
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.copy)
        menu.addAction(self.tr("As Markdown")).triggered.connect(self.copy_markdown)
        menu.addAction(self.tr("As CSV")).triggered.connect(self.copy_csv)
        self.copy.setMenu(menu)
        self.corner.addWidget(self.copy)
        self.figure_button = FigureButton()
        self.figure_button.clicked.connect(self.figureRequested)
        self.corner.addWidget(self.figure_button)
        self.body.addWidget(self.chart)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)
        self.show_lines((), "", 0, "", None)

    def show_lines(self, lines: Sequence[Line], data: str, others: int, key: str, chance: float | None) -> None:
        """The runs on `data`, one of them chosen; `others`: evaluated runs on other data; `chance`: the share that is right for who
        names the most frequent class."""
        self._lines, self._data, self._key, self._chance = tuple(lines), data, key, chance
        for part in (self.chart, self.table, self.copy, self.figure_button):
            part.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        if not lines:
            self.set_state("")
            self.empty.show_text(
                self.tr(
                    "No run is evaluated yet. Choose one on the left, tick what to measure and press Evaluate. Its results are "
                    "kept here."
                )
                if not others
                else self.tr("{0} runs on other data are evaluated. Evaluate this run to compare those on its data.").format(
                    others
                ),
                *(() if others or key else FIRST_STEPS),
            )
            return
        words = self.tr("{0} on {1}, in %").format(len(lines), data)
        if others:
            words = self.tr("{0} on {1}, in %; {2} on other data left out").format(len(lines), data, others)
        self.set_state(
            words,
            self.tr(
                "Test accuracy ± its standard error; the best of each column is bold. Results on different data cannot be compared."
            ),
        )
        self._draw(chance)
        self._fill()

    def choose(self, key: str) -> None:
        """Another run is the chosen one."""
        self._key = key
        self.table.blockSignals(True)
        self.table.clearSelection()
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.data(KEY) == key:
                index = self.table.model().index(row, 0)
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.blockSignals(False)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def figure_source(self, configs: Mapping[str, Mapping[str, Any] | None]) -> FigureSource | None:
        """The dots as they are shown. `configs`: the settings of the runs by key, None where they are not known."""
        return comparison_source(self._lines, self._data, self._chance, configs)

    @property
    def in_order(self) -> list[Line]:
        """What is shown, as the table is sorted."""
        by_key = {line.key: line for line in self._lines}
        return [
            by_key[str(item.data(KEY))] for row in range(self.table.rowCount()) if (item := self.table.item(row, 0)) is not None
        ]

    @property
    def parts(self) -> list[str]:
        """The figures that any of the runs has."""
        return [part for part in FIGURES if any(part in line.trained for line in self._lines)]

    def copy_markdown(self) -> None:
        """The table onto the clipboard, for a page."""
        words = self.tr(
            "{0}: test accuracy in % ± its standard error; in brackets the gain over the same encoder untrained; the best in bold."
        )
        QGuiApplication.clipboard().setText(as_markdown(self.in_order, words.format(self._data)))

    def copy_csv(self) -> None:
        """The table onto the clipboard, for a program."""
        QGuiApplication.clipboard().setText(as_csv(self.in_order))

    def _draw(self, chance: float | None) -> None:
        parts, dots = self.parts, list[RowDot]()
        for line in self._lines:
            for part, value in line.trained.items():
                if part not in parts:
                    continue
                gain = signed(value - line.untrained[part])
                words = self.tr("{0}\n{1}: {2}, {3} over untrained").format(line.title, figure_name(part), percent(value), gain)
                dots.append(RowDot(parts.index(part), value, line.colour, line.key, words))
                if line.key == self._key:
                    words = self.tr("{0}, untrained\n{1}: {2}")
                    tooltip = words.format(line.title, figure_name(part), percent(line.untrained[part]))
                    dots.append(RowDot(parts.index(part), line.untrained[part], line.colour, line.key, tooltip, hollow=True))
        self.chart.show_dots([figure_name(part) for part in parts], dots, self._key, chance)

    def _fill(self) -> None:
        parts, table, best = self.parts, self.table, best_of(self._lines)
        table.blockSignals(True)
        table.setSortingEnabled(False)
        table.setColumnCount(1 + len(parts))
        table.setRowCount(len(self._lines))
        for row, line in enumerate(self._lines):
            # All are on the same data, which the card's head names.
            name = _Item(
                line.title.replace(f"{SEPARATOR}{self._data}{SEPARATOR}", SEPARATOR).removesuffix(f"{SEPARATOR}{self._data}")
            )
            name.setData(KEY, line.key)
            name.setToolTip(f"{line.title}\n{line.method}\n{line.key}")
            name.setIcon(dot_icon(line.colour))
            table.setItem(row, 0, name)
            for column, part in enumerate(parts, start=1):
                table.setItem(row, column, self._cell(line, part, best.get(part)))
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1 + len(parts)):
            item = QTableWidgetItem()
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(figure_name(parts[column - 1]) if column else "")
            table.setHorizontalHeaderItem(column, item)
        if not self._sorted:
            # The best first, until a person sorts otherwise.
            self._sorted = True
            head.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        table.setSortingEnabled(True)
        # Qt's arrow would lie over a right-aligned head: an arrow among its words does not.
        head.setSortIndicatorShown(False)
        table.blockSignals(False)
        self._write_heads()
        self.choose(self._key)

    def _write_heads(self) -> None:
        """What the columns are called and which one sorts. Figures as narrow as their words, the run's name with what is left."""
        head, table = self.table.horizontalHeader(), self.table
        words = [self.tr("Run"), *(short_name(part) for part in self.parts)]
        if table.columnCount() != len(words):
            return
        font = QFont(head.font())
        font.setPixelSize(SMALL_PX)
        metrics = QFontMetrics(font)
        down = head.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        for column, text in enumerate(words):
            label = f"{text} {'↓' if down else '↑'}" if column == head.sortIndicatorSection() else text
            item = table.horizontalHeaderItem(column)
            if item is not None:
                item.setText(label)
            if column:
                wide = metrics.horizontalAdvance(label) + 2 * PAD + 4
                table.setColumnWidth(column, max(wide, table.sizeHintForColumn(column)))

    def _cell(self, line: Line, part: str, best: float | None) -> _Item:
        value = line.trained.get(part)
        item = _Item("–" if value is None else with_error(value, line.error(part)) + ("*" if part in line.stale else ""))
        item.setData(SORT, value)
        item.setData(KEY, line.key)
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if value is not None:
            notes = [self.tr("{0} over the same encoder untrained").format(signed(value - line.untrained[part]))]
            if line.images:
                low, high = line.interval(part)
                span = self.tr("95 % interval: {0} to {1}, from {2} test images")
                notes.append(span.format(percent(low), percent(high), f"{line.images:,}"))
            if part in line.stale:
                notes.append(self.tr("Measured on an older checkpoint than the run's last"))
            if value == best:
                notes.append(self.tr("The best of these runs"))
                font = QFont(self.table.font())
                font.setBold(True)
                item.setFont(font)
            item.setToolTip("\n".join(notes))
        return item

    def _selected(self) -> None:
        items = self.table.selectedItems()
        if items and items[0].data(KEY) != self._key:
            self.chosen.emit(str(items[0].data(KEY)))
