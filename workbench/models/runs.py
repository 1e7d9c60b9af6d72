"""All runs as a Qt model: those on disk and those queued or training in this window. Changed in place, never reset."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.catalogue import title_of
from engine.config.run_name import run_name
from engine.events import EpochDone, EvalDone, Event, LengthChanged, RunEnded, RunFailed, RunStarted, StepDone
from engine.runs.measured import measured
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from workbench import theme
from workbench.models import columns
from workbench.models.columns import LIVE_STATES, duration, share

__all__ = ["LIVE_STATES", "SHOWN_AT_FIRST", "RunRow", "RunsModel", "duration", "share"]

_Index = QModelIndex | QPersistentModelIndex
NO_HUE = -1
SHOWN_AT_FIRST = 5  # how many of the newest runs are shown in the plots when several are found at once


@dataclass(frozen=True)
class RunRow:
    """One run in the list: the contents of its status.json and what only the window knows.

    `key`: the folder, or the job's key before there is a folder. `state`: that of the status, or one of the queue's and the list's
    own ("queued", "preparing", "stopping", "broken"). `notes`, `tags`, `star`: set by the user, not part of the status. `shown`:
    whether it is in the plots. `own`: whether this window trains it. `hue`: its colour number, NO_HUE until it has one. `news`: it
    was started by the queue, or has ended, and was not selected since. `evaluation`: the test figures by name. `config_time`: when
    the config was written."""

    key: str
    folder: str = ""
    title: str = ""
    state: str = "queued"
    status: Status = field(default_factory=Status)
    notes: str = ""
    tags: tuple[str, ...] = ()
    star: bool = False
    problem: str = ""
    hue: int = NO_HUE
    shown: bool = True
    own: bool = False
    news: bool = False
    evaluation: Mapping[str, float] = field(default_factory=dict)
    config_time: int = 0

    @property
    def seconds_left(self) -> float | None:
        """Remaining seconds at the average speed so far; None where it is unknown."""
        at = self.status
        if not at.step or not at.steps or at.seconds <= 0:
            return None
        return at.seconds / at.step * (at.steps - at.step)


class RunsModel(QAbstractListModel):
    """A list model of runs; `RowRole` gives the RunRow. RunsOrder sorts, filters and groups them and has the columns.

    Configs are read only when they are needed: `configsWanted` carries the keys of runs whose configs are missing, `take_configs`
    receives them, and `configsChanged` carries the keys whose configs have changed."""

    RowRole = int(Qt.ItemDataRole.UserRole) + 1

    rowChanged = Signal(str)
    rowAdded = Signal(str)
    rowRemoved = Signal(str)
    removedAll = Signal()
    configsWanted = Signal(list)
    configsChanged = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._indices: dict[str, int] | None = {}
        self._hues = 0
        # Colour numbers by folder name of an earlier version, and by folder the numbers that are not in the run's folder yet, with
        # whether they replace one that is.
        self._old_hues: dict[str, int] = {}
        self._unsaved_hues: dict[str, tuple[int, bool]] = {}
        self.removing = False  # several rows are being removed: `removedAll` follows
        self._configs: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self._all_configs = False

    # QAbstractListModel

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == self.RowRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        return None

    def state_text(self, state: str) -> str:
        """A state in the window's language."""
        return columns.state_text(state)

    # Contents

    def rows(self) -> tuple[RunRow, ...]:
        """All runs, in the order in which they were added."""
        return tuple(self._rows)

    def row(self, key: str) -> RunRow | None:
        """The run with a key."""
        index = self._index_of(key)
        return self._rows[index] if index >= 0 else None

    def colour(self, key: str) -> str:
        """A run's colour in the current theme."""
        row = self.row(key)
        return theme.current().run_colour(row.hue if row else 0)

    def set_old_hues(self, numbers: Mapping[str, int]) -> None:
        """Set colour numbers by folder name, for runs that have none in their folder."""
        self._old_hues = dict(numbers)
        self._hues = max(self._hues, 1 + max(numbers.values(), default=-1))

    def unsaved_hues(self, most: int | None = None) -> dict[str, tuple[int, bool]]:
        """Up to `most` colour numbers by folder that have to be stored, with whether they replace a stored one. Each is returned
        once."""
        taken = dict(list(self._unsaved_hues.items())[:most])
        for folder in taken:
            del self._unsaved_hues[folder]
        return taken

    def set_hue(self, key: str, number: int) -> None:
        """Give a run another colour."""
        index = self._index_of(key)
        if index >= 0:
            self._set(index, replace(self._rows[index], hue=number))

    def _distinct(self, number: int, taken: set[int]) -> int:
        """`number`, or the next one whose hue is not in `taken` (the hues in the plots) if its own is and one is free."""
        count = len(theme.current().hues)
        if number % count not in taken or len(taken) >= count:
            return number
        return next(other for other in range(self._hues, self._hues + count) if other % count not in taken)

    def _taken(self) -> set[int]:
        count = len(theme.current().hues)
        return {row.hue % count for row in self._rows if row.shown}

    # Settings of the runs

    def config(self, key: str) -> Mapping[str, Any] | None:
        """A run's config by dotted key; None until it has been read."""
        entry = self._configs.get(key)
        return None if entry is None else entry[1]

    def want_configs(self, keys: Iterable[str] | None = None) -> None:
        """Request the configs of these runs; None: of all runs, also of those that are added later."""
        if keys is None:
            if self._all_configs:
                return
            self._all_configs = True
            keys = [row.key for row in self._rows]
        missing = [key for key in keys if self._lacks(key)]
        if missing:
            self.configsWanted.emit(missing)

    @property
    def complete(self) -> bool:
        """Whether the settings of all runs have been read."""
        return not any(self._lacks(row.key) for row in self._rows)

    def take_configs(self, configs: Mapping[str, Mapping[str, Any]]) -> None:
        """Store configs that were read, by the run's key; an empty one where a config could not be read."""
        taken = [key for key in configs if self._index_of(key) >= 0]
        for key in taken:
            self._configs[key] = (self._rows[self._index_of(key)].config_time, configs[key])
        if taken:
            self.configsChanged.emit(taken)

    def settings(self) -> tuple[str, ...]:
        """The keys of all known configs: those that every run has, then those of single methods."""
        names = dict.fromkeys(columns.settings())
        for _, config in self._configs.values():
            names.update(dict.fromkeys(config))
        return tuple(name for name in names if columns.is_setting(name))

    def figures(self) -> tuple[str, ...]:
        """The columns of all figures that some run has: the last measured ones and those of evaluations."""
        last = dict.fromkeys(columns.LAST + name for row in self._rows for name in row.status.last_eval)
        tested = dict.fromkeys(columns.EVALUATION + name for row in self._rows for name in row.evaluation)
        return (*last, *tested)

    def _lacks(self, key: str) -> bool:
        row, entry = self.row(key), self._configs.get(key)
        return row is not None and bool(row.config_time) and (entry is None or entry[0] != row.config_time)

    # Changes

    def apply(self, changes: Changes) -> None:
        """Apply changes on disk. A run that this window trains is updated by its events, which are newer, not by these."""
        newest = sorted(changes.added, key=lambda summary: summary.status.started)[-SHOWN_AT_FIRST:]
        shown = {str(summary.folder) for summary in newest}
        fresh = [row for summary in changes.added if (row := self._take(summary, str(summary.folder) in shown)) is not None]
        self._insert(fresh)
        for summary in changes.changed:
            self._insert([row for row in (self._take(summary),) if row is not None])
        for folder in changes.removed:
            self.remove(str(folder))

    def add_job(self, key: str, title: str, method: str, data: str, epochs: int = 0) -> None:
        """Add a queued run that has no folder yet."""
        self.add_jobs([(key, title, Status(method=method, data=data, epochs=epochs))])

    def add_jobs(self, jobs: Iterable[tuple[str, str, Status]]) -> None:
        """Add many queued runs at once: (key, title, status) for each."""
        self._insert([RunRow(key=key, title=title, status=status, own=True) for key, title, status in jobs])

    def describe_job(self, key: str, title: str, status: Status) -> None:
        """Another title and status of a queued run, whose settings were changed."""
        index = self._index_of(key)
        if index >= 0:
            self._set(index, replace(self._rows[index], title=title, status=status))

    def job_changed(self, key: str, folder: str, state: str, problem: str = "") -> str:
        """Update a job's folder and state; returns the run's key, which may have changed to its folder."""
        if folder and folder != key and self._index_of(folder) >= 0 and self._index_of(key) >= 0:
            # The store found the folder before the job reported it: the new row takes the job's colour.
            hue = self._rows[self._index_of(key)].hue
            self.remove(key)
            index = self._index_of(folder)
            self._set(index, replace(self._rows[index], hue=hue))
        index = self._index_of(folder) if folder and self._index_of(folder) >= 0 else self._index_of(key)
        if index < 0:
            return folder or key
        row = self._rows[index]
        changed = replace(
            row, key=folder or row.key, folder=folder or row.folder, state=state, own=True, problem=problem or row.problem
        )
        if changed.key != row.key:
            self.rowRemoved.emit(row.key)
            self._set(index, changed)
            self.rowAdded.emit(changed.key)
        else:
            self._set(index, changed)
        return changed.key

    def feed(self, key: str, events: Iterable[Event]) -> None:
        """Update the row of a run that this window trains by its events."""
        index = self._index_of(key)
        if index < 0:
            return
        row = self._rows[index]
        for event in events:
            row = _after(row, event)
        self._set(index, row)

    def adopt(self, rows: Iterable[RunRow]) -> None:
        """Copy the rows of another model with their colours. For an empty model."""
        self._insert(list(rows))

    def set_shown(self, key: str, shown: bool) -> None:
        """Show or hide a run in the plots."""
        index = self._index_of(key)
        if index >= 0 and self._rows[index].shown != shown:
            self._set(index, replace(self._rows[index], shown=shown))

    def show_only(self, keys: Iterable[str]) -> None:
        """Show these runs in the plots and hide all others."""
        wanted = set(keys)
        for row in self.rows():
            self.set_shown(row.key, row.key in wanted)

    def set_news(self, key: str, news: bool) -> None:
        """Mark a run as one that was started or has ended unseen, or remove the mark."""
        index = self._index_of(key)
        if index >= 0:
            self._set(index, replace(self._rows[index], news=news))

    def remove(self, key: str) -> None:
        """Remove a run."""
        index = self._index_of(key)
        if index >= 0:
            self.beginRemoveRows(QModelIndex(), index, index)
            del self._rows[index]
            self._indices = None
            self._configs.pop(key, None)
            self.endRemoveRows()
            self.rowRemoved.emit(key)

    def remove_all(self, keys: Iterable[str]) -> None:
        """Remove many runs; views are arranged once, at the signal `removedAll`."""
        gone = {key for key in keys if self._index_of(key) >= 0}
        self.removing = True
        end = len(self._rows)
        while end > 0:
            start = end
            while start > 0 and self._rows[start - 1].key in gone:
                start -= 1
            if start < end:
                self.beginRemoveRows(QModelIndex(), start, end - 1)
                del self._rows[start:end]
                self._indices = None
                self.endRemoveRows()
            end = start - 1 if start == end else start
        self._indices = None
        for key in gone:
            self._configs.pop(key, None)
            self.rowRemoved.emit(key)
        self.removing = False
        if gone:
            self.removedAll.emit()

    def repaint(self) -> None:
        """Repaint all rows after the colours have changed."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _take(self, summary: RunSummary, shown: bool = True) -> RunRow | None:
        """Update the row of a run from its summary; if there is none, return the row to insert."""
        key, status = str(summary.folder), summary.status
        index = self._index_of(key)
        old = self._rows[index] if index >= 0 else RunRow(key=key, shown=shown)
        annotations: dict[str, Any] = {"notes": summary.notes, "tags": summary.tags, "star": summary.star}
        if summary.colour is not None and key not in self._unsaved_hues:
            annotations["hue"] = summary.colour
        if old.own and old.state in LIVE_STATES:
            # Its events are newer than the status on disk; name, notes, tags and star are only on disk.
            title = summary.name or old.title
            self._set(index, replace(old, title=title, config_time=summary.config_time, **annotations))
            return None
        row = replace(
            old,
            folder=key,
            title=summary.title,
            state=summary.state,
            status=replace(status, heartbeat=0.0),  # a new heartbeat alone is not a change
            problem=summary.problem or " ".join(part for part in (status.error, status.remedy) if part),
            evaluation=summary.evaluation,
            config_time=summary.config_time,
            **annotations,
        )
        if index < 0:
            return row
        self._set(index, row)
        if summary.colour == row.hue:
            self._unsaved_hues.pop(key, None)
        return None

    def _insert(self, rows: list[RunRow]) -> None:
        made = [row for row in rows if self._index_of(row.key) < 0]
        if not made:
            return
        self._colour(made)
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(made) - 1)
        self._rows += made
        self._indices = None
        self.endInsertRows()
        for row in made:
            self.rowAdded.emit(row.key)
        self._read_again([row.key for row in made])

    def _colour(self, made: list[RunRow]) -> None:
        """Give new rows without a colour number one: that of an earlier version, else the next one, the oldest run first whatever
        the order on disk. It never changes by itself. A new run gets another hue than those in the plots while one is free."""
        count, taken = len(theme.current().hues), self._taken()
        self._hues = max(self._hues, 1 + max(row.hue for row in made))
        names = [Path(row.folder).name if row.folder else "" for row in made]
        for at, row in enumerate(made):
            if row.hue == NO_HUE and names[at] in self._old_hues:
                made[at] = replace(row, hue=self._old_hues[names[at]])
                self._unsaved_hues[row.folder] = (made[at].hue, False)
        taken |= {row.hue % count for row in made if row.shown and row.hue != NO_HUE}
        order = [at for at, row in enumerate(made) if row.hue == NO_HUE]
        for at in sorted(order, key=lambda at: (made[at].status.started, names[at], at)):
            row = made[at]
            hue = self._distinct(self._hues, taken) if row.shown else self._hues
            taken |= {hue % count} if row.shown else set()
            made[at] = replace(row, hue=hue)
            self._hues = hue + 1
            if row.folder:
                self._unsaved_hues[row.folder] = (hue, False)

    def _set(self, index: int, row: RunRow) -> None:
        old = self._rows[index]
        if old == row:
            return
        if row.folder and (old.hue != row.hue or old.folder != row.folder):
            self._unsaved_hues[row.folder] = (row.hue, bool(old.folder))
        self._rows[index] = row
        if old.key != row.key:
            self._indices = None
        self.dataChanged.emit(self.index(index), self.index(index))
        self.rowChanged.emit(row.key)
        if old.config_time != row.config_time:
            self._read_again([row.key])

    def _read_again(self, keys: list[str]) -> None:
        wanted = [key for key in keys if self._all_configs or key in self._configs]
        if wanted:
            self.want_configs(wanted)

    def _index_of(self, key: str) -> int:
        if self._indices is None:
            self._indices = {row.key: index for index, row in enumerate(self._rows)}
        return self._indices.get(key, -1)


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
        train = event.config.get("train", {})
        seed = train.get("seed", at.seed) if isinstance(train, Mapping) else at.seed
        title = run_name(title_of(event.method), event.data, seed, name=str(event.config.get("name") or ""))
        at = replace(
            at,
            method=event.method,
            data=event.data,
            seed=seed,
            backbone=str(backbone.get("name", at.backbone)),
            step=event.step,
            steps=event.steps,
            epochs=max(1, math.ceil(event.steps / max(1, event.steps_per_epoch))),
            started=at.started or datetime.now().timestamp(),
        )
        row = replace(row, title=title, problem="")
    elif isinstance(event, LengthChanged):
        at = replace(at, steps=event.steps, epochs=event.epochs)
    elif isinstance(event, EvalDone):
        at = replace(at, last_eval={name: float(value) for name, value in event.values.items()})
        at = replace(at, **measured([(event.step, at.last_eval)], at.best, at.untrained))
    elif isinstance(event, EpochDone):
        at = replace(at, epoch=float(event.epoch), seconds=event.seconds or at.seconds)
    elif isinstance(event, RunFailed):
        row = replace(row, problem=f"{event.message} {event.remedy}".strip())
    elif isinstance(event, RunEnded):
        at = replace(at, step=event.step)
    return replace(row, status=at)
