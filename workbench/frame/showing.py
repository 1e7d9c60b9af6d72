"""Which runs the panels show: each run that is not hidden in the curves, the chosen one everywhere.

Panels are told one by one: what one of them raises is shown in its own place and keeps no other from being told."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.events import CheckpointSaved, EmbeddingDone, Event, RunStarted, StepDone
from workbench.bridge.bridge import Bridge
from workbench.bridge.run_data import run_data
from workbench.bridge.run_questions import READ_AT_ONCE, ReadMetrics
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
from workbench.widgets.panel_error import PanelError

translate = QCoreApplication.translate

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
        # The panels that show the selected run, and how each is told of it; None for no run.
        self._of_selected: dict[QWidget, Callable[[RunRow | None], None]] = {
            screens.sees: lambda row: screens.sees.show_run(row.folder if row else None),
            screens.health: lambda row: screens.health.show_run(row.key if row else ""),
            screens.embedding: lambda row: screens.embedding.show_run(
                row.folder if row else None, run_data(row.folder) if row else None
            ),
            screens.pairs: lambda row: screens.pairs.show_run(row.folder if row else None),
            screens.versus: lambda row: screens.versus.show_run(row.folder if row else None),
            screens.invariance: lambda row: screens.invariance.show_run(row.folder if row else None),
            screens.evaluate: lambda row: screens.evaluate.show_run(row.folder if row else None),
        }
        self._errors: dict[QWidget, PanelError] = {}
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
        self._call(self._screens.table, key, lambda: self._screens.table.select(key))
        for screen in self._of_selected:
            self._show_selected(screen)
        self.changed.emit()

    def events(self, folder: str, events: list[Any]) -> None:
        """What a run of this window said."""
        screens = self._screens
        self._feed_list(folder, events)
        self._call(screens.curves, folder, lambda: screens.curves.feed(folder, events))
        self._call(screens.health, folder, lambda: screens.health.feed(folder, events))
        if any(isinstance(event, (CheckpointSaved, EmbeddingDone)) for event in events):
            self._call(screens.versus, folder, lambda: screens.versus.snapshot_added(folder))
        if folder != self.selected:
            return
        self._call(screens.sees, folder, lambda: screens.sees.feed(events))
        for event in events:
            if isinstance(event, RunStarted):
                # The config on disk is complete only now.
                self._show_selected(screens.embedding)
            elif isinstance(event, EmbeddingDone):
                self._call(screens.embedding, folder, partial(screens.embedding.snapshot_added, folder, event.epoch))
            elif isinstance(event, CheckpointSaved):
                for screen in (screens.pairs, screens.invariance, screens.evaluate):
                    self._call(screen, folder, partial(screen.checkpoint_saved, folder))

    # Errors

    def _show_selected(self, screen: QWidget) -> None:
        """Have a panel show the selected run; where it can, an error that it had is over."""
        row = self._runs.row(self.selected) if self.selected else None
        if self._call(screen, self.selected, lambda: self._of_selected[screen](row)) and screen in self._errors:
            self._errors[screen].clear()

    def _call(self, screen: QWidget, key: str, act: Callable[[], object]) -> bool:
        """Tell a panel something of a run; whether it raised nothing."""
        try:
            act()
        except Exception as error:  # whatever a panel raises, the others are told all the same
            self._show_error(screen, key, error)
            return False
        return True

    def _show_error(self, screen: QWidget, key: str, error: Exception) -> None:
        if screen not in self._errors:
            made = self._errors[screen] = PanelError(screen)
            made.retryAsked.connect(lambda: self._show_selected(screen))
        shown, trace, row = self._errors[screen], traceback.format_exc(), self._runs.row(key)
        said = translate("Window", "'{0}' cannot be shown here: {1}.")
        words = said.format(row.title if row else key, f"{type(error).__name__}: {error}")
        if words in shown.text:
            return  # a run that goes on says something several times a second
        with contextlib.suppress(OSError, ValueError, AttributeError):  # a program without a console has nowhere to print it
            print(trace, file=sys.stderr, flush=True)
        remedy = translate(
            "Window",
            "The other panels show it and its files are unchanged. Try again or choose another run. If it happens again, report it"
            " with the details.",
        )
        # A panel of many runs, or of another one, has more to show than the run that failed.
        shown.show_error(words, remedy, trace, whole=screen in self._of_selected and key == self.selected)

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
                self._draw(row)

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
        curves, colour = self._screens.curves, self._runs.colour(row.key)
        self._call(curves, row.key, lambda: curves.add_run(row.key, row.title, colour))
        self._call(curves, row.key, lambda: curves.set_visible(row.key, row.shown))

    def _removed(self, key: str) -> None:
        self._loaded.discard(key)
        self._read.pop(key, None)
        self._going.discard(key)
        self._in_curves.discard(key)
        self._call(self._screens.curves, key, lambda: self._screens.curves.remove_run(key))
        self._call(self._screens.health, key, lambda: self._screens.health.forget(key))
        if key == self.selected:
            self.selected = ""
            for screen in self._of_selected:
                self._show_selected(screen)

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
                self._call(self._screens.curves, key, partial(self._screens.curves.put, key, history))
                self._call(self._screens.health, key, partial(self._screens.health.put, key, watch))
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
                        for screen in (self._screens.curves, self._screens.health):
                            self._call(screen, key, partial(screen.more, key, lines))
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
