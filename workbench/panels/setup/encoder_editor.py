"""The encoder's name: this program's own and those of other packages in a list, those of timm and torchvision in a table with a
search, and a person's own in a Python file."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPalette, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHeaderView,
    QInputDialog,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.backbones.encoder_plugins import plugin_encoders
from engine.backbones.trusted_code import trust_file
from engine.catalogue import Entry, methods
from engine.config.encoder_table import LIBRARIES, OWN, EncoderRow, encoder_row, installed, search_encoders
from engine.config.errors import ConfigError
from engine.config.module_text import MOST_CHARACTERS, PLUGIN, short_module, split_module
from engine.config.small_files import read_small
from workbench.forms.editors import Combo, Editor
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

NAME = int(Qt.ItemDataRole.UserRole)
ABLE = NAME + 1
SIZE = (760, 520)  # px; less where the screen is smaller
COLUMNS = 5
FROM_FILE = "file"  # the data of the entry that asks for a Python file


class EncoderEditor(Editor):
    """Own encoders in a list; its last entries ask for a Python file, and open the table of those of the libraries."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self._entry: Entry | None = None
        self._combo = Combo()
        for name in OWN:
            self._combo.addItem(name, name)
        for row in plugin_encoders():
            self._combo.addItem(PLUGIN + row.id, PLUGIN + row.id)
        self._combo.insertSeparator(self._combo.count())
        self._combo.addItem(self.tr("A Python file…"), FROM_FILE)
        at = self._combo.count() - 1
        self._combo.setItemData(at, self.tr("A torch.nn.Module of your own. Its code will run."), Qt.ItemDataRole.ToolTipRole)
        self._combo.addItem(self.tr("timm and torchvision…"), "")
        self._adopt(self._combo)
        self._combo.activated.connect(self._activated)
        self._table: EncoderTable | None = None

    def value(self) -> Any:
        return self._name

    def set_value(self, value: Any) -> None:
        self._name = "" if value is None else str(value)
        with QSignalBlocker(self._combo):
            index = self._combo.findData(self._name) if self._name else -1
            if index < 0 and self._name:
                # One of a library, or from a config whose encoder does not exist: it is shown, and reported when it is checked.
                self._combo.insertItem(0, short_module(self._name), self._name)
                self._combo.setItemData(0, tip(self._name), Qt.ItemDataRole.ToolTipRole)
                index = 0
            self._combo.setCurrentIndex(index)
        self._mark()

    def set_method(self, entry: Entry) -> None:
        """Disable the encoders that a method cannot train, with the reason as their tooltip. The value does not change."""
        self._entry = entry
        self._mark()

    def table(self) -> EncoderTable:
        """The table that opens."""
        if self._table is None:
            self._table = EncoderTable(self)
            self._table.chosen.connect(self._chosen)
        return self._table

    def _mark(self) -> None:
        model, entry = self._combo.model(), self._entry
        assert isinstance(model, QStandardItemModel)
        for index in range(self._combo.count()):
            name = self._combo.itemData(index)
            if name and name != FROM_FILE and entry is not None:
                able = entry.trains(str(name))
                model.item(index).setEnabled(able)
                why = self.tr("{0} works only with a {1}").format(entry.title, entry.kind)
                model.item(index).setToolTip("" if able else why)

    def _activated(self, index: int) -> None:
        name = self._combo.itemData(index)
        if name and name != FROM_FILE:
            self._chosen(str(name))
            return
        self.set_value(self._name)
        if name == FROM_FILE:
            self.browse()
            return
        self.table().open_at(self.mapToGlobal(QPoint(0, self.height() + 2)), self._name, self._entry)

    def browse(self) -> None:
        """Ask for a Python file and a class in it."""
        parts = split_module(self._name)
        start = parts[0] if parts is not None else str(Path.home())
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file whose code may run"), start, "Python (*.py)")
        if path:
            self.take_file(path)

    def take_file(self, path: str) -> None:
        """Take the encoder of a Python file: its only class, or one of several that is chosen. The file's code may run from now
        on."""
        names = class_names(path)
        name, good = names[0] if names else "Encoder", True
        if len(names) > 1:
            name, good = QInputDialog.getItem(self, self.tr("Encoder"), self.tr("Class"), names, len(names) - 1, False)
        if not good:
            return
        try:
            trust_file(path)
        except ConfigError as error:
            self.setToolTip(tip(str(error)))  # the check of the settings then says that it may not run
        self.set_value(f"{path}:{name}")
        # Also where the name is the same: the file is taken as it is now.
        self.edited.emit()
        self._combo.setFocus()

    def _chosen(self, name: str) -> None:
        if name != self._name:
            self.set_value(name)
            self.edited.emit()
        self._combo.setFocus()


def class_names(path: str) -> Sequence[str]:
    """The classes at the top of a Python file, in their order; none where it cannot be read. Nothing of it is run."""
    try:
        tree = ast.parse(read_small(path, MOST_CHARACTERS))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return ()
    return tuple(node.name for node in tree.body if isinstance(node, ast.ClassDef))


