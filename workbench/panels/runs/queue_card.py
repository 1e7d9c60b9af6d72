"""The queue below the list of runs: the waiting runs in order, with their expected times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.config.run_name import elided
from workbench import theme
from workbench.models.queue_entries import QueueEntry, seconds_text, total, total_text
from workbench.theme.palette import GAP, SMALL_PX, mix
from workbench.theme.plain import tip
from workbench.widgets.card import Card

translate = QCoreApplication.translate

ROW = 26
MOST_ROWS = 5  # that are visible without scrolling
ENTRY = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class QueueCard(Card):
    """Hidden while the queue is empty. Entries are reordered by dragging or with Alt and an arrow key, removed with Del, edited
    with Enter. `reordered`: the keys of all jobs in their new order; `removed`: keys; `edited`: a key."""

    reordered = Signal(list)
    removed = Signal(list)
    edited = Signal(str)
    editCancelled = Signal()
    startAsked = Signal()
    stopAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Queue"))
        self._entries: list[QueueEntry] = []
        self._folded = False
        self.list = _List()
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setAccessibleName(self.tr("Runs in the queue"))
        self.list.reordered.connect(self.reordered)
        self.list.removeAsked.connect(lambda: self.removed.emit(self.list.chosen()))
        self.list.editAsked.connect(self._edit)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self._editing = QLabel(self.tr("One entry is edited in Prepare: Start puts it back."))
        self._editing.setObjectName("quiet")
        self._editing.setWordWrap(True)
        self.cancel_button = QPushButton(self.tr("Cancel editing"))
        self.cancel_button.setObjectName("flat")
        self.cancel_button.clicked.connect(self.editCancelled)
        self.start_button = QPushButton(self.tr("Start the queue"))
        self.start_button.setToolTip(tip(self.tr("Train these runs one after another")))
        self.start_button.clicked.connect(self.startAsked)
        self.stop_button = QPushButton(self.tr("Stop all"))
        self.stop_button.setToolTip(
            tip(self.tr("Stop the current run after its step, with a checkpoint, and keep the queue. Start the queue to go on."))
        )
        self.stop_button.clicked.connect(self.stopAsked)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for button in (self.start_button, self.stop_button):
            button.setStyleSheet("padding: 4px 8px;")
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addWidget(self.list)
        self.body.addWidget(self._editing)
        self.body.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(buttons)
        theme.changed.connect(self.list.viewport().update)
        self.hide()

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        """The entries that are shown."""
        return tuple(self._entries)

    def show_entries(self, entries: Sequence[QueueEntry], left: float | None = 0.0) -> None:
        """Show the queue. `left`: the remaining seconds of the run that trains, 0 for none, None where unknown."""
        entries = list(entries)
        if entries != self._entries:
            self._fill(entries)
        count = f"{len(entries):,}"
        self.set_state(
            f"{count} · {total_text(total((*(entry.seconds for entry in entries), left)))}",
            self.tr(
                "Expected time until the queue is done, with the rest of the run that trains: from past runs with the same "
                "settings, else from the measurement in Prepare. Without either it is unknown."
            ),
        )
        editing = any(entry.edited for entry in entries)
        self._editing.setVisible(editing)
        self.cancel_button.setVisible(editing)
        self.start_button.setVisible(any(entry.held and not entry.edited for entry in entries))
        self.stop_button.setVisible(any(not entry.held for entry in entries))
        self.setVisible(bool(entries) and not self._folded)

    def set_folded(self, folded: bool) -> None:
        """Hide the queue while the list of runs is folded."""
        self._folded = folded
        self.setVisible(bool(self._entries) and not folded)

    def _fill(self, entries: list[QueueEntry]) -> None:
        view = self.list
        chosen, current = set(view.chosen()), view.current()
        if [entry.key for entry in entries] == [entry.key for entry in self._entries]:
            for row, entry in enumerate(entries):
                item = view.item(row)
                assert isinstance(item, _Item)
                item.entry = entry
            view.viewport().update()
        else:
            view.clear()
            for entry in entries:
                view.addItem(_Item(entry))
            for row, entry in enumerate(entries):
                if entry.key == current:
                    view.setCurrentRow(row)
            for row, entry in enumerate(entries):
                if entry.key in chosen:
                    view.item(row).setSelected(True)
        self._entries = entries
        view.setFixedHeight(ROW * min(len(entries), MOST_ROWS) + 2)

    def _edit(self) -> None:
        entry = next((entry for entry in self._entries if entry.key == self.list.current()), None)
        if entry is not None and entry.new:
            self.edited.emit(entry.key)

    def _menu(self, position: QPoint) -> None:
        key, count = self.list.current(), len(self._entries)
        row = next((row for row, entry in enumerate(self._entries) if entry.key == key), -1)
        if row < 0:
            return
        if not self.list.viewport().rect().contains(position):
            position = self.list.visualItemRect(self.list.item(row)).bottomLeft()
        menu = QMenu(self)
        for text, target in (
            (self.tr("To the top"), 0),
            (self.tr("Up (Alt+↑)"), row - 1),
            (self.tr("Down (Alt+↓)"), row + 1),
            (self.tr("To the end"), count - 1),
        ):
            action = menu.addAction(text)
            action.setEnabled(target != row and 0 <= target < count)
            action.triggered.connect(lambda _=False, target=target: self.list.move_current(target))
        menu.addSeparator()
        edit = menu.addAction(self.tr("Edit in Prepare (Enter)"))
        edit.setEnabled(self._entries[row].new)
        edit.triggered.connect(self._edit)
        menu.addAction(self.tr("Remove (Del)")).triggered.connect(lambda: self.removed.emit(self.list.chosen()))
        every = menu.addAction(self.tr("Remove all"))
        every.triggered.connect(lambda: self.removed.emit([entry.key for entry in self._entries]))
        menu.exec(self.list.viewport().mapToGlobal(position))


class _List(QListWidget):
    """The entries. The caller reorders the queue when `reordered` asks for it, and shows the new order."""

    reordered = Signal(list)
    removeAsked = Signal()
    editAsked = Signal()
    _dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._dropped.connect(lambda: self.reordered.emit(self.keys()), Qt.ConnectionType.QueuedConnection)
        self.itemDoubleClicked.connect(lambda _: self.editAsked.emit())

    def current(self) -> str:
        """The key of the entry with the cursor; "" for none."""
        item = self.currentItem()
        return str(item.data(ENTRY).key) if item is not None else ""

    def keys(self) -> list[str]:
        """The keys of all entries, in order."""
        return [self.item(row).data(ENTRY).key for row in range(self.count())]

    def move_current(self, row: int) -> None:
        """Ask for the entry with the cursor to be moved to a row."""
        keys = self.keys()
        keys.remove(self.current())
        keys.insert(row, self.current())
        self.reordered.emit(keys)

    def chosen(self) -> list[str]:
        """The keys of the selected entries, from the top down."""
        return [item.data(ENTRY).key for row in range(self.count()) if (item := self.item(row)).isSelected()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow key moves the entry with the cursor, Del removes the selected ones, Enter edits."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        row = self.currentRow()
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if row >= 0 and 0 <= row + step < self.count():
                self.move_current(row + step)
        elif event.key() == Qt.Key.Key_Delete and self.chosen():
            self.removeAsked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0 and not event.modifiers():
            self.editAsked.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Entries were dragged to another row. The list must not be filled again before Qt is done with the drop."""
        super().dropEvent(event)
        self._dropped.emit()


