"""The model of the table of runs: columns, sorting, filter and groups, updated in place without a model reset."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from workbench import theme
from workbench.models import columns
from workbench.models.columns import ALIGNED, FACTS
from workbench.models.run_query import Query, parse
from workbench.models.runs import RunRow, RunsModel
from workbench.models.seed_groups import common_title, comparison_key, seed_groups, spread
from workbench.theme.plain import tip

_Index = QModelIndex | QPersistentModelIndex
_Signature = tuple[bool, tuple[tuple[int, Any] | None, ...], tuple[str, ...]]
GROUPINGS = ("method", "data", "tags", "seed")
# Combined once: Qt calls `flags` about ten times a row whenever the theme changes.
NOTHING = Qt.ItemFlag.NoItemFlags
HEAD = Qt.ItemFlag.ItemIsEnabled
PLAIN = HEAD | Qt.ItemFlag.ItemIsSelectable
EDITABLE = PLAIN | Qt.ItemFlag.ItemIsEditable
FEW = 8  # up to this many blocks of rows are inserted or removed one by one


class RunsOrder(QAbstractItemModel):
    """A tree model of the runs that pass the filter, with one parent row per group where they are grouped; a run with several tags
    is in several groups. Of runs that are equal but for the seed, a group's row has mean and standard deviation in each
    column of numbers. `RowRole` gives the RunRow, None for a group.

    Sorting is stable: numbers are compared as numbers, empty values come last in both directions, and equal runs keep the order of
    the sort before. The order is computed over plain lists, without a call per comparison: 2,000 runs take a few milliseconds.
    Compared with it, QSortFilterProxyModel with the same functions (1,000 runs, one run of tests/bench/bench_widgets.py) takes 14
    times as long to sort and 1.2 times as long to filter. With texts and numbers stored in C++ it sorts in a third of the time, but
    has no query and no groups and does not keep empty values last. It is faster where a single run changes.

    `edited` carries the key, column and value that the user entered; `counted` is emitted when the number of rows has changed,
    `understood` when the filter was parsed again because more settings are known."""

    RowRole = RunsModel.RowRole
    GroupRole = RowRole + 2

    edited = Signal(str, str, object)
    counted = Signal()
    understood = Signal()

    def __init__(self, source: RunsModel, names: Sequence[str] = ("title",), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._columns = tuple(names)
        self._sorts: list[tuple[str, bool]] = [("started", True)]
        self._query = Query()
        self._text = ""
        self._starred = False
        self._without_queue = False
        self._grouping = ""
        self._groups: list[str] = []
        self._members: dict[str, list[str]] = {"": []}
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._signatures: dict[str, _Signature] = {}
        # Of the groups by seed: each run's settings and the name of its group, the name by what its runs share, the texts of cells.
        self._seed_names: dict[str, tuple[Mapping[str, Any], str]] = {}
        self._names_by_key: dict[Hashable, str] = {}
        self._spread_texts: dict[tuple[str, str], str] = {}
        source.rowsInserted.connect(self._inserted)
        source.rowRemoved.connect(self._removed)
        source.removedAll.connect(self._arrange)
        source.rowChanged.connect(self._changed)
        source.dataChanged.connect(self._repainted)
        source.configsChanged.connect(self._configured)
        self._update()

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        # The check of hasIndex, without a call to C++ and back.
        if not (0 <= row < self.rowCount(parent) and 0 <= column < len(self._columns)):
            return QModelIndex()
        if self._grouping and parent.isValid():
            return self.createIndex(row, column, self._number(self._groups[parent.row()]))
        return self.createIndex(row, column, 0)

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        number = index.internalId() if index.isValid() else 0
        if not number or self._names[number - 1] not in self._members:
            return QModelIndex()
        return self._group_index(self._names[number - 1])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._groups) if self._grouping else len(self._members[""])
        if not self._grouping or parent.internalId() or parent.column():
            return 0
        return len(self._members[self._groups[parent.row()]])

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        name = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            title = "" if name in columns.ICONS else columns.title_of(name)
            if self._sorts[0][0] == name:
                title = f"{title} {'↓' if self._sorts[0][1] else '↑'}".strip()
            return title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return columns.title_of(name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNED[columns.is_number(name)]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return NOTHING
        if self.is_group(index):
            return HEAD
        if self._columns[index.column()] in columns.EDITED:
            row = self._row(index)
            return EDITABLE if row is not None and row.folder else PLAIN
        return PLAIN

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        name = self._columns[index.column()]
        if self.is_group(index):
            return self._group_data(self._groups[index.row()], index.column(), role)
        row = self._row(index)
        if row is None:
            return None
        if role == self.RowRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return columns.text_of(row, name, self._source.config(row.key))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNED[columns.is_number(name)]
        if role == Qt.ItemDataRole.EditRole:
            return row.notes if name == "notes" else columns.text_of(row, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            if name == "title":
                return tip("\n".join(part for part in (row.title, row.problem or row.folder) if part))
            return row.notes if name == "notes" else row.problem or None
        if role == Qt.ItemDataRole.ForegroundRole and name == "state" and row.state in ("failed", "broken"):
            return QColor(theme.current().bad)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            value = columns.text_of(row, name, self._source.config(row.key))
            if name in columns.ICONS:
                value = self.tr("yes") if getattr(row, name) else self.tr("no")
            return f"{columns.title_of(name)}: {value}"
        return None

    def setData(self, index: _Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        row = self._row(index) if index.isValid() and not self.is_group(index) else None
        if row is None or role != Qt.ItemDataRole.EditRole:
            return False
        name, text = self._columns[index.column()], str(value).strip()
        if name == "tags":
            tags = tuple(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))
            if tags != row.tags:
                self.edited.emit(row.key, name, tags)
        elif text != getattr(row, name) and (text or name == "notes"):
            self.edited.emit(row.key, name, text)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self._columns):
            self.sort_by(self._columns[column], order == Qt.SortOrder.DescendingOrder)

    # State

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in the order of the model."""
        return self._columns

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The column, and whether the order is descending."""
        return self._sorts[0]

    @property
    def grouping(self) -> str:
        """The column by which runs are grouped; "" for none."""
        return self._grouping

    @property
    def query(self) -> Query:
        """The parsed filter."""
        return self._query

    @property
    def complete(self) -> bool:
        """Whether the settings of all runs are known."""
        return self._source.complete

    def groups(self) -> tuple[str, ...]:
        """The groups in their order; empty where runs are not grouped."""
        return tuple(self._groups)

    def shown(self) -> tuple[str, ...]:
        """The runs that are shown, in order, each once."""
        lists = [self._members[name] for name in self._groups] if self._grouping else [self._members[""]]
        return tuple(dict.fromkeys(key for members in lists for key in members))

    def is_group(self, index: _Index) -> bool:
        """Whether a row is the parent row of a group."""
        return bool(self._grouping) and index.isValid() and not index.internalId()

    def key(self, index: _Index) -> str:
        """The key of the run in a row; "" for a group's row."""
        if not index.isValid() or self.is_group(index):
            return ""
        return self._list_of(index)[index.row()]

    def index_of(self, key: str, column: int = 0) -> QModelIndex:
        """The index of a run, the first one if it is in several groups; invalid where it is not shown."""
        for name in self._groups if self._grouping else [""]:
            members = self._members[name]
            if key in self._signatures and key in members:
                parent = self._group_index(name) if name or self._grouping else QModelIndex()
                return self.index(members.index(key), column, parent)
        return QModelIndex()

    # Columns, filter, sorting

    def set_columns(self, names: Iterable[str]) -> None:
        """Show these columns; the title stays the first."""
        wanted = ["title", *(name for name in dict.fromkeys(names) if name != "title")]
        have = list(self._columns)
        for index in reversed([index for index, name in enumerate(have) if name not in wanted]):
            self.beginRemoveColumns(QModelIndex(), index, index)
            del have[index]
            self._columns = tuple(have)
            self.endRemoveColumns()
        for name in wanted:
            if name not in have:
                self.beginInsertColumns(QModelIndex(), len(have), len(have))
                have.append(name)
                self._columns = tuple(have)
                self.endInsertColumns()
        self._ask_configs()

    def set_query(self, text: str) -> Query:
        """Filter by a text; see `workbench.models.run_query`."""
        self._text = text
        self._query = parse(text, self.known())
        if any(doubt.kind == "unknown" for doubt in self._query.doubts):
            # It may be a setting of a single method.
            self._source.want_configs()
        self._ask_configs()
        self._update()
        return self._query

    def set_starred(self, only: bool) -> None:
        """Show only runs with a star, or all."""
        self._starred = only
        self._update()

    def set_without_queue(self) -> None:
        """Leave out runs that wait in the queue and have no folder yet."""
        self._without_queue = True
        self._update()

    def sort_by(self, name: str, descending: bool) -> None:
        """Sort by a column, whether it is shown or not; equal runs keep their order."""
        self._sorts = [(name, descending), *(pair for pair in self._sorts if pair[0] != name)][:3]
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._ask_configs()
        self._update()

    def set_grouping(self, name: str) -> None:
        """Group by a column, or by none (""). Only this resets the model."""
        if name == self._grouping:
            return
        self.beginResetModel()
        self._grouping = name
        self._groups, self._members = [], {"": []}
        self._signatures = self._signed()
        ordered = self._ordered()
        self._groups = list(ordered) if name else []
        self._members = {group: list(keys) for group, keys in ordered.items()} if name else {"": ordered.get("", [])}
        self._spread_texts.clear()
        self.endResetModel()
        self._ask_configs()
        self.counted.emit()

    def known(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*FACTS, *self._source.figures(), *self._source.settings())

    # Updates from the source model

    def _ask_configs(self) -> None:
        names = {*self._columns, *self._query.keys, *(name for name, _ in self._sorts)}
        if self._grouping == "seed" or any(columns.is_setting(name) for name in names):
            self._source.want_configs()

    def _inserted(self, parent: _Index, first: int, last: int) -> None:
        for row in self._source.rows()[first : last + 1]:
            self._signatures[row.key] = self._sign(row)
        self._arrange()

    def _removed(self, key: str) -> None:
        # A queued run that gets its folder changes its key; the row stays.
        if self._signatures.pop(key, None) is not None and not self._source.removing:
            self._arrange()

    def _changed(self, key: str) -> None:
        row = self._source.row(key)
        if row is None:
            return
        signature = self._sign(row)
        if self._signatures.get(key) != signature:
            self._signatures[key] = signature
            self._arrange()
        self._emit_changed([key])

    def _configured(self, keys: list[str]) -> None:
        if any(doubt.kind == "unknown" for doubt in self._query.doubts):
            self._query = parse(self._text, self.known())
            self._update()
            self.understood.emit()
            return
        changed = False
        for key in keys:
            row = self._source.row(key)
            if row is not None:
                signature = self._sign(row)
                changed = changed or self._signatures.get(key) != signature
                self._signatures[key] = signature
        if changed:
            self._arrange()
        if any(columns.is_setting(name) for name in self._columns):
            self._emit_changed(keys)

    def _repainted(self, first: _Index, last: _Index) -> None:
        if last.row() > first.row():
            self._emit_changed(self.shown())

    def _emit_changed(self, keys: Iterable[str]) -> None:
        """Emit dataChanged for these runs and for the rows of their groups."""
        wanted, last = set(keys), len(self._columns) - 1
        self._spread_texts.clear()
        for name in self._groups if self._grouping else [""]:
            parent = self._group_index(name) if self._grouping else QModelIndex()
            members = self._members[name]
            indices = [index for index, key in enumerate(members) if key in wanted] if wanted else []
            if indices:
                self.dataChanged.emit(self.index(indices[0], 0, parent), self.index(indices[-1], last, parent))
                if self._grouping:
                    self.dataChanged.emit(parent, parent.siblingAtColumn(last))

    def _sign(self, row: RunRow) -> _Signature:
        """Everything that decides whether a run is shown and where: (accepted, sort keys, groups)."""
        config = self._source.config(row.key)
        accepted = (row.star or not self._starred) and not (self._without_queue and in_queue(row))
        if accepted and self._query.terms:
            accepted = self._query.accepts(columns.search_text(row), lambda name: columns.filter_value(row, name, config))
        by = tuple(columns.sorted_by(row, name, config) for name, _ in self._sorts)
        if not self._grouping:
            return accepted, by, ("",)
        if self._grouping == "tags":
            return accepted, by, row.tags or ("",)
        if self._grouping == "seed":
            return accepted, by, (self._seed_name(row.key, config),)
        return accepted, by, (columns.text_of(row, self._grouping, config),)

    def _signed(self) -> dict[str, _Signature]:
        return {row.key: self._sign(row) for row in self._source.rows()}

    def _update(self) -> None:
        self._signatures = self._signed()
        self._arrange()

    def _ordered(self) -> dict[str, list[str]]:
        """The shown keys by group, both sorted."""
        signatures = self._signatures
        keys = [row.key for row in self._source.rows() if row.key in signatures and signatures[row.key][0]]
        for level in reversed(range(len(self._sorts))):
            full = [key for key in keys if signatures[key][1][level] is not None]
            empty = [key for key in keys if signatures[key][1][level] is None]
            full.sort(key=lambda key: signatures[key][1][level], reverse=self._sorts[level][1])  # type: ignore[arg-type, return-value]
            keys = full + empty
        groups: dict[str, list[str]] = {}
        for key in keys:
            for group in signatures[key][2]:
                groups.setdefault(group, []).append(key)
        if self._grouping == "seed":
            return self._by_mean(groups)
        # By name, the group without a name last.
        return {name: groups[name] for name in sorted(groups, key=lambda name: (not name, name.lower()))}

    def _by_mean(self, groups: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Groups by seed in the order of the mean of what runs are sorted by, or of their first run where that is no number; those
        without a value last, and after them the runs whose settings are not known."""
        ranks: dict[str, tuple[int, Any]] = {}
        for name, keys in groups.items():
            values = [value for key in keys if (value := self._signatures[key][1][0]) is not None]
            numbers = [value for kind, value in values if kind == 0]
            if values and name:
                ranks[name] = (0, sum(numbers) / len(numbers)) if numbers else values[0]
        full = sorted(ranks, key=lambda name: ranks[name], reverse=self._sorts[0][1])
        empty = [name for name in groups if name not in ranks]
        return {name: groups[name] for name in (*full, *(name for name in empty if name), *(name for name in empty if not name))}

    def _seed_name(self, key: str, config: Mapping[str, Any] | None) -> str:
        """The name of the group of a run; "" where its settings are not known."""
        if not config:
            return ""
        entry = self._seed_names.get(key)
        if entry is None or entry[0] is not config:
            common = comparison_key(config)
            entry = self._seed_names[key] = (config, self._names_by_key.setdefault(common, f"seeds {len(self._names_by_key)}"))
        return entry[1]

    def _arrange(self) -> None:
        """Insert, remove and move rows until they match the current filter and order."""
        self._spread_texts.clear()
        before = self._count()
        ordered = self._ordered()
        if not self._grouping:
            self._set_rows(QModelIndex(), self._members[""], ordered.get("", []))
        else:
            wanted = list(ordered)
            for name in wanted:
                # A new group is inserted together with its runs.
                self._members.setdefault(name, ordered[name])
            self._set_rows(QModelIndex(), self._groups, wanted)
            for name in [name for name in self._members if name not in ordered]:
                del self._members[name]
            for name in wanted:
                if self._members[name] != ordered[name]:
                    self._set_rows(self._group_index(name), self._members[name], ordered[name])
        if self._count() != before:
            self.counted.emit()

    def _count(self) -> int:
        return sum(len(members) for members in self._members.values())

    def _set_rows(self, parent: QModelIndex, rows: list[str], wanted: list[str]) -> None:
        """Change the rows under a parent to `wanted`; views are notified in blocks of rows."""
        if rows == wanted:
            return
        stay = set(wanted)
        gone = [key for key in rows if key not in stay]
        if _blocks(rows, stay) > FEW:
            # Views are slow with many blocks: the rows to remove are moved together first.
            self._permute(parent, rows, [key for key in rows if key in stay] + gone)
        index = len(rows) - 1
        while gone and index >= 0:
            last = index
            while index >= 0 and rows[index] not in stay:
                index -= 1
            if index < last:
                self.beginRemoveRows(parent, index + 1, last)
                del rows[index + 1 : last + 1]
                self.endRemoveRows()
            index -= 1
        have = set(rows)
        self._permute(parent, rows, [key for key in wanted if key in have])
        first = [key for key in wanted if key in have] + [key for key in wanted if key not in have]
        target = first if _blocks(wanted, have) > FEW else wanted
        index = 0
        while len(rows) < len(target) and index < len(target):
            start = index
            while index < len(target) and target[index] not in have:
                index += 1
            if index > start:
                self.beginInsertRows(parent, start, index - 1)
                rows[start:start] = target[start:index]
                self.endInsertRows()
            index += 1
        self._permute(parent, rows, wanted)

    def _permute(self, parent: QModelIndex, rows: list[str], wanted: list[str]) -> None:
        if rows == wanted:
            return
        self.layoutAboutToBeChanged.emit()
        indices = {key: at for at, key in enumerate(wanted)}
        number = self._number(self._groups[parent.row()]) if parent.isValid() else 0
        before, after = [], []
        for index in self.persistentIndexList():
            if index.internalId() == number:
                before.append(index)
                after.append(self.createIndex(indices[rows[index.row()]], index.column(), number))
        rows[:] = wanted
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # Groups

    def group_text(self, name: str) -> str:
        """The text of a group's row: its name, the number of runs, and their best kNN."""
        rows = [row for key in self._members.get(name, ()) if (row := self._source.row(key)) is not None]
        if self._grouping == "seed" and name:
            return self._seed_text(rows)
        measured = [row.status.best for row in rows if row.status.best is not None]
        nameless = {"tags": self.tr("without a tag"), "seed": self.tr("settings not known")}.get(self._grouping, self.tr("unknown"))
        title = name or nameless
        count = self.tr("1 run") if len(rows) == 1 else self.tr("{0} runs").format(len(rows))
        best = self.tr("best kNN {0}").format(columns.share(max(measured))) if measured else ""
        return " · ".join(part for part in (title, count, best) if part)

    def _seed_text(self, rows: Sequence[RunRow]) -> str:
        seeds = len(seed_groups({row.key: self._source.config(row.key) for row in rows})[0].keys)
        at = rows[0].status
        title = common_title([row.title for row in rows], f"{at.method} · {Path(at.data).name}")
        parts = [title] if seeds == 1 else [title, self.tr("{0} seeds").format(seeds)]
        if len(rows) > seeds:
            parts.append(self.tr("{0} runs").format(len(rows)))
        return " · ".join(parts)

    def _spread_text(self, group: str, name: str) -> str:
        """A cell of the row of a group by seed: mean ± standard deviation over its seeds, or the text that all runs have."""
        if (group, name) not in self._spread_texts:
            rows = [row for key in self._members.get(group, ()) if (row := self._source.row(key)) is not None]
            configs = {row.key: self._source.config(row.key) for row in rows}
            seeds = seed_groups(configs)[0].keys if rows else ()
            rows = [row for row in rows if row.key in seeds]
            values = [columns.value_of(row, name, configs[row.key]) for row in rows]
            figures = spread(values) if columns.is_number(name) and not columns.is_setting(name) else None
            texts = {columns.text_of(row, name, configs[row.key]) for row in rows}
            text = columns.spread_text(name, figures, len(rows)) if figures is not None else texts.pop() if len(texts) == 1 else ""
            self._spread_texts[group, name] = text
        return self._spread_texts[group, name]

    def _group_data(self, name: str, column: int, role: int) -> Any:
        if role == self.GroupRole:
            return name
        if column == 0 and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.group_text(name)
        if self._grouping == "seed" and name and column > 0:
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return self._spread_text(name, self._columns[column])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return ALIGNED[columns.is_number(self._columns[column])]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.group_text(name)
        if role == Qt.ItemDataRole.ForegroundRole and self._grouping != "seed":
            return QColor(theme.current().quiet)
        return None

    def _group_index(self, name: str) -> QModelIndex:
        return self.createIndex(self._groups.index(name), 0, 0) if name in self._groups else QModelIndex()

    def _number(self, name: str) -> int:
        """A group's internal id, from 1; it never changes while the model exists."""
        if name not in self._numbers:
            self._names.append(name)
            self._numbers[name] = len(self._names)
        return self._numbers[name]

    def _list_of(self, index: _Index) -> list[str]:
        number = index.internalId()
        return self._members[self._names[number - 1]] if number else self._members[""]

    def _row(self, index: _Index) -> RunRow | None:
        return self._source.row(self._list_of(index)[index.row()])


def in_queue(row: RunRow) -> bool:
    """Whether a run waits in the queue and has no folder yet."""
    return row.state == "queued" and not row.folder


def _blocks(rows: Sequence[str], stay: set[str]) -> int:
    """The number of contiguous blocks of rows that are not in `stay`."""
    return sum(key not in stay and (not index or rows[index - 1] in stay) for index, key in enumerate(rows))
