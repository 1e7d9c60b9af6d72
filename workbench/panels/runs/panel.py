"""The list of runs at the left, shared by all workspaces."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench import theme
from workbench.models.runs import RunRow, RunsModel
from workbench.models.runs_order import RunsOrder, in_queue
from workbench.panels.runs.filter_field import FilterField
from workbench.panels.runs.queue_card import QueueCard
from workbench.panels.runs.row_delegate import RunDelegate
from workbench.panels.runs.run_actions import fill_menu
from workbench.plots.swatch import dot_icon
from workbench.theme.palette import GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import EmptyState

STRIP = 44  # px, the width of the folded list
WIDEST = 16_777_215  # of any widget


class RunsPanel(QWidget):
    """Filter, list, queue and "New run"; folded, a strip with the colours of the runs. `selected` carries the key of the chosen
    run, or nothing; `commandAsked` the id of a row of RUN_ACTIONS and a run's key. A run that a filter hides stays chosen."""

    selected = Signal(str)
    newAsked = Signal()
    commandAsked = Signal(str, str)
    foldAsked = Signal()

    SHORTCUTS = (
        (QT_TRANSLATE_NOOP("Window", "Show or hide the chosen run"), QT_TRANSLATE_NOOP("Window", "Space")),
        (QT_TRANSLATE_NOOP("Window", "Delete the chosen run"), QT_TRANSLATE_NOOP("Window", "Del")),
    )

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Runs"))
        self._model = model
        self._proxy = RunsOrder(model, parent=self)
        self._proxy.set_without_queue()  # these are in the queue's card
        self._card = Card(self.tr("Runs"))
        self._filter = FilterField(self._proxy, self.tr("Filter"))
        self.list = QListView()
        # The run that is chosen, whether it is listed or not; and whether rows go at this moment: the view moves its cursor then.
        self._key = ""
        self._leaving = False
        self._proxy.rowsAboutToBeRemoved.connect(lambda *_: self._rows_leave(True))
        self.list.setModel(self._proxy)
        self._proxy.rowsRemoved.connect(lambda *_: self._rows_leave(False))
        self._proxy.rowsInserted.connect(lambda *_: self._bring_back())
        delegate = self._delegate = RunDelegate(self.list)
        delegate.eyeClicked.connect(self.toggle_shown)
        self.list.setItemDelegate(delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.setAccessibleName(self.tr("List of runs"))
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self._empty = EmptyState("gallery")
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self.queue = QueueCard()
        self._new = QPushButton(self.tr("New run"))
        self._new.setToolTip(self.tr("Set up another run (Ctrl+N)"))
        self._new.clicked.connect(self.newAsked)
        self.folded = False
        self._fold = QToolButton()
        self._fold.setObjectName("flat")
        self._fold.setStyleSheet("padding: 0; min-height: 0;")
        self._fold.setFixedSize(28, 18)
        self._fold.clicked.connect(self.foldAsked)
        self._card.corner.addWidget(self._fold)
        self._card.body.addWidget(self._filter)
        self._card.body.addWidget(stack, 1)
        self._card.body.addWidget(self._new)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GAP)
        outer.addWidget(self._card, 1)
        outer.addWidget(self.queue)
        queue = self.queue
        order = (
            self._filter,
            self.list,
            self._new,
            self._fold,
            queue.list,
            queue.cancel_button,
            queue.start_button,
            queue.stop_button,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        for signal in (model.rowsInserted, model.rowsRemoved, self._proxy.counted):
            signal.connect(self._counted)
        theme.changed.connect(self._apply_theme)
        self._counted()
        self._show_fold()

    def set_folded(self, folded: bool) -> None:
        """Fold to a narrow strip, or unfold."""
        if folded != self.folded:
            self.folded = folded
            self._show_fold()
            self._counted()

    def _show_fold(self) -> None:
        folded = self.folded
        help = self.tr("Unfold the list of runs (Ctrl+B)") if folded else self.tr("Fold the list of runs (Ctrl+B)")
        self._fold.setText("»" if folded else "«")
        self._fold.setToolTip(help)
        self._fold.setAccessibleName(help)
        self._card.set_narrow(folded)
        for widget in (self._filter, self._new):
            widget.setVisible(not folded)
        self.queue.set_folded(folded)
        self._delegate.narrow = folded
        self.list.setStyleSheet("QListView { border: none; }" if folded else "")
        self.list.scheduleDelayedItemsLayout()
        self.setMinimumWidth(STRIP if folded else 0)
        self.setMaximumWidth(STRIP if folded else WIDEST)

    def current(self) -> RunRow | None:
        """The chosen run."""
        index = self.list.currentIndex()
        row: RunRow | None = index.data(RunsModel.RowRole) if index.isValid() else None
        return row

    def select(self, key: str) -> None:
        """Choose a run."""
        index = self._proxy.index_of(key)
        if index.isValid():
            self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.list.scrollTo(index)

    def focus_filter(self) -> None:
        """Begin to type into the filter."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def toggle_shown(self, key: str) -> None:
        """Show or hide a run in the plots."""
        row = self._model.row(key)
        if row is not None:
            self._model.set_shown(key, not row.shown)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row = self.current()
            if row is not None and event.key() == Qt.Key.Key_Space:
                self.toggle_shown(row.key)
                return True
            if row is not None and event.key() == Qt.Key.Key_Delete:
                self.commandAsked.emit("withdraw" if row.state == "queued" else "delete", row.key)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _chosen(self, index: QModelIndex) -> None:
        if self._leaving and self._model.row(self._key) is not None:
            return  # hidden, not gone: nobody chose the run to which the cursor went
        row: RunRow | None = index.data(RunsModel.RowRole) if index.isValid() else None
        key = row.key if row else ""
        if key != self._key:
            self._key = key
            self.selected.emit(key)

    def _rows_leave(self, begun: bool) -> None:
        row, self._leaving = self.current(), True
        if not begun and row is not None and row.key != self._key and self._model.row(self._key) is not None:
            self.list.selectionModel().clear()
        self._leaving = begun

    def _bring_back(self) -> None:
        """The cursor goes to the chosen run where it is listed again."""
        index = self._proxy.index_of(self._key) if self._key else QModelIndex()
        if index.isValid() and index != self.list.currentIndex():
            self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _counted(self) -> None:
        total, shown = sum(not in_queue(row) for row in self._model.rows()), self._proxy.rowCount()
        self._card.set_state(f"{total:,}" if shown == total else self.tr("{0} of {1}").format(f"{shown:,}", f"{total:,}"))
        self._empty.show_text(
            self.tr("No run matches this filter. Clear the filter to see all {0}.").format(total)
            if total
            else self.tr("No runs yet. Choose data and a method in Prepare, then press Start. Each run gets a colour of its own."),
            *(() if total else ("gallery",)),
        )
        self._stack.setCurrentIndex(0 if shown or self.folded else 1)

    def _apply_theme(self) -> None:
        self._model.repaint()

    def _menu(self, position: QPoint) -> None:
        row = self.current()
        if row is None:
            return
        menu = QMenu(self)
        eye = menu.addAction(self.tr("Hide in the plots") if row.shown else self.tr("Show in the plots"))
        eye.triggered.connect(lambda: self.toggle_shown(row.key))
        menu.addAction(self.tr("Show only this in the plots")).triggered.connect(lambda: self._model.show_only([row.key]))
        colours = menu.addMenu(self.tr("Colour"))
        for number, colour in enumerate(theme.current().hues):
            action = colours.addAction(dot_icon(colour), self.tr("Colour {0}").format(number + 1))
            action.triggered.connect(lambda _=False, number=number: self._model.set_hue(row.key, number))
        menu.addSeparator()
        fill_menu(menu, row, self.commandAsked.emit)
        menu.exec(self.list.viewport().mapToGlobal(position))