class EncoderTable(QFrame):
    """The encoders of timm and torchvision with a search. `chosen` carries the name."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self._entry: Entry | None = None
        self.search_line = _Search(self)
        self.search_line.setPlaceholderText(self.tr("Search encoders: convnext tiny, vit small, …"))
        self.search_line.setAccessibleName(self.tr("Search encoders"))
        self.rows = QTableWidget(0, COLUMNS)
        self.rows.setAccessibleName(self.tr("Encoders"))
        self.rows.setHorizontalHeaderLabels(
            [self.tr("Encoder"), self.tr("Parameters, M"), self.tr("Features"), self.tr("Image, px"), self.tr("Stride, px")]
        )
        head = self.rows.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, COLUMNS):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.rows.verticalHeader().hide()
        self.rows.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setShowGrid(False)
        # Of a long name both ends tell most; the tooltip has the rest.
        self.rows.setWordWrap(False)
        self.rows.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.itemClicked.connect(lambda item: self._take(item.row()))
        self.rows.currentCellChanged.connect(self._describe)
        self.about = QLabel()
        self.about.setObjectName("quiet")
        self.about.setWordWrap(True)
        # Room for the longest text, so that the table does not move.
        self.about.setMinimumHeight(4 * self.about.fontMetrics().lineSpacing())
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.setSpacing(GAP)
        box.addWidget(self.search_line)
        box.addWidget(self.rows, 1)
        box.addWidget(self.about)
        self.resize(*SIZE)
        self.search_line.textChanged.connect(self.search)
        self.search_line.moved.connect(self._move)
        self.search_line.returnPressed.connect(lambda: self._take(self.rows.currentRow()))

    def open_at(self, position: QPoint, current: str, entry: Entry | None) -> None:
        """Show the table with `current` chosen, ready to be typed into. `entry`: the method that is to train the encoder."""
        self._entry = entry
        with QSignalBlocker(self.search_line):
            self.search_line.clear()
        self.search("")
        at = next((row for row in range(self.rows.rowCount()) if self._name(row) == current), 0)
        self.rows.setCurrentCell(at, 0)
        screen = self.screen().availableGeometry()
        self.resize(min(SIZE[0], screen.width()), min(SIZE[1], screen.height()))
        position.setX(max(screen.left(), min(position.x(), screen.right() - self.width())))
        position.setY(max(screen.top(), min(position.y(), screen.bottom() - self.height())))
        self.move(position)
        self.show()
        shown = self.rows.item(at, 0)
        if shown is not None:
            self.rows.scrollToItem(shown, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.search_line.setFocus()

    def search(self, text: str) -> int:
        """Show the encoders whose name holds every word; how many."""
        rows = search_encoders(text)
        here: dict[str, bool] = {library: installed(library) for library in LIBRARIES}
        with QSignalBlocker(self.rows):
            self.rows.setSortingEnabled(False)
            self.rows.setRowCount(len(rows))
            for at, row in enumerate(rows):
                able = here.get(row.library, False) and (self._entry is None or self._entry.trains(row.name))
                stride: Any = row.stride or "–"
                for column, value in enumerate((row.name, round(row.parameters / 1e6, 1), row.dim, row.size, stride)):
                    self.rows.setItem(at, column, _item(value, row.name, able))
            self.rows.setSortingEnabled(True)
            self.rows.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        if rows:
            self.rows.setCurrentCell(0, 0)
        self._describe(self.rows.currentRow() if rows else -1)
        return len(rows)

    def _describe(self, at: int, *rest: int) -> None:
        name = self._name(at)
        row = encoder_row(name) if name else None
        self.about.setText(self.words(row) if row is not None else self.tr("No encoder matches."))

    def words(self, row: EncoderRow) -> str:
        """What is to be known of an encoder before it is chosen: which methods cannot train it and why, and whether its library is
        installed."""
        lines = []
        if not installed(row.library):
            lines.append(self.tr("{0} is not installed. To train its encoders: pip install {0}").format(row.library))
        unable = [entry for entry in methods() if not entry.trains(row.name)]
        names = ", ".join(entry.title for entry in unable)
        if not row.tokens:
            why = self.tr(
                "These need a token for each patch, with a position of its own; most of them mask patches inside the encoder."
            )
            lines.append(self.tr("Every method can train it but {0}.").format(names) + " " + why)
        elif unable:
            lines.append(self.tr("A ViT with tokens: every method can train it but {0}.").format(names))
        return "\n".join([f"{row.name}", *lines])

    def _name(self, at: int) -> str:
        item = self.rows.item(at, 0) if at >= 0 else None
        return "" if item is None else str(item.data(NAME))

    def _move(self, by: int) -> None:
        at = self.rows.currentRow() + by
        if 0 <= at < self.rows.rowCount():
            self.rows.setCurrentCell(at, 0)

    def _take(self, at: int) -> None:
        item = self.rows.item(at, 0) if at >= 0 else None
        if item is not None and item.data(ABLE):
            self.hide()
            self.chosen.emit(self._name(at))


class _Search(QLineEdit):
    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)


def _item(value: Any, name: str, able: bool) -> QTableWidgetItem:
    """A cell; a number is sorted as one."""
    item = QTableWidgetItem()
    item.setData(Qt.ItemDataRole.DisplayRole, value)
    item.setData(NAME, name)
    # One that cannot be taken is not disabled in Qt's sense: it is chosen to read why.
    item.setData(ABLE, able)
    item.setToolTip(tip(name))
    if not isinstance(value, str) or value == "–":
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if not able:
        item.setForeground(QGuiApplication.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
    return item
