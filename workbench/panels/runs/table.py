"""The Compare workspace: all runs as a table, and what may be done with the chosen ones."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QModelIndex, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench import theme
from workbench.models.runs import LIVE_STATES, RunRow, RunsFilter, RunsModel
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card

_HIDDEN = ("loss", "epoch", "speed")
_WIDTHS = {
    "title": 138,
    "state": 72,
    "method": 104,
    "data": 66,
    "backbone": 126,
    "best": 70,
    "progress": 70,
    "time": 78,
    "started": 128,
}


class _Dot(QStyledItemDelegate):
    """The run's colour before its title."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        row: RunRow = index.data(RunsModel.RowRole)
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().hue(row.hue)))
        painter.drawEllipse(rect.left() + 8, rect.center().y() - 4, 9, 9)
        painter.restore()
        option.rect = rect.adjusted(18, 0, 0, 0)
        super().paint(painter, option, index)


class RunsTable(QWidget):
    """The table with filter, choice of columns, notes of the chosen run, and the commands."""

    selected = Signal(str)
    resumeAsked = Signal(str)
    cloneAsked = Signal(str)
    renameAsked = Signal(str)
    deleteAsked = Signal(str)
    openAsked = Signal(str)
    notesChanged = Signal(str, str)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Compare"))
        self._proxy = RunsFilter(model, self)
        self._model = model
        self._card = Card(self.tr("All runs"))
        self._filter = QLineEdit()
        self._filter.setPlaceholderText(self.tr("Filter by title, method, data, notes…"))
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName(self.tr("Filter runs"))
        self._filter.textChanged.connect(self._proxy.set_words)
        self._columns = QToolButton()
        self._columns.setText(self.tr("Columns"))
        self._columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._columns.setMenu(QMenu(self._columns))

        self.table = QTableView()
        self.table.setModel(self._proxy)
        self.table.setItemDelegateForColumn(0, _Dot(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setSortingEnabled(True)
        self.table.setShowGrid(False)
        self.table.setAccessibleName(self.tr("Table of runs"))
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setStretchLastSection(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSortIndicator(RunsModel.COLUMNS.index("started"), Qt.SortOrder.DescendingOrder)
        for place, name in enumerate(RunsModel.COLUMNS):
            self.table.setColumnWidth(place, _WIDTHS.get(name, 80))
            self.table.setColumnHidden(place, name in _HIDDEN)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self._empty = QLabel(self.tr("No runs yet. Train one in Prepare: it appears here while it runs and stays when it is done."))
        self._empty.setObjectName("quiet")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)

        tools = QHBoxLayout()
        tools.setSpacing(GAP)
        tools.addWidget(self._filter, 1)
        tools.addWidget(self._columns)
        self._card.body.addLayout(tools)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self._card.body.addWidget(stack, 1)

        self._about = Card(self.tr("Chosen run"))
        self._facts = QLabel()
        self._facts.setWordWrap(True)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = QLabel()
        self._problem.setObjectName("bad")
        self._problem.setWordWrap(True)
        self._notes = QPlainTextEdit()
        self._notes.setPlaceholderText(self.tr("Notes, kept with the run"))
        self._notes.setAccessibleName(self.tr("Notes"))
        # Tab leads on to the buttons: no field is a place that keys cannot leave.
        self._notes.setTabChangesFocus(True)
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(600)
        self._save.timeout.connect(self._save_notes)
        self._notes.textChanged.connect(self._noted)
        self._resume = self._button(self.tr("Resume"), self.resumeAsked)
        self._clone = self._button(self.tr("Clone into Prepare"), self.cloneAsked)
        self._rename = self._button(self.tr("Rename…"), self.renameAsked)
        self._open = self._button(self.tr("Open folder"), self.openAsked)
        self._delete = self._button(self.tr("Delete…"), self.deleteAsked)
        self._delete.setObjectName("danger")
        self._about.body.addWidget(self._facts)
        self._about.body.addWidget(self._problem)
        self._about.body.addWidget(self._notes, 1)
        self._about.body.addStretch(0)
        for button in (self._resume, self._clone, self._rename, self._open, self._delete):
            self._about.body.addWidget(button)

        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(WIDE_GAP - 2)
        self.splitter.addWidget(self._card)
        self.splitter.addWidget(self._about)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([760, 260])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)
        self._shown = ""
        self._fill_columns()
        for signal in (model.rowsInserted, model.rowsRemoved, self._proxy.rowsInserted, self._proxy.rowsRemoved):
            signal.connect(self._counted)
        model.rowChanged.connect(self._changed)
        model.rowRemoved.connect(self._gone)
        self._counted()
        self._show(None)

    def select(self, key: str) -> None:
        """Choose a run."""
        for place in range(self._proxy.rowCount()):
            row: RunRow = self._proxy.index(place, 0).data(RunsModel.RowRole)
            if row.key == key:
                self.table.selectRow(place)
                return

    def save(self, settings: QSettings) -> None:
        """Keep the columns."""
        settings.setValue("compare/columns", self.table.horizontalHeader().saveState())

    def restore(self, settings: QSettings) -> None:
        """Columns as they were left."""
        kept = settings.value("compare/columns")
        if isinstance(kept, QByteArray):
            self.table.horizontalHeader().restoreState(kept)
            self._fill_columns()

    def _button(self, text: str, signal: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: signal.emit(self._shown))  # type: ignore[attr-defined]
        return button

    def _fill_columns(self) -> None:
        menu = self._columns.menu()
        menu.clear()
        for place, name in enumerate(RunsModel.COLUMNS):
            if place == 0:
                continue
            action = menu.addAction(self._model.column_title(name))
            action.setCheckable(True)
            action.setChecked(not self.table.isColumnHidden(place))
            action.toggled.connect(lambda on, at=place: self.table.setColumnHidden(at, not on))

    def _counted(self) -> None:
        total, shown = self._model.rowCount(), self._proxy.rowCount()
        self._card.set_state(self.tr("{0} of {1}").format(shown, total))
        self._stack.setCurrentIndex(0 if total else 1)

    def _chosen(self, index: QModelIndex) -> None:
        self._save_notes()
        row: RunRow | None = index.siblingAtColumn(0).data(RunsModel.RowRole) if index.isValid() else None
        self._show(row)
        if row is not None:
            self.selected.emit(row.key)

    def _show(self, row: RunRow | None) -> None:
        self._shown = row.key if row else ""
        self._notes.blockSignals(True)
        self._notes.setPlainText(row.notes if row else "")
        self._notes.blockSignals(False)
        self._notes.setVisible(row is not None)
        self._describe(row)

    def _describe(self, row: RunRow | None) -> None:
        self._about.set_state(self._model.state_words(row.state) if row else "")
        self._problem.setText(row.problem if row else "")
        self._problem.setVisible(bool(row and row.problem))
        if row is None:
            self._facts.setText(self.tr("Choose a run in the table to resume it, clone it, or write a note."))
        else:
            parts = (
                row.title,
                row.status.backbone,
                f"{row.status.step:,} / {row.status.steps:,}" if row.status.steps else "",
                row.folder,
            )
            self._facts.setText("\n".join(part for part in parts if part))
        folder, live = bool(row and row.folder), bool(row and row.state in LIVE_STATES)
        self._resume.setEnabled(folder and row is not None and row.state in ("stopped", "interrupted", "failed"))
        for button in (self._clone, self._rename, self._open):
            button.setEnabled(folder)
        self._delete.setEnabled(folder and not live)

    def _changed(self, key: str) -> None:
        if key == self._shown:
            self._describe(self._model.row(key))

    def _gone(self, key: str) -> None:
        if key == self._shown:
            self._show(None)

    def _noted(self) -> None:
        self._save.start()

    def _save_notes(self) -> None:
        self._save.stop()
        row = self._model.row(self._shown) if self._shown else None
        if row is not None and row.folder and self._notes.toPlainText() != row.notes:
            self.notesChanged.emit(self._shown, self._notes.toPlainText())

    def _menu(self, place: QPoint) -> None:
        if not self._shown:
            return
        menu = QMenu(self)
        for button, signal in (
            (self._resume, self.resumeAsked),
            (self._clone, self.cloneAsked),
            (self._rename, self.renameAsked),
            (self._open, self.openAsked),
            (self._delete, self.deleteAsked),
        ):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _=False, send=signal: send.emit(self._shown))
        menu.exec(self.table.viewport().mapToGlobal(place))
