"""Which runs the panels show: each run that is not hidden in the curves, the chosen one everywhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.config.errors import ConfigError
from engine.events import CheckpointSaved, EmbeddingDone, Event, RunStarted, StepDone
from engine.runs.reader import read_config
from workbench.bridge.bridge import Bridge
from workbench.bridge.questions import READ_AT_ONCE, ReadMetrics
from workbench.models.runs import LIVE_STATES, RunRow, RunsModel
from workbench.panels.curves.panel import CurvesPanel
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.panels.evaluate.panel import EvaluatePanel
from workbench.panels.health.panel import HealthPanel
from workbench.panels.invariance.panel import InvariancePanel
from workbench.panels.pairs.panel import PairsPanel
from workbench.panels.runs.panel import RunsPanel
from workbench.panels.runs.table import RunsTable
from workbench.panels.sees.panel import SeesPanel
from workbench.panels.versus.panel import VersusPanel

# Between two times that the list of runs is told how far a run is. Steps come every 200 ms while a run goes on: they are told in
# the waking in which they came. This late the last of them.
TELL_MS = 500
LATE_MS = 250


@dataclass(frozen=True)
class Screens:
    """The panels that show runs."""

    list: RunsPanel
    table: RunsTable
    curves: CurvesPanel
    sees: SeesPanel
    health: HealthPanel
    embedding: EmbeddingPanel
    pairs: PairsPanel
    invariance: InvariancePanel
    evaluate: EvaluatePanel
    versus: VersusPanel


class Showing(QObject):
    """Tells the panels what became of the runs. `changed`: the words about a run may be others now."""

    changed = Signal()

    def __init__(self, bridge: Bridge, runs: RunsModel, screens: Screens, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._runs, self._screens = bridge, runs, screens
        self._loaded: set[str] = set()
        self._in_curves: set[str] = set()
        # Runs of other processes: how far each was read, and those that went on at the last look.
        self._read: dict[str, int] = {}
        self._going: set[str] = set()
        self._reading: set[str] = set()
        self.selected = ""
        # The newest step of each run of which the list has not heard yet.
        self._untold: dict[str, StepDone] = {}
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._told = 0.0
        self._tell.timeout.connect(self._tell_list)
        runs.rowAdded.connect(self._added)
        runs.rowRemoved.connect(self._removed)
        runs.rowChanged.connect(self._row_changed)
        screens.list.selected.connect(self.select)
        screens.table.selected.connect(screens.list.select)

    def show_newest(self) -> None:
        """The first look: the newest of all is chosen."""
        rows = sorted(self._runs.rows(), key=lambda row: row.status.started, reverse=True)
        if rows and not self.selected:
            self._screens.list.select(rows[0].key)

    def select(self, key: str) -> None:
        """Everything that shows one run shows this one."""
        if key == self.selected:
            return
        self.selected = key
        row = self._runs.row(key) if key else None
        if row is None or not row.folder:
            return
        if not row.shown:
            self._runs.set_shown(key, True)
        self._screens.table.select(key)
        self._screens.sees.show_run(row.folder)
        self._screens.health.show_run(key)
        self._screens.embedding.show_run(row.folder, _data_of(row.folder))
        self._screens.pairs.show_run(row.folder)
        self._screens.versus.show_run(row.folder)
        self._screens.invariance.show_run(row.folder)
        self._screens.evaluate.show_run(row.folder)
        self.changed.emit()

    def events(self, folder: str, events: list[Any]) -> None:
        """What a run of this window said."""
        self._feed_list(folder, events)
        self._screens.curves.feed(folder, events)
        self._screens.health.feed(folder, events)
        if any(isinstance(event, (CheckpointSaved, EmbeddingDone)) for event in events):
            self._screens.versus.snapshot_added(folder)
        if folder != self.selected:
            return
        self._screens.sees.feed(events)
        for event in events:
            if isinstance(event, RunStarted):
                # The config on disk is complete only now.
                self._screens.embedding.show_run(folder, _data_of(folder))
            elif isinstance(event, EmbeddingDone):
                self._screens.embedding.snapshot_added(folder, event.epoch)
            elif isinstance(event, CheckpointSaved):
                self._screens.pairs.checkpoint_saved(folder)
                self._screens.invariance.checkpoint_saved(folder)
                self._screens.evaluate.checkpoint_saved(folder)

    def _feed_list(self, folder: str, events: list[Event]) -> None:
        """Steps come often, and a row that changes is painted anew in every list: of them the newest, twice a second."""
        last = events[-1]
        if isinstance(last, StepDone) and all(isinstance(event, StepDone) for event in events):
            self._untold[folder] = last
            left = TELL_MS - int(1000 * (time.perf_counter() - self._told))
            if left <= 0:
                self._tell_list()
            elif not self._tell.isActive():
                self._tell.start(left + LATE_MS)
            return
        self._untold.pop(folder, None)  # these events are newer
        self._runs.feed(folder, events)

    def _tell_list(self) -> None:
        self._tell.stop()
        self._told = time.perf_counter()
        untold, self._untold = self._untold, {}
        for folder, step in untold.items():
            self._runs.feed(folder, [step])

    def dress(self) -> None:
        """The runs' colours in the theme that rules now."""
        for row in self._runs.rows():
            if row.key in self._in_curves:
                self._screens.curves.add_run(row.key, row.title, self._runs.colour(row.key))

    def _added(self, key: str) -> None:
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        if row.state in LIVE_STATES and not row.own:
            self._going.add(key)
        self._draw(row)
        self._load(key)

    def _draw(self, row: RunRow) -> None:
        """The curves know the runs that were ever shown: of thousands, some."""
        if not row.shown and row.key not in self._in_curves:
            return
        self._in_curves.add(row.key)
        self._screens.curves.add_run(row.key, row.title, self._runs.colour(row.key))
        self._screens.curves.set_visible(row.key, row.shown)

    def _removed(self, key: str) -> None:
        self._loaded.discard(key)
        self._read.pop(key, None)
        self._going.discard(key)
        self._in_curves.discard(key)
        self._screens.curves.remove_run(key)
        self._screens.health.forget(key)
        if key == self.selected:
            self.selected = ""
            self._screens.sees.show_run(None)
            self._screens.health.show_run("")
            self._screens.embedding.show_run(None, None)
            self._screens.pairs.show_run(None)
            self._screens.versus.show_run(None)
            self._screens.invariance.show_run(None)
            self._screens.evaluate.show_run(None)

    def _row_changed(self, key: str) -> None:
        row = self._runs.row(key)
        if row is None or not row.folder:
            return
        self._draw(row)
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

    def _load(self, key: str) -> None:
        """Read a run's metrics, once somebody looks at them."""
        row = self._runs.row(key)
        if row is None or not row.folder or not row.shown or key in self._loaded or (row.own and row.state in LIVE_STATES):
            return
        if key in self._reading:
            return  # what is written meanwhile is read after it: `_loaded` does not know the run
        self._loaded.add(key)
        self._reading.add(key)
        offset = 0 if row.own else self._read.get(key, 0)
        if offset:
            self._read_more(key, row.folder, offset)
        else:
            self._read_all(key, row.folder)

    def _read_all(self, key: str, folder: str) -> None:
        """From the first line on. All of it happens in a background thread: a run may have hundreds of thousands of steps."""
        history, watch = self._screens.curves.blank(), self._screens.health.blank()

        def came(found: tuple[list[dict[str, Any]], int]) -> None:
            if self._still_read(key):
                self._read[key] = found[1]
                self._screens.curves.put(key, history)
                self._screens.health.put(key, watch)
            self._over(key)

        question = ReadMetrics(folder, 0, (history.take_lines, watch.take_lines))
        self._bridge.ask(question, came, lambda _: self._over(key), lambda share: self._screens.curves.set_reading(key, share))

    def _read_more(self, key: str, folder: str, offset: int) -> None:
        """What was written since the last time, in pieces that the window takes in a few milliseconds each."""

        def came(found: tuple[list[dict[str, Any]], int]) -> None:
            lines, after = found
            if self._still_read(key):
                if lines and lines[0]["event"] == "RunStarted" and not lines[0].get("step"):
                    # From the first step on once more: all of it is read as if nothing were known.
                    self._loaded.discard(key)
                    self._read.pop(key, None)
                else:
                    self._read[key] = after
                    if lines:
                        self._screens.curves.more(key, lines)
                        self._screens.health.more(key, lines)
                    if after - offset >= READ_AT_ONCE // 2:
                        self._loaded.discard(key)  # there is more
            self._over(key)

        self._bridge.ask(ReadMetrics(folder, offset), came, lambda _: self._over(key))

    def _still_read(self, key: str) -> bool:
        """Whether what lay on disk is still wanted: the own events of a run that began in the meantime are newer."""
        row = self._runs.row(key)
        return row is not None and not (row.own and row.state in LIVE_STATES)

    def _over(self, key: str) -> None:
        self._reading.discard(key)
        self._screens.curves.set_reading(key, None)
        self._load(key)


def _data_of(folder: str) -> dict[str, Any] | None:
    try:
        data = read_config(Path(folder)).get("data")
    except ConfigError:
        return None
    return dict(data) if isinstance(data, Mapping) else None
