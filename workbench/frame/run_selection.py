"""Which runs the panels show: each run that is not hidden in the curves, the selected one everywhere."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.events import Event, StepDone
from workbench.bridge.bridge import Bridge
from workbench.bridge.run_questions import READ_AT_ONCE, ReadMetrics
from workbench.frame.panel_host import PanelHost
from workbench.models.runs import LIVE_STATES, RunRow, RunsModel
from workbench.panels.runs.panel import RunsPanel

# Between two updates of the list of runs while a run goes on. Steps come every 200 ms: they are shown in the call in which they
# came. This late the last of them.
UPDATE_MS = 500
LATE_MS = 250


class RunSelection(QObject):
    """Passes what happens to runs to the list and to the panels. `changed`: the status line may have to say something else."""

    changed = Signal()

    def __init__(
        self, bridge: Bridge, runs: RunsModel, run_list: RunsPanel, host: PanelHost, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._runs, self._list, self._host = bridge, runs, run_list, host
        self._loaded: set[str] = set()
        # The runs that panels know by `run_changed`: of thousands, those that were ever shown in the plots.
        self._known: set[str] = set()
        # Runs of other processes: how far each was read, and those that went on at the last look.
        self._read: dict[str, int] = {}
        self._going: set[str] = set()
        self._reading: set[str] = set()
        # The newest step of each run that the list does not show yet.
        self._pending: dict[str, StepDone] = {}
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._updated = 0.0
        self._update.timeout.connect(self._update_list)
        runs.rowAdded.connect(self._added)
        runs.rowRemoved.connect(self._removed)
        runs.rowChanged.connect(self._row_changed)
        run_list.selected.connect(self.select)
        host.retryAsked.connect(host.show_selected)
        host.made.connect(self._show_all_again)

    @property
    def selected(self) -> str:
        """The key of the run that panels show; "" for none."""
        return self._host.selected

    def show_newest(self) -> None:
        """At the first look at the folder of runs: select the newest of all."""
        rows = sorted(self._runs.rows(), key=lambda row: row.status.started, reverse=True)
        if rows and not self.selected:
            self._list.select(rows[0].key)

    def select(self, key: str) -> None:
        """Everything that shows one run shows this one."""
        if key == self.selected:
            return
        self._host.selected = key
        row = self._runs.row(key) if key else None
        if row is None or not row.folder:
            return
        if not row.shown:
            self._runs.set_shown(key, True)
        self._show_selected()
        self.changed.emit()

    def take_events(self, folder: str, events: list[Any]) -> None:
        """What a run of this window reported."""
        self._feed_list(folder, events)
        self._host.call_all(lambda panel: panel.take_events(folder, events), folder)

    def _show_selected(self) -> None:
        for id in tuple(self._host.panels):
            self._host.show_selected(id)

    def _show_all_again(self, _: str) -> None:
        """A panel was made after the others: it gets what they have."""
        self._loaded.clear()
        for row in self._runs.rows():
            if row.folder:
                self._announce(row)
                self._load(row.key)
        self._show_selected()

    def _feed_list(self, folder: str, events: list[Event]) -> None:
        """Steps come often, and a row that changes is painted anew in every list: of them the newest, twice a second."""
        last = events[-1]
        if isinstance(last, StepDone) and all(isinstance(event, StepDone) for event in events):
            self._pending[folder] = last
            left = UPDATE_MS - int(1000 * (time.perf_counter() - self._updated))
            if left <= 0:
                self._update_list()
            elif not self._update.isActive():
                self._update.start(left + LATE_MS)
            return
        self._pending.pop(folder, None)  # these events are newer
        self._runs.feed(folder, events)

    def _update_list(self) -> None:
        self._update.stop()
        self._updated = time.perf_counter()
        pending, self._pending = self._pending, {}
        for folder, step in pending.items():
            self._runs.feed(folder, [step])

    def apply_theme(self) -> None:
        """The runs' colours in the present theme."""
        for row in self._runs.rows():
            if row.key in self._known:
                self._announce(row)

    def _added(self, key: str) -> None:
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        if row.state in LIVE_STATES and not row.own:
            self._going.add(key)
        self._announce(row)
        self._load(key)

    def _announce(self, row: RunRow) -> None:
        if not row.shown and row.key not in self._known:
            return
        self._known.add(row.key)
        colour = self._runs.colour(row.key)
        self._host.call_all(lambda panel: panel.run_changed(row, colour), row.key)

    def _removed(self, key: str) -> None:
        self._loaded.discard(key)
        self._read.pop(key, None)
        self._going.discard(key)
        self._known.discard(key)
        self._host.call_all(lambda panel: panel.run_removed(key), key)
        if key == self.selected:
            self._host.selected = ""
            self._show_selected()

    def _row_changed(self, key: str) -> None:
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        self._announce(row)
        if not row.own:
            live, went = row.state in LIVE_STATES, key in self._going
            if live and not went:
                self._read.pop(key, None)  # it may have been taken back to a checkpoint
            if live or went:
                # Another process trains it, or just did: what it wrote since is read.
                self._loaded.discard(key)
            (self._going.add if live else self._going.discard)(key)
        self._load(key)
        self.changed.emit()

    # Metrics on disk

    def _load(self, key: str) -> None:
        """Read a run's metrics, once it is in the plots."""
        row = self._runs.row(key)
        if row is None or not row.folder or not row.shown or key in self._loaded or (row.own and row.state in LIVE_STATES):
            return
        if key in self._reading:
            return  # what is written meanwhile is read after it: `_loaded` does not contain the run
        self._loaded.add(key)
        self._reading.add(key)
        offset = 0 if row.own else self._read.get(key, 0)
        if offset:
            self._read_more(key, row.folder, offset)
        else:
            self._read_all(key, row.folder)

    def _read_all(self, key: str, folder: str) -> None:
        """From the first line on. All of it happens in a background thread: a run may have hundreds of thousands of steps."""
        readers = self._host.readers(key)

        def came(answer: tuple[list[dict[str, Any]], int]) -> None:
            if self._still_read(key):
                self._read[key] = answer[1]
                self._host.show_metrics(key, readers)
            self._over(key)

        question = ReadMetrics(folder, 0, readers.takers())
        self._bridge.ask(question, came, lambda _: self._over(key), partial(self._show_reading, key))

    def _read_more(self, key: str, folder: str, offset: int) -> None:
        """What was written since the last time, in pieces that the window takes in a few milliseconds each."""

        def came(answer: tuple[list[dict[str, Any]], int]) -> None:
            lines, after = answer
            if self._still_read(key):
                if lines and lines[0]["event"] == "RunStarted" and not lines[0].get("step"):
                    # From the first step on once more: all of it is read as if nothing were known.
                    self._loaded.discard(key)
                    self._read.pop(key, None)
                else:
                    self._read[key] = after
                    if lines:
                        self._host.call_all(lambda panel: panel.add_metrics(key, lines), key)
                    if after - offset >= READ_AT_ONCE // 2:
                        self._loaded.discard(key)  # there is more
            self._over(key)

        self._bridge.ask(ReadMetrics(folder, offset), came, lambda _: self._over(key))

    def _show_reading(self, key: str, share: float | None) -> None:
        self._host.call_all(lambda panel: panel.show_reading(key, share), key)

    def _still_read(self, key: str) -> bool:
        """Whether what lay on disk is still wanted: the own events of a run that began in the meantime are newer."""
        row = self._runs.row(key)
        return row is not None and not (row.own and row.state in LIVE_STATES)

    def _over(self, key: str) -> None:
        self._reading.discard(key)
        self._show_reading(key, None)
        self._load(key)
