"""The editor of `data.source`: a button with the chosen data, which opens a list of recent data, of named sets, and of a path that
is typed; a folder or a file can also be browsed for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.config.small_files import expanded
from engine.data.columns import in_words
from engine.data.source_table import Source, available, find, sources
from workbench.forms.editors import Editor
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup.data_words import about_source, column_names, megabytes, source_title
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.elided_label import ElidedLabel

SOURCE = int(Qt.ItemDataRole.UserRole)
SIZE = (520, 560)  # px; less where the screen is smaller
MOST_RECENT = 8
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def with_recent(recent: Sequence[str], source: str) -> tuple[str, ...]:
    """Recent data with `source` as the newest. Named sets are not among them: they are listed anyway."""
    if not source or find(source) is not None:
        return tuple(recent)
    return (source, *(one for one in recent if one != source))[:MOST_RECENT]


def is_path(text: str) -> bool:
    """Whether a typed text is meant as a path: it has a separator, or begins with "~" or "."."""
    return any(mark in text for mark in ("/", "\\")) or text.startswith(("~", "."))


class DataEditor(Editor):
    """The chosen data; a click opens the list of all. `recent`: folders and files that were chosen before, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._source = ""
        self.root = ""  # `data.root`, where downloaded sets lie
        self.recent: tuple[str, ...] = ()
        self._button = QPushButton()
        self._button.setObjectName("choice")
        self._button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = self._adopt(self._button)
        browse = QToolButton()
        browse.setText("…")
        browse.setObjectName("small")
        browse.setAccessibleName(self.tr("Browse for images"))
        browse.setToolTip(self.tr("A folder of images, or an .npz or .tar file"))
        browse.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(browse)
        menu.addAction(self.tr("Folder of images…")).triggered.connect(self.browse_folder)
        menu.addAction(self.tr(".npz or .tar file…")).triggered.connect(self.browse_file)
        browse.setMenu(menu)
        row.addWidget(browse)
        self._list: DataList | None = None
        self._button.clicked.connect(self._open)

    def value(self) -> Any:
        return self._source

    def set_value(self, value: Any) -> None:
        self._source = "" if value is None else str(value).strip()
        self._write()

    def choose(self, source: str) -> None:
        """As if a person had chosen these data."""
        if source and source != self._source:
            self.set_value(source)
            self.edited.emit()

    def list(self) -> DataList:
        """The list that opens."""
        if self._list is None:
            self._list = DataList(self)
            self._list.chosen.connect(self._chosen)
            self._list.folderAsked.connect(self.browse_folder)
            self._list.fileAsked.connect(self.browse_file)
        return self._list

    def browse_folder(self) -> None:
        """Ask for a folder."""
        self.choose(QFileDialog.getExistingDirectory(self, self.tr("A folder of images"), self._start()))

    def browse_file(self) -> None:
        """Ask for a file with many images in it."""
        title, kinds = (
            self.tr("Images in a file"),
            self.tr("NumPy archives, WebDataset shards, tables (*.npz *.tar *.parquet *.arrow)"),
        )
        self.choose(QFileDialog.getOpenFileName(self, title, self._start(), kinds)[0])

    def _start(self) -> str:
        """Where browsing begins: beside the newest folder or file."""
        return str(Path(self.recent[0]).parent) if self.recent else str(Path.home())

    def _open(self) -> None:
        popup = self.list()
        popup.fill(self.recent, self.root)
        popup.open_at(self._button.mapToGlobal(QPoint(0, self._button.height() + 2)), self._source)

    def _chosen(self, source: str) -> None:
        self.choose(source)
        self._button.setFocus()

    def _write(self) -> None:
        row = find(self._source)
        text = row.title if row is not None else self._source
        # Of a path the end says which it is.
        mode = Qt.TextElideMode.ElideRight if row is not None else Qt.TextElideMode.ElideLeft
        room = max(40, self._button.width() - 24)
        self._button.setText(self._button.fontMetrics().elidedText(text, mode, room).replace("&", "&&"))
        self._button.setToolTip(tip(engine_text(row.line) if row is not None else self._source))
        self._button.setAccessibleDescription(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._write()


class DataList(QFrame):
    """Recent data and all named sets, with a search; a path can be typed. `chosen` carries a `data.source`."""

    chosen = Signal(str)
    folderAsked = Signal()
    fileAsked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._recent: tuple[str, ...] = ()
        self._root = ""
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search sets, or type a path"))
        self._search.setAccessibleName(self.tr("Search data"))
        self._search.installEventFilter(self)
        self._items = QListWidget()
        self._items.setAccessibleName(self.tr("Data"))
        self._items.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._items.itemClicked.connect(self._take)
        folder = QPushButton(self.tr("Folder of images…"))
        folder.clicked.connect(lambda: self._ask(self.folderAsked))
        file = QPushButton(self.tr(".npz or .tar file…"))
        file.clicked.connect(lambda: self._ask(self.fileAsked))
        drop = _label(self.tr("or drop it on the window"), "quiet")
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for widget in (folder, file, drop):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.setSpacing(GAP)
        box.addWidget(self._search)
        box.addWidget(self._items, 1)
        box.addLayout(buttons)
        self.resize(*SIZE)
        self._search.textChanged.connect(self.search)
        self._search.returnPressed.connect(lambda: self._take(self._items.currentItem()))

    def fill(self, recent: Sequence[str], root: str = "") -> None:
        """Show these recent data, and the named sets as they are on this machine now. `root`: `data.root`."""
        self._recent, self._root = tuple(recent), root
        self._search.clear()
        self.search("")

    def open_at(self, position: QPoint, current: str) -> None:
        """Show the list with `current` chosen, ready to be typed into."""
        for at in range(self._items.count()):
            if self._items.item(at).data(SOURCE) == current:
                self._items.setCurrentRow(at)
        screen = self.screen().availableGeometry()
        self.resize(min(SIZE[0], screen.width()), min(SIZE[1], screen.height()))
        position.setX(min(position.x(), screen.right() - self.width()))
        position.setY(max(screen.top(), min(position.y(), screen.bottom() - self.height())))
        self.move(position)
        self.show()
        self._items.scrollToItem(self._items.currentItem())
        self._search.setFocus()

    def search(self, text: str) -> int:
        """Show the data that hold every word, and a typed path; how many."""
        text = text.strip()
        words = text.lower().split()
        self._items.clear()
        if is_path(text):
            self._section(self.tr("This path"), [self._path_row(text)])
        here: list[Source] = []
        away: list[Source] = []
        for row in sources():
            beside = [in_words(row.columns), *column_names(row.columns)]
            parts = " ".join([row.id, row.title, row.line, engine_text(row.line), *beside, row.package]).lower()
            if all(word in parts for word in words):
                (here if available(row, self._root) else away).append(row)
        recent = [source for source in self._recent if all(word in source.lower() for word in words)]
        self._section(self.tr("Recent"), [self._path_row(source) for source in recent])
        self._section(self.tr("On this machine"), [self._set_row(row, here=True) for row in here])
        self._section(self.tr("To be downloaded"), [self._set_row(row, here=False) for row in away])
        rows = [at for at in range(self._items.count()) if self._items.item(at).data(SOURCE)]
        if rows:
            self._items.setCurrentRow(rows[0])
        else:
            self._add(_padded(_label(self.tr("No set matches. A path has a / in it."), "quiet")), "", "")
        return len(rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search move in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            QApplication.sendEvent(self._items, event)
            return True
        return super().eventFilter(watched, event)

    # Rows

    def _section(self, title: str, rows: Iterable[tuple[str, QWidget, str]]) -> None:
        listed = list(rows)
        if listed:
            self._add(_padded(_label(f"{title} · {len(listed)}", "quiet"), WIDE_GAP), title, "")
        for source, widget, words in listed:
            self._add(widget, words, source)

    def _set_row(self, row: Source, here: bool) -> tuple[str, QWidget, str]:
        size = self.tr("built in") if row.kind == "embedded" and not row.package else row.package
        if row.kind == "download":
            size = self.tr("here") if here else megabytes(row)
        return row.id, _row(row.title, size, f"{about_source(row)} · {engine_text(row.line)}", here), f"{row.title}, {size}"

    def _path_row(self, source: str) -> tuple[str, QWidget, str]:
        path = expanded(source)
        return source, _row(source_title(source) or source, "", str(path.parent), True), source

    def _add(self, widget: QWidget, words: str, source: str) -> None:
        """A line of the list; one without a source cannot be chosen."""
        item = QListWidgetItem()
        item.setData(SOURCE, source)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        if not source:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(0, widget.sizeHint().height()))
        self._items.addItem(item)
        self._items.setItemWidget(item, widget)

    def _take(self, item: QListWidgetItem | None) -> None:
        source = item.data(SOURCE) if item is not None else None
        if source:
            self.hide()
            self.chosen.emit(source)

    def _ask(self, signal: Any) -> None:
        self.hide()
        signal.emit()


def _row(title: str, size: str, line: str, here: bool) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    box = QVBoxLayout(row)
    box.setContentsMargins(GAP, 5, GAP, 5)
    box.setSpacing(1)
    name = ElidedLabel()
    name.setObjectName("strong")
    name.set_full_text(title)
    head = QHBoxLayout()
    head.setSpacing(GAP)
    head.addWidget(name, 1)
    if size:
        head.addWidget(_label(size, "tag" if here else "warningTag"))
    about = ElidedLabel()
    about.setObjectName("quiet")
    about.set_full_text(line)
    box.addLayout(head)
    box.addWidget(about)
    return row


def _padded(label: QLabel, top: int = 6) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(GAP, top, GAP, 2)
    row.addWidget(label)
    return box


def _label(text: str, look: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    return label
