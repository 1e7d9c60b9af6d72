"""All runs as a Qt model: found on disk, queued or going on in this window. Changed in place, never reset."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor

from engine.events import EpochDone, EvalDone, Event, RunEnded, RunFailed, RunStarted, StepDone
from engine.runs.status import Status
from engine.runs.store import Changes, RunSummary
from workbench import theme

_Index = QModelIndex | QPersistentModelIndex
LIVE_STATES = frozenset({"queued", "preparing", "running", "paused", "stopping"})


@dataclass(frozen=True)
class RunRow:
    """One run as the window shows it: what its status.json says, or would say, and what the window alone knows.

    `key`: the folder, or the job's key while there is none. `state`: the status' own, or one that only a queue or a list has
    ("queued", "preparing", "stopping", "broken"). `notes`, `tags`: a person's, which the status does not have. `own`: whether
    this window trains it."""

    key: str
    folder: str = ""
    title: str = ""
    state: str = "queued"
    status: Status = field(default_factory=Status)
    notes: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""
    hue: int = 0
    shown: bool = True
    own: bool = False

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None where it cannot be told."""
        at = self.status
        if not at.step or not at.steps or at.seconds <= 0:
            return None
        return at.seconds / at.step * (at.steps - at.step)


class RunsModel(QAbstractTableModel):
    """Rows are runs, columns what the Compare table shows. `RowRole` gives the RunRow."""

    RowRole = int(Qt.ItemDataRole.UserRole) + 1
    SortRole = int(Qt.ItemDataRole.UserRole) + 2

    COLUMNS = (
        "title",
        "state",
        "method",
        "data",
        "backbone",
        "best",
        "loss",
        "epoch",
        "progress",
        "speed",
        "time",
        "started",
        "notes",
    )
    NUMBERS = frozenset({"best", "loss", "epoch", "progress", "speed", "time"})

    rowChanged = Signal(str)
    rowAdded = Signal(str)
    rowRemoved = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._hues = 0

    # Qt's side

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = self.COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.column_title(name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(
                (Qt.AlignmentFlag.AlignRight if name in self.NUMBERS else Qt.AlignmentFlag.AlignLeft)
                | Qt.AlignmentFlag.AlignVCenter
            )
        return None

    def column_title(self, name: str) -> str:
        """The head of a column."""
        return {
            "title": self.tr("Run"),
            "state": self.tr("State"),
            "method": self.tr("Method"),
            "data": self.tr("Data"),
            "backbone": self.tr("Backbone"),
            "best": self.tr("Best kNN"),
            "loss": self.tr("Loss"),
            "epoch": self.tr("Epoch"),
            "progress": self.tr("Progress"),
            "speed": self.tr("Images/s"),
            "time": self.tr("Time"),
            "started": self.tr("Started"),
            "notes": self.tr("Notes"),
        }[name]

    def state_words(self, state: str) -> str:
        """A state in the window's language."""
        return {
            "queued": self.tr("queued"),
            "preparing": self.tr("preparing"),
            "running": self.tr("running"),
            "paused": self.tr("paused"),
            "stopping": self.tr("stopping"),
            "finished": self.tr("finished"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
            "interrupted": self.tr("interrupted"),
            "broken": self.tr("unreadable"),
        }.get(state, state)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row, name = self._rows[index.row()], self.COLUMNS[index.column()]
        if role == self.RowRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, name)
        if role == self.SortRole:
            return _sort_value(row, name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(
                (Qt.AlignmentFlag.AlignRight if name in self.NUMBERS else Qt.AlignmentFlag.AlignLeft)
                | Qt.AlignmentFlag.AlignVCenter
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem or row.folder or row.title
        if role == Qt.ItemDataRole.ForegroundRole and name == "state" and row.state in ("failed", "broken"):
            return QColor(theme.current().bad)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.column_title(name)}: {self._text(row, name)}"
        return None

    def _text(self, row: RunRow, name: str) -> str:
        at = row.status
        if name == "state":
            return self.state_words(row.state)
        if name == "best":
            return share(at.best)
        if name == "loss":
            return "" if at.loss is None else f"{at.loss:.3f}"
        if name == "epoch":
            return f"{at.epoch:.1f}" + (f" / {at.epochs}" if at.epochs else "") if at.step else ""
        if name == "progress":
            return f"{at.progress * 100:.0f} %" if at.steps else ""
        if name == "speed":
            return f"{at.images_per_second:,.0f}" if at.images_per_second else ""
        if name == "time":
            return duration(at.seconds) if at.seconds else ""
        if name == "started":
            return datetime.fromtimestamp(at.started).strftime("%Y-%m-%d %H:%M") if at.started else ""
        return row.title if name == "title" else row.notes if name == "notes" else str(getattr(at, name))

    # What is in it

    def rows(self) -> tuple[RunRow, ...]:
        """All runs, in the order in which they came."""
        return tuple(self._rows)

    def row(self, key: str) -> RunRow | None:
        """The run with a key."""
        place = self._place(key)
        return self._rows[place] if place >= 0 else None

    def colour(self, key: str) -> str:
        """A run's one colour in the theme that rules."""
        row = self.row(key)
        return theme.current().hue(row.hue if row else 0)

    # Changes

    def apply(self, changes: Changes) -> None:
        """What the store found on disk. A run that this window trains is told of by its own events, which are newer."""
        for summary in (*changes.added, *changes.changed):
            self._take(summary)
        for folder in changes.removed:
            self.remove(str(folder))

    def add_job(self, key: str, title: str, method: str, data: str, epochs: int = 0) -> None:
        """A run that waits for its turn and has no folder yet."""
        self._insert(RunRow(key=key, title=title, status=Status(method=method, data=data, epochs=epochs), own=True))

    def job_changed(self, key: str, folder: str, state: str, problem: str = "") -> str:
        """A job has a folder or another state; the key by which the run is known from now on."""
        if folder and folder != key and self._place(folder) >= 0 and self._place(key) >= 0:
            # The store was quicker than the job's own word: the row that it made takes the job's colour.
            hue = self._rows[self._place(key)].hue
            self.remove(key)
            place = self._place(folder)
            self._set(place, replace(self._rows[place], hue=hue))
        place = self._place(folder) if folder and self._place(folder) >= 0 else self._place(key)
        if place < 0:
            return folder or key
        row = self._rows[place]
        changed = replace(
            row, key=folder or row.key, folder=folder or row.folder, state=state, own=True, problem=problem or row.problem
        )
        if changed.key != row.key:
            self.rowRemoved.emit(row.key)
            self._set(place, changed)
            self.rowAdded.emit(changed.key)
        else:
            self._set(place, changed)
        return changed.key

    def feed(self, key: str, events: Iterable[Event]) -> None:
        """What a run of this window said."""
        place = self._place(key)
        if place < 0:
            return
        row = self._rows[place]
        for event in events:
            row = _after(row, event)
        self._set(place, row)

    def adopt(self, rows: Iterable[RunRow]) -> None:
        """Take over the rows of another model, colours and all. For a model that is still empty."""
        for row in rows:
            self._insert(row, row.hue)

    def set_shown(self, key: str, shown: bool) -> None:
        """Show or hide a run in the plots."""
        place = self._place(key)
        if place >= 0 and self._rows[place].shown != shown:
            self._set(place, replace(self._rows[place], shown=shown))

    def remove(self, key: str) -> None:
        """A run is gone."""
        place = self._place(key)
        if place >= 0:
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._rows[place]
            self.endRemoveRows()
            self.rowRemoved.emit(key)

    def repaint(self) -> None:
        """The colours have changed."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.COLUMNS) - 1))

    def _take(self, summary: RunSummary) -> None:
        key, status = str(summary.folder), summary.status
        place = self._place(key)
        old = self._rows[place] if place >= 0 else RunRow(key=key)
        if old.own and old.state in LIVE_STATES:
            return
        row = replace(
            old,
            folder=key,
            title=_title(summary),
            state=summary.state,
            status=replace(status, heartbeat=0.0),  # a beat alone is no news
            notes=summary.notes,
            tags=summary.tags,
            problem=summary.problem or " ".join(part for part in (status.error, status.remedy) if part),
        )
        if place >= 0:
            self._set(place, row)
        else:
            self._insert(row)

    def _insert(self, row: RunRow, hue: int | None = None) -> None:
        if self._place(row.key) >= 0:
            return
        row = replace(row, hue=self._hues if hue is None else hue)
        self._hues = max(self._hues, row.hue) + 1
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(row)
        self.endInsertRows()
        self.rowAdded.emit(row.key)

    def _set(self, place: int, row: RunRow) -> None:
        if self._rows[place] == row:
            return
        self._rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.COLUMNS) - 1))
        self.rowChanged.emit(row.key)

    def _place(self, key: str) -> int:
        return next((place for place, row in enumerate(self._rows) if row.key == key), -1)


class RunsFilter(QSortFilterProxyModel):
    """Rows that hold every word; newest first unless a column was chosen."""

    def __init__(self, source: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSourceModel(source)
        self.setSortRole(RunsModel.SortRole)
        self.setDynamicSortFilter(True)
        self.sort(RunsModel.COLUMNS.index("started"), Qt.SortOrder.DescendingOrder)

    def set_words(self, text: str) -> None:
        """Words to look for in title, state, method, data, notes and tags."""
        self._words = tuple(text.lower().split())
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:
        if not self._words:
            return True
        model = self.sourceModel()
        row: RunRow = model.index(source_row, 0, source_parent).data(RunsModel.RowRole)
        text = " ".join(
            (row.title, row.state, row.status.method, row.status.data, row.status.backbone, row.notes, *row.tags)
        ).lower()
        return all(word in text for word in self._words)

    def lessThan(self, left: _Index, right: _Index) -> bool:
        a, b = left.data(RunsModel.SortRole), right.data(RunsModel.SortRole)
        if a == b:
            # Equal values keep the order in which the runs came, whatever the direction.
            return bool(left.row() < right.row())
        return bool(a < b)


def share(value: float | None) -> str:
    """A share of 1 in three figures: .534; an em dash where there is none."""
    if value is None:
        return "—"
    return f"{value:.3f}".removeprefix("0")


def duration(seconds: float) -> str:
    """Seconds for people: 42 s, 2 min 55 s, 3 h 05 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _title(summary: RunSummary) -> str:
    if summary.name:
        return summary.name
    status = summary.status
    parts = [part for part in (status.method, Path(status.data).name if status.data else "") if part]
    return " · ".join(parts) or summary.folder.name


def _after(row: RunRow, event: Event) -> RunRow:
    at = row.status
    if isinstance(event, StepDone):
        at = replace(
            at,
            step=event.step,
            epoch=event.epoch,
            loss=event.loss,
            images_per_second=event.images_per_second,
            seconds=event.seconds,
        )
    elif isinstance(event, RunStarted):
        backbone = event.config.get("backbone", {})
        title = str(event.config.get("name") or f"{event.method} · {Path(event.data).name}")
        at = replace(
            at,
            method=event.method,
            data=event.data,
            backbone=str(backbone.get("name", at.backbone)),
            step=event.step,
            steps=event.steps,
            epochs=max(1, math.ceil(event.steps / max(1, event.steps_per_epoch))),
            started=at.started or datetime.now().timestamp(),
        )
        row = replace(row, title=title, problem="")
    elif isinstance(event, EvalDone) and "knn" in event.values:
        value = float(event.values["knn"])
        at = replace(at, best=value if at.best is None else max(at.best, value))
    elif isinstance(event, EpochDone):
        at = replace(at, epoch=float(event.epoch), seconds=event.seconds or at.seconds)
    elif isinstance(event, RunFailed):
        row = replace(row, problem=f"{event.message} {event.remedy}".strip())
    elif isinstance(event, RunEnded):
        at = replace(at, step=event.step)
    return replace(row, status=at)


def _sort_value(row: RunRow, name: str) -> Any:
    at = row.status
    if name == "best":
        return -1.0 if at.best is None else at.best
    if name == "loss":
        return math.inf if at.loss is None else at.loss
    if name == "speed":
        return at.images_per_second
    if name == "time":
        return at.seconds
    if name == "started":
        # A run that waits has not started: it is the newest.
        return at.started or math.inf
    value = getattr(row if name in ("title", "state", "notes") else at, name)
    return value.lower() if isinstance(value, str) else value
