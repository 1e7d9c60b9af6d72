"""Which runs the panels show: the shown runs in the plots, the selected run in all panels."""

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

# Milliseconds between two updates of the list of runs while a run trains (its steps arrive every 200 ms), and the additional delay
# of the last one.
UPDATE_MS = 500
LATE_MS = 250


class RunSelection(QObject):
    """Passes changes and events of runs to the list and to the panels. `changed`: the status line has to be updated."""

    changed = Signal()

    def __init__(
        self, bridge: Bridge, runs: RunsModel, run_list: RunsPanel, host: PanelHost, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._runs, self._list, self._host = bridge, runs, run_list, host
        self._loaded: set[str] = set()
        # The runs for which panels got `run_changed`: those that were ever shown in the plots.
        self._known: set[str] = set()
        # Runs of other processes: the offset up to which their metrics were read, and those that trained at the last update.
        self._read: dict[str, int] = {}
        self._going: set[str] = set()
        self._reading: set[str] = set()
        # The newest step of each run, not yet shown in the list.
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
        """Select the newest run, if none is selected."""
        rows = sorted(self._runs.rows(), key=lambda row: row.status.started, reverse=True)
        if rows and not self.selected:
            self._list.select(rows[0].key)

    def select(self, key: str) -> None:
        """Show a run in all panels."""
        if key == self.selected:
            return
        self._host.selected = key
        row = self._runs.row(key) if key else None
        if row is None or not row.folder:
            return
        if not row.shown:
            self._runs.set_shown(key, True)
        if row.news:
            self._runs.set_news(key, False)
        self._show_selected()
        self.changed.emit()

    def take_events(self, folder: str, events: list[Any]) -> None:
        """Pass the events of a run of this window to the list and to the panels."""
        self._feed_list(folder, events)
        self._host.call_all(lambda panel: panel.take_events(folder, events), folder)

    def _show_selected(self) -> None:
        for id in tuple(self._host.panels):
            self._host.show_selected(id)

    def _show_all_again(self, _: str) -> None:
        """Pass all runs to the panels again, after a panel was created later than the others."""
        self._loaded.clear()
        for row in self._runs.rows():
            if row.folder:
                self._announce(row)
                self._load(row.key)
        self._show_selected()

    def _feed_list(self, folder: str, events: list[Event]) -> None:
        """Pass events to the list. Steps are frequent and each repaints a row: only the newest one is passed, twice a second."""
        last = events[-1]
        if isinstance(last, StepDone) and all(isinstance(event, StepDone) for event in events):
            self._pending[folder] = last
            left = UPDATE_MS - int(1000 * (time.perf_counter() - self._updated))
            if left <= 0:
                self._update_list()
            elif not self._update.isActive():
                self._update.start(left + LATE_MS)
            return
        waiting = self._pending.pop(folder, None)
        # An evaluation comes in a bundle of its own where the step before it was the last of another.
        self._runs.feed(folder, events if waiting is None else [waiting, *events])

    def _update_list(self) -> None:
        self._update.stop()
        self._updated = time.perf_counter()
        pending, self._pending = self._pending, {}
        for folder, step in pending.items():
            self._runs.feed(folder, [step])

    def apply_theme(self) -> None:
        """Pass the runs' colours in the current theme to the panels."""
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
                self._read.pop(key, None)  # it may have been resumed from an earlier checkpoint
            if live or went:
                # Another process trains it, or has just ended: read what it wrote.
                self._loaded.discard(key)
            (self._going.add if live else self._going.discard)(key)
        self._load(key)
        self.changed.emit()

    # Metrics on disk

    def _load(self, key: str) -> None:
        """Read a run's metrics if it is shown in the plots."""
        row = self._runs.row(key)
        if row is None or not row.folder or not row.shown or key in self._loaded or (row.own and row.state in LIVE_STATES):
            return
        if key in self._reading:
            return  # `_over` reads again: `_loaded` does not contain the run
        self._loaded.add(key)
        self._reading.add(key)
        offset = 0 if row.own else self._read.get(key, 0)
        if offset:
            self._read_more(key, row.folder, offset)
        else:
            self._read_all(key, row.folder)

    def _read_all(self, key: str, folder: str) -> None:
        """Read all lines, in a background thread: a run may have hundreds of thousands of steps."""
        readers = self._host.readers(key)

        def came(answer: tuple[list[dict[str, Any]], int]) -> None:
            if self._still_read(key):
                self._read[key] = answer[1]
                self._host.show_metrics(key, readers)
            self._over(key)

        question = ReadMetrics(folder, 0, readers.takers())
        self._bridge.ask(question, came, lambda _: self._over(key), partial(self._show_reading, key))

    def _read_more(self, key: str, folder: str, offset: int) -> None:
        """Read the lines after `offset`, in pieces that take the window a few milliseconds each."""

        def came(answer: tuple[list[dict[str, Any]], int]) -> None:
            lines, after = answer
            if self._still_read(key):
                if lines and lines[0]["event"] == "RunStarted" and not lines[0].get("step"):
                    # The run was started again from step 0: read everything.
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
        """Whether metrics from disk are still needed: not if this window trains the run now, whose events are newer."""
        row = self._runs.row(key)
        return row is not None and not (row.own and row.state in LIVE_STATES)

    def _over(self, key: str) -> None:
        self._reading.discard(key)
        self._show_reading(key, None)
        self._load(key)