class _Item(QListWidgetItem):
    """An entry of the queue. Its texts are made when they are needed: there may be a thousand."""

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__()
        self.entry = entry

    def data(self, role: int) -> Any:
        """The entry, or its title, time and state in words."""
        if role == ENTRY:
            return self.entry
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = [self.entry.title, translate("Queue", "Expected time: {0}").format(seconds_text(self.entry.seconds))]
            words += [_held_text(self.entry)] if self.entry.held else []
            return ", ".join(words) if role == Qt.ItemDataRole.AccessibleTextRole else tip("\n".join(words))
        return super().data(role)


def _held_text(entry: QueueEntry) -> str:
    if entry.edited:
        return translate("Queue", "is edited in Prepare")
    return translate("Queue", "waits until the queue is started")


class _Delegate(QStyledItemDelegate):
    """An entry: its number, its colour, its title and its expected time; what is held is quieter."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry: QueueEntry = index.data(ENTRY)
        palette, rect = theme.current(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(palette.card, palette.accent, 0.18 if palette.dark else 0.12)))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(QColor(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), 6, 6)
        colour = QColor(palette.run_colour(entry.hue))
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.left() + 6, rect.center().y() - 4, 8, 8)
        small = QFont(painter.font())
        small.setPixelSize(SMALL_PX)
        painter.setPen(QColor(palette.quiet))
        plain = painter.font()
        painter.setFont(small)
        time = "?" if entry.seconds is None else seconds_text(entry.seconds)  # the tooltip has the word
        width = painter.fontMetrics().horizontalAdvance(time)
        right = rect.right() - 4
        centre = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(right - width, rect.top(), width, rect.height()), centre, time)
        painter.setFont(plain)
        painter.setPen(QColor(palette.accent if entry.edited else palette.quiet if entry.held else palette.text))
        left = rect.left() + 22
        room = right - width - GAP - left
        title = elided(entry.title, room, painter.fontMetrics().horizontalAdvance)
        painter.drawText(QRect(left, rect.top(), room, rect.height()), centre, title)
        painter.restore()
