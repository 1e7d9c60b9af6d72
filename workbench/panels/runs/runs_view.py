"""The table of runs: its cells, its header with the menu of columns, its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from engine.config.run_name import elided
from workbench import theme
from workbench.models import columns
from workbench.models.runs import RunRow, RunsModel
from workbench.models.runs_order import RunsOrder
from workbench.panels.runs.row_delegate import paint_eye, paint_star
from workbench.plots.swatch import dot_icon

ROW = 28
PAD = 4  # px at both sides of a cell: numbers, aligned to the right, must not touch the words of the next column
ICON = 30
WIDTHS = {
    "title": 186,
    "star": ICON,
    "shown": ICON,
    "state": 76,
    "method": 100,
    "data": 84,
    "backbone": 118,
    "last.knn": 92,
    "best": 92,
    "gain": 92,
    "time": 92,
    "started": 122,
    "tags": 90,
    "notes": 160,
}
PLAIN = 84
_Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """The run's colour before its title, a star and an eye that a click turns, everything else as text."""

    starClicked = Signal(str)
    eyeClicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dots: dict[str, QIcon] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        row: RunRow | None = index.data(RunsModel.RowRole)
        if row is not None and _name(index) == "title":
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize = QSize(12, 12)
            option.text = elided(row.title, option.rect.width() - 26 - 2 * PAD, option.fontMetrics.horizontalAdvance)
            option.icon = self._dot(theme.current().run_colour(row.hue))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        row: RunRow | None = index.data(RunsModel.RowRole)
        name = _name(index)
        if row is None or name not in columns.ICONS:
            return
        palette = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if name == "star":
            paint_star(painter, option.rect, row.star, palette.warning if row.star else palette.quiet)
        else:
            paint_eye(painter, option.rect, row.shown, palette.run_colour(row.hue) if row.shown else palette.quiet)
        painter.restore()

    def _dot(self, colour: str) -> QIcon:
        if colour not in self._dots:
            self._dots[colour] = dot_icon(colour)
        return self._dots[colour]

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: _Index) -> bool:
        row: RunRow | None = index.data(RunsModel.RowRole)
        name = _name(index)
        if row is not None and name in columns.ICONS and isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                (self.starClicked if name == "star" else self.eyeClicked).emit(row.key)
            return True
        return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]


