"""Several chosen runs: in which settings they differ, and what each came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QStackedLayout, QTreeWidget, QTreeWidgetItem, QWidget

from engine.config.difference import ABSENT, KeyRow, difference, equal, to_markdown, written
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.run_questions import ReadConfigs
from workbench.models import columns
from workbench.models.runs import RunRow
from workbench.plots.swatch import dot_icon

MOST = 12  # runs side by side
FEW = 3  # that share the width
_HIGHER = ("best", "gain", columns.EVALUATION)


class ComparedRuns(QWidget):
    """A column a run, a row a setting: those that differ first, what differs from the first run in bold, then the figures, and
    folded away what is the same in all. `compared`: the settings have come."""

    compared = Signal()

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._rows: list[RunRow] = []
        self._configs: dict[str, Mapping[str, Any]] = {}
        self._stamps: dict[str, int] = {}
        self._keys: tuple[KeyRow, ...] = ()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Settings in which the chosen runs differ"))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(12)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setStyleSheet(
            "QTreeView::item { padding: 2px 4px; } QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self._words = QLabel()
        self._words.setObjectName("quiet")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._words)
        theme.changed.connect(self._fill)

    @property
    def state(self) -> str:
        """How many settings differ, for the card's head."""
        if not self._keys:
            return ""
        count = sum(not row.same for row in self._keys)
        return self.tr("1 setting differs") if count == 1 else self.tr("{0} settings differ").format(count)

    def show_runs(self, rows: Sequence[RunRow]) -> None:
        """Compare these runs, the first with the others."""
        rows = list(rows)[:MOST]
        same = [row.key for row in rows] == [row.key for row in self._rows]
        self._rows = rows
        missing = [row.key for row in rows if self._stamps.get(row.key) != row.config_time and row.folder]
        if missing:
            stamps = {row.key: row.config_time for row in rows}

            def came(configs: dict[str, Mapping[str, Any]]) -> None:
                self._configs.update(configs)
                self._stamps.update({key: stamps[key] for key in configs})
                self._compare()

            if not same:
                self._words.setText(self.tr("Reading the settings…"))
                self._stack.setCurrentIndex(1)
            self._ask(ReadConfigs(tuple(missing), "difference"), came, self._failed)
            return
        self._compare()

    def markdown(self) -> str:
        """The differences and the figures as a table for a text."""
        figures = self._figures()
        texts = {columns.title_of(name): [self._figure(name, value) for value in values] for name, values in figures.items()}
        return to_markdown([row.title for row in self._rows], self._keys, texts)

    def copy(self) -> None:
        """The table to the clipboard."""
        QGuiApplication.clipboard().setText(self.markdown())

    def _failed(self, message: str) -> None:
        self._words.setText(message)
        self._stack.setCurrentIndex(1)

    def _compare(self) -> None:
        configs = [self._configs.get(row.key, {}) for row in self._rows]
        self._keys = difference(configs) if len(configs) > 1 else ()
        kept = {row.key for row in self._rows}
        for key in [key for key in self._configs if key not in kept]:
            del self._configs[key]
            del self._stamps[key]
        self._fill()
        self.compared.emit()

    def _figures(self) -> dict[str, list[float | None]]:
        per_run = [columns.figures_of(row) for row in self._rows]
        names = dict.fromkeys(name for figures in per_run for name in figures)
        return {name: [figures.get(name) for figures in per_run] for name in names}

    def _figure(self, name: str, value: float | None) -> str:
        return "–" if value is None else columns.figure_text(name, value)

    def _fill(self) -> None:
        if not self._rows:
            return
        tree, palette = self.tree, theme.current()
        last = tree.topLevelItem(tree.topLevelItemCount() - 1)
        open = last is not None and last.isExpanded()
        tree.clear()
        tree.setColumnCount(len(self._rows) + 1)
        head = QTreeWidgetItem([self.tr("Setting"), *(row.title for row in self._rows)])
        for column, row in enumerate(self._rows, start=1):
            head.setIcon(column, dot_icon(palette.run_colour(row.hue)))
            head.setToolTip(column, row.folder or row.title)
        tree.setHeaderItem(head)
        tree.setColumnWidth(0, 168)
        for column in range(1, len(self._rows) + 1):
            tree.setColumnWidth(column, 118)
            mode = QHeaderView.ResizeMode.Stretch if len(self._rows) <= FEW else QHeaderView.ResizeMode.Interactive
            tree.header().setSectionResizeMode(column, mode)
        quiet, bold = QBrush(QColor(palette.quiet)), QFont(tree.font())
        bold.setBold(True)
        differing = [row for row in self._keys if not row.same]
        if not differing:
            none = QTreeWidgetItem(tree, [self.tr("No setting differs")])
            none.setForeground(0, quiet)
            none.setFirstColumnSpanned(True)
        for setting in differing:
            item = self._item(tree, setting, quiet)
            for column, value in enumerate(setting.values, start=1):
                if not equal(value, setting.values[0]):
                    item.setFont(column, bold)
        self._section(self.tr("Figures"), quiet)
        for name, values in self._figures().items():
            item = QTreeWidgetItem(tree, [columns.title_of(name), *(self._figure(name, value) for value in values)])
            most = max((value for value in values if value is not None), default=None)
            for column, value in enumerate(values, start=1):
                if value is not None and value == most and name.startswith(_HIGHER) and len(set(values)) > 1:
                    item.setFont(column, bold)
        same = [row for row in self._keys if row.same]
        fold = self._section(self.tr("The same in all: {0}").format(len(same)), quiet)
        for setting in same:
            self._item(fold, setting, quiet)
        fold.setExpanded(open)
        self._stack.setCurrentIndex(0)

    def _item(self, parent: QTreeWidget | QTreeWidgetItem, setting: KeyRow, quiet: QBrush) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [setting.key, *(written(value) for value in setting.values)])
        item.setToolTip(0, setting.key)
        for column, value in enumerate(setting.values, start=1):
            item.setToolTip(column, written(value))
            if value is ABSENT:
                item.setForeground(column, quiet)
        return item

    def _section(self, words: str, quiet: QBrush) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [words])
        item.setFirstColumnSpanned(True)
        item.setForeground(0, quiet)
        return item