class RunsView(QTreeView):
    """Keys: Space shows or hides the chosen runs in the plots, S stars them, F2 edits the cell, the menu key opens the menu."""

    keysChosen = Signal(list)
    starAsked = Signal(list)
    eyeAsked = Signal(list)

    def __init__(self, order: RunsOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._order = order
        self.setModel(order)
        delegate = CellDelegate(self)
        delegate.starClicked.connect(lambda key: self.starAsked.emit([key]))
        delegate.eyeClicked.connect(lambda key: self.eyeAsked.emit([key]))
        self.setItemDelegate(delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setStyleSheet(
            f"QTreeView::item {{ padding: 0 {PAD}px; }} QTreeView QHeaderView::section {{ padding: 4px {3 + PAD}px; }}"
        )
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setAllColumnsShowFocus(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        head = self.header()
        head.setSectionsMovable(True)
        head.setFirstSectionMovable(True)
        head.setMinimumSectionSize(ICON)
        head.setStretchLastSection(True)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTreePosition(0)
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._sort)
        order.columnsInserted.connect(self._widen)
        order.modelReset.connect(self._regrouped)
        order.rowsInserted.connect(self._came)
        self._widen(QModelIndex(), 0, order.columnCount() - 1)

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Runs look otherwise. A run that trains does twice a second: who is not seen does not measure its cells for it."""
        if self.isVisible():
            super().dataChanged(first, last, roles)

    # The choice of runs

    def chosen(self) -> list[str]:
        """The selected runs, from the top down."""
        keys = [
            self._order.key(self._order.index(row, 0, part.parent()))
            for part in self.selectionModel().selection().toList()
            for row in range(part.top(), part.bottom() + 1)
        ]
        if len(keys) > 1:
            ranks = {key: rank for rank, key in enumerate(self._order.shown())}
            keys.sort(key=lambda key: ranks.get(key, len(ranks)))
        return list(dict.fromkeys(key for key in keys if key))

    def current(self) -> str:
        """The run with the cursor; "" for none."""
        index = self.currentIndex()
        return self._order.key(index.siblingAtColumn(0)) if index.isValid() else ""

    def choose(self, keys: Iterable[str]) -> None:
        """Select these runs and no others; the cursor goes to the first."""
        selection = QItemSelection()
        first = QModelIndex()
        for key in keys:
            index = self._order.index_of(key)
            if index.isValid():
                selection.select(index, index)
                first = first if first.isValid() else index
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)
        if first.isValid():
            self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
            self.scrollTo(first)

    # Columns

    def columns(self) -> list[tuple[str, int]]:
        """Names and widths, in the order in which they stand."""
        head = self.header()
        logical = [head.logicalIndex(index) for index in range(head.count())]
        return [(self._order.columns[index], head.sectionSize(index)) for index in logical]

    def set_columns(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Show these columns in this order; a width of 0 is the usual one."""
        pairs, chosen = list(wanted), self.chosen()
        self._order.set_columns(name for name, _ in pairs)
        head = self.header()
        for position, (name, width) in enumerate(pairs):
            logical = self._order.columns.index(name)
            head.moveSection(head.visualIndex(logical), position)
            head.resizeSection(logical, width or WIDTHS.get(name, PLAIN))
        if chosen:
            # What was selected goes across the new columns, too.
            self.choose(chosen)

    def toggle_column(self, name: str, on: bool) -> None:
        """One column more, before the notes where they stand last, or one less."""
        have = [pair for pair in self.columns() if pair[0] != name]
        if on:
            index = len(have) - 1 if have[-1][0] == "notes" else len(have)
            have.insert(index, (name, 0))
        self.set_columns(have)

    def fill_menu(self, menu: QMenu, want: Callable[[], None]) -> None:
        """All columns that there are, to be checked. `want` is called for the settings that must be read to be known."""
        menu.clear()
        shown = set(self._order.columns)
        known = self._order.known()

        def add(to: QMenu, name: str, text: str) -> None:
            action = to.addAction(text)
            action.setCheckable(True)
            action.setChecked(name in shown)
            action.toggled.connect(lambda on, name=name: self.toggle_column(name, on))

        for name in columns.FACTS[1:]:
            add(menu, name, columns.title_of(name))
        menu.addSeparator()
        figures = [name for name in known if name.startswith((columns.LAST, columns.EVALUATION))]
        if figures:
            sub = menu.addMenu(self.tr("Figures"))
            for name in figures:
                add(sub, name, columns.title_of(name))
        groups: dict[str, QMenu] = {}
        for name in known:
            if not columns.is_setting(name):
                continue
            head, _, rest = name.partition(".")
            if head not in groups:
                groups[head] = menu.addMenu(self.tr("Settings: {0}").format(head))
            add(groups[head], name, rest)
        want()

    def _widen(self, parent: QModelIndex, first: int, last: int) -> None:
        for column in range(first, last + 1):
            name = self._order.columns[column]
            self.header().resizeSection(column, WIDTHS.get(name, PLAIN))

    def _sort(self, column: int) -> None:
        """A click on a head: numbers from the largest down, texts from A, the other way round at the next click."""
        name = self._order.columns[column]
        before, descending = self._order.sorted_by
        self._order.sort_by(name, not descending if before == name else columns.descending_first(name))
        self.scrollTo(self.currentIndex())

    # Groups

    def _regrouped(self) -> None:
        grouped = bool(self._order.grouping)
        self.setRootIsDecorated(grouped)
        self.setIndentation(16 if grouped else 0)
        if grouped:
            self._came(QModelIndex(), 0, self._order.rowCount() - 1)
            self.expandAll()

    def _came(self, parent: QModelIndex, first: int, last: int) -> None:
        """Groups that are new stand open, and their heads go across all columns, unless these have the means of the group."""
        if parent.isValid() or not self._order.grouping:
            return
        for row in range(first, last + 1):
            self.setFirstColumnSpanned(row, parent, self._order.grouping != "seed")
            self.expand(self._order.index(row, 0))

    # Events of Qt

    def doItemsLayout(self) -> None:
        """While the theme of the window changes, later and once: Qt would ask for every row several times on the way."""
        if theme.changing():
            self.scheduleDelayedItemsLayout()
        else:
            super().doItemsLayout()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.keysChosen.emit(self.chosen())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys named above."""
        chosen = self.chosen()
        if event.key() == Qt.Key.Key_Space and chosen:
            self.eyeAsked.emit(chosen)
        elif event.key() == Qt.Key.Key_S and chosen and not event.modifiers():
            self.starAsked.emit(chosen)
        elif event.key() == Qt.Key.Key_F2 and self.current():
            self._edit()
        else:
            super().keyPressEvent(event)

    def _edit(self) -> None:
        """The cell with the cursor, or the title where that one cannot be written."""
        index = self.currentIndex()
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            index = index.siblingAtColumn(0)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

    def place_of_menu(self) -> QPoint:
        """Where a menu that was asked for by key belongs."""
        return self.visualRect(self.currentIndex()).bottomLeft()


def _name(index: _Index) -> str:
    order = index.model()
    return order.columns[index.column()] if isinstance(order, RunsOrder) else ""
