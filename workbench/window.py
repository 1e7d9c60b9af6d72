"""The window: four workspaces in the order of the work, one list of runs beside them, and the wiring between panels and bridge.

PANELS says which panel stands where, ACTIONS what can be done by key; everything below is who tells whom.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QFont, QFontMetrics, QIcon, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

import assets
from engine.config.errors import ConfigError
from engine.events import EmbeddingDone, RunStarted
from engine.runs.reader import read_config
from engine.runs.store import RunStore, annotate, rename, to_bin
from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.bridge.questions import DeviceInfo, MapSnapshot, ReadMetrics
from workbench.i18n.load import LANGUAGES
from workbench.models.runs import LIVE_STATES, RunsModel, duration
from workbench.panels.augment.panel import AugmentPanel
from workbench.panels.curves.panel import CurvesPanel
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.panels.runs.panel import RunsPanel
from workbench.panels.runs.table import RunsTable
from workbench.panels.sees.panel import SeesPanel
from workbench.panels.setup.panel import SetupPanel
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.lag import LagMeter
from workbench.widgets.notice import Notice

POLL = 1500  # ms between two looks at the folder of runs
STATUS = 500  # ms between two looks at the lag
SHOWN_AT_FIRST = 5  # runs in the plots when the window opens


@dataclass(frozen=True)
class PanelRow:
    """One panel: where it stands and how wide it starts. `make` gets the bridge and the model of runs."""

    id: str
    workspace: str
    width: int
    grows: bool
    make: Callable[[Bridge, RunsModel], QWidget]


@dataclass(frozen=True)
class ActionRow:
    """One thing that a key does. `slot` names a method of the window."""

    id: str
    key: str
    slot: str


WORKSPACES = ("prepare", "train", "explore", "compare")

PANELS: tuple[PanelRow, ...] = (
    PanelRow("setup", "prepare", 288, False, lambda bridge, runs: SetupPanel(bridge.asker("setup"))),
    PanelRow("augment", "prepare", 720, True, lambda bridge, runs: AugmentPanel(bridge.asker("augment"))),
    PanelRow("curves", "train", 720, True, lambda bridge, runs: CurvesPanel()),
    PanelRow("sees", "train", 296, False, lambda bridge, runs: SeesPanel()),
    PanelRow("embedding", "explore", 1024, True, lambda bridge, runs: EmbeddingPanel(bridge.asker("embedding"))),
    PanelRow("table", "compare", 1024, True, lambda bridge, runs: RunsTable(runs)),
)

ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("prepare", "Ctrl+1", "go_prepare"),
    ActionRow("train", "Ctrl+2", "go_train"),
    ActionRow("explore", "Ctrl+3", "go_explore"),
    ActionRow("compare", "Ctrl+4", "go_compare"),
    ActionRow("start", "Ctrl+Return", "start"),
    ActionRow("pause", "Ctrl+P", "toggle_pause"),
    ActionRow("stop", "Ctrl+.", "stop"),
    ActionRow("checkpoint", "Ctrl+S", "checkpoint"),
    ActionRow("new", "Ctrl+N", "new_run"),
    ActionRow("find", "Ctrl+F", "find_run"),
    ActionRow("search", "Ctrl+K", "search_settings"),
    ActionRow("theme", "Ctrl+T", "toggle_theme"),
    ActionRow("folder", "Ctrl+O", "open_root"),
    ActionRow("layout", "Ctrl+Shift+0", "reset_layout"),
    ActionRow("full", "F11", "toggle_full_screen"),
    ActionRow("keys", "F1", "show_shortcuts"),
    ActionRow("quit", "Ctrl+Q", "close"),
)


class Window(QMainWindow):
    """Everything that is seen. `languageAsked` wants another language: whoever made the window makes it anew."""

    languageAsked = Signal(str)
    themeAsked = Signal(str)
    closed = Signal()

    def __init__(self, bridge: Bridge, settings: QSettings | None = None) -> None:
        super().__init__()
        self.bridge = bridge
        self.settings = settings or QSettings()
        self.runs = RunsModel(self)
        self.lag = LagMeter(self)
        self._store = RunStore(bridge.root)
        self._loaded: set[str] = set()
        self._selected = ""
        self._keys: dict[str, str] = {}
        self._leaving = ""
        self._begun = False
        self._retired = False
        self.setWindowTitle("Parallax")
        self.setWindowIcon(QIcon(str(Path(assets.__file__).parent / "icons" / "parallax.svg")))
        self.setMinimumSize(960, 600)
        self.resize(1280, 760)
        self._splitters: dict[str, QSplitter] = {}
        self.panels: dict[str, QWidget] = {}
        self._actions()
        self._build()
        self._wire()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL)
        self._poll.timeout.connect(self.refresh)
        self._status_timer = QTimer(self)
        self._status_timer.setInterval(STATUS)
        self._status_timer.timeout.connect(self._show_lag)
        self._restore()
        self.go("prepare")
        self._show_state()

    # Building

    def _actions(self) -> None:
        self.actions_by_id: dict[str, QAction] = {}
        words = self._action_words()
        for row in ACTIONS:
            action = QAction(words[row.id], self)
            action.setShortcut(QKeySequence(row.key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _=False, slot=row.slot: getattr(self, slot)())
            self.addAction(action)
            self.actions_by_id[row.id] = action

    def _action_words(self) -> dict[str, str]:
        return {
            "prepare": self.tr("Prepare"),
            "train": self.tr("Train"),
            "explore": self.tr("Explore"),
            "compare": self.tr("Compare"),
            "start": self.tr("Start, or add to the queue"),
            "pause": self.tr("Pause or go on"),
            "stop": self.tr("Stop after this step"),
            "checkpoint": self.tr("Checkpoint now"),
            "new": self.tr("New run"),
            "find": self.tr("Filter runs"),
            "search": self.tr("Search settings"),
            "theme": self.tr("Dark or light"),
            "folder": self.tr("Open the folder of runs"),
            "layout": self.tr("Reset the layout"),
            "full": self.tr("Full screen"),
            "keys": self.tr("Keyboard shortcuts"),
            "quit": self.tr("Quit"),
        }

    def _build(self) -> None:
        centre = QWidget()
        box = QVBoxLayout(centre)
        box.setContentsMargins(WIDE_GAP, 4, WIDE_GAP, 4)
        box.setSpacing(4)
        box.addLayout(self._top())
        self.notice = Notice()
        box.addWidget(self.notice)
        self.list = RunsPanel(self.runs)
        self._stack = QStackedWidget()
        for name in WORKSPACES:
            splitter = QSplitter(Qt.Orientation.Horizontal)
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(WIDE_GAP - 2)
            self._splitters[name] = splitter
            self._stack.addWidget(splitter)
        for row in PANELS:
            panel = row.make(self.bridge, self.runs)
            panel.setObjectName(row.id)
            self.panels[row.id] = panel
            splitter = self._splitters[row.workspace]
            splitter.addWidget(panel)
            splitter.setStretchFactor(splitter.count() - 1, int(row.grows))
        self._main = QSplitter(Qt.Orientation.Horizontal)
        self._main.setChildrenCollapsible(False)
        self._main.setHandleWidth(WIDE_GAP - 2)
        self._main.addWidget(self.list)
        self._main.addWidget(self._stack)
        self._main.setStretchFactor(1, 1)
        self._splitters["main"] = self._main
        box.addWidget(self._main, 1)
        box.addLayout(self._bottom())
        self.setCentralWidget(centre)
        self._default_layout()

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP - 2)
        name = QLabel("Parallax")
        name.setObjectName("heading")
        row.addWidget(name)
        row.addSpacing(WIDE_GAP)
        self._places = QButtonGroup(self)
        self._place_buttons: dict[str, QPushButton] = {}
        for number, place in enumerate(WORKSPACES, 1):
            button = QPushButton(self.actions_by_id[place].text())
            button.setObjectName("place")
            button.setCheckable(True)
            button.setToolTip(f"Ctrl+{number}")
            # The chosen one is bold: all keep the room for it.
            bold = QFont(button.font())
            bold.setBold(True)
            button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 32)
            button.clicked.connect(lambda _=False, to=place: self.go(to))
            self._places.addButton(button)
            self._place_buttons[place] = button
            row.addWidget(button)
        row.addStretch(1)
        self._device = QLabel()
        self._device.setObjectName("quiet")
        self._device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._device)
        row.addSpacing(GAP)
        self.pause_button = QPushButton()
        self.pause_button.clicked.connect(self.toggle_pause)
        self.stop_button = QPushButton()
        self.stop_button.clicked.connect(self.stop)
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.clicked.connect(self.start)
        menu = QToolButton()
        menu.setText("≡")
        menu.setObjectName("small")
        menu.setAccessibleName(self.tr("Menu"))
        menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setMenu(self._menu(menu))
        for widget in (self.start_button, self.pause_button, self.stop_button, menu):
            row.addWidget(widget)
        return row

    def _menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        looks = menu.addMenu(self.tr("Theme"))
        for choice, words in (("system", self.tr("Like the system")), ("dark", self.tr("Dark")), ("light", self.tr("Light"))):
            looks.addAction(words).triggered.connect(lambda _=False, to=choice: self.set_theme(to))
        tongues = menu.addMenu(self.tr("Language"))
        for code, own_name in LANGUAGES.items():
            tongues.addAction(own_name).triggered.connect(lambda _=False, to=code: self.languageAsked.emit(to))
        menu.addSeparator()
        for id in ("checkpoint", "folder", "layout", "full"):
            menu.addAction(self.actions_by_id[id])
        menu.addSeparator()
        menu.addAction(self.actions_by_id["keys"])
        menu.addAction(self.tr("About Parallax")).triggered.connect(self.show_about)
        menu.addSeparator()
        menu.addAction(self.actions_by_id["quit"])
        return menu

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        self.status = QLabel()
        self.status.setObjectName("quiet")
        self.status.setAccessibleName(self.tr("Status"))
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lag_words = QLabel()
        self._lag_words.setObjectName("quiet")
        self._lag_words.setAccessibleName(self.tr("Lag of the window"))
        row.addWidget(self.status, 1)
        row.addWidget(self._lag_words)
        return row

    @property
    def setup(self) -> SetupPanel:
        """The Method card."""
        return cast(SetupPanel, self.panels["setup"])

    @property
    def augment(self) -> AugmentPanel:
        """Views and their strengths."""
        return cast(AugmentPanel, self.panels["augment"])

    @property
    def curves(self) -> CurvesPanel:
        """Loss, kNN, diagnostics."""
        return cast(CurvesPanel, self.panels["curves"])

    @property
    def sees(self) -> SeesPanel:
        """The method's own pictures."""
        return cast(SeesPanel, self.panels["sees"])

    @property
    def embedding(self) -> EmbeddingPanel:
        """The map of what was learned."""
        return cast(EmbeddingPanel, self.panels["embedding"])

    @property
    def table(self) -> RunsTable:
        """The Compare table."""
        return cast(RunsTable, self.panels["table"])

    # Wiring

    def _wire(self) -> None:
        bridge, runs = self.bridge, self.runs
        bridge.events.connect(self._events)
        bridge.jobChanged.connect(self._job)
        self.setup.draftChanged.connect(self.augment.set_config)
        self.setup.startAsked.connect(self._start)
        self.setup.devicesFound.connect(self._devices)
        self.augment.viewsChanged.connect(self.setup.set_views)
        self.embedding.mapCancelled.connect(lambda: bridge.cancel(MapSnapshot("", 0, "umap"), "embedding"))
        runs.rowAdded.connect(self._run_added)
        runs.rowRemoved.connect(self._run_removed)
        runs.rowChanged.connect(self._run_changed)
        self.list.selected.connect(self.select)
        self.table.selected.connect(self.list.select)
        self.list.newAsked.connect(self.new_run)
        self.list.withdrawAsked.connect(bridge.withdraw)
        for panel in (self.list, self.table):
            panel.resumeAsked.connect(self.resume)
            panel.cloneAsked.connect(self.clone)
            panel.renameAsked.connect(self.rename)
            panel.deleteAsked.connect(self.delete)
            panel.openAsked.connect(lambda key: QDesktopServices.openUrl(QUrl.fromLocalFile(key)))
        self.table.notesChanged.connect(self._note)
        theme.changed.connect(self._dressed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            # Everything that needs the engine waits for the first paint.
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        if self._retired:
            return
        self.refresh()
        self._show_newest()
        self._poll.start()
        self.lag.start()
        self._status_timer.start()
        QTimer.singleShot(50, self.setup.begin)

    # Runs on disk

    def refresh(self) -> None:
        """Look at the folder of runs again."""
        try:
            self.runs.apply(self._store.refresh())
        except OSError as error:
            self.notice.say(self.tr("The folder of runs cannot be read: {0}.").format(error))

    def _show_newest(self) -> None:
        rows = sorted(self.runs.rows(), key=lambda row: row.started, reverse=True)
        for row in rows[SHOWN_AT_FIRST:]:
            self.runs.set_shown(row.key, False)
        if rows and not self._selected:
            self.list.select(rows[0].key)

    def _run_added(self, key: str) -> None:
        row = self.runs.row(key)
        if row is None or not row.folder:
            return
        self.curves.add_run(key, row.title, self.runs.colour(key))
        self.curves.set_visible(key, row.shown)
        self._load(key)

    def _load(self, key: str) -> None:
        """Read a run's metrics, once somebody looks at them."""
        row = self.runs.row(key)
        if row is None or not row.folder or not row.shown or key in self._loaded or (row.own and row.state in LIVE_STATES):
            return
        self._loaded.add(key)

        def came(lines: list[dict[str, Any]]) -> None:
            now = self.runs.row(key)
            # The own events of a run that began in the meantime are newer than what lay on disk.
            if now is not None and not (now.own and now.state in LIVE_STATES):
                self.curves.load(key, lines)

        self.bridge.ask(ReadMetrics(row.folder), came)

    def _run_removed(self, key: str) -> None:
        self._loaded.discard(key)
        self.curves.remove_run(key)
        if key == self._selected:
            self._selected = ""
            self.sees.show_run(None)
            self.embedding.show_run(None, None)

    def _run_changed(self, key: str) -> None:
        row = self.runs.row(key)
        if row is None or not row.folder:
            return
        self.curves.add_run(key, row.title, self.runs.colour(key))
        self.curves.set_visible(key, row.shown)
        if row.state in LIVE_STATES and not row.own:
            # Another process trains it: what it wrote since is read again.
            self._loaded.discard(key)
        self._load(key)
        self._show_status()

    def select(self, key: str) -> None:
        """Everything that shows one run shows this one."""
        if key == self._selected:
            return
        self._selected = key
        row = self.runs.row(key) if key else None
        if row is None or not row.folder:
            return
        if not row.shown:
            self.runs.set_shown(key, True)
        self.table.select(key)
        self.sees.show_run(row.folder)
        self.embedding.show_run(row.folder, self._data_of(row.folder))
        self._show_status()

    def _data_of(self, folder: str) -> dict[str, Any] | None:
        try:
            data = read_config(Path(folder)).get("data")
        except ConfigError:
            return None
        return dict(data) if isinstance(data, Mapping) else None

    # Events and jobs

    def _events(self, folder: str, events: list[Any]) -> None:
        self.runs.feed(folder, events)
        self.curves.feed(folder, events)
        if folder != self._selected:
            return
        self.sees.feed(events)
        for event in events:
            if isinstance(event, RunStarted):
                # The config on disk is complete only now.
                self.embedding.show_run(folder, self._data_of(folder))
            elif isinstance(event, EmbeddingDone):
                self.embedding.snapshot_added(folder, event.epoch)

    def _job(self, job: Job) -> None:
        before = self._keys.get(job.key, job.key)
        if job.state == "stopped" and not job.folder:
            self.runs.remove(before)
        key = self.runs.job_changed(before, job.folder, job.state, job.message)
        self._keys[job.key] = key
        if job.folder and before != key:
            self.list.select(key)
        if job.state == "failed":
            title = job.title or self.tr("The run")
            self.notice.say(f"{title}: {job.message}", job.remedy, job.traceback)
            if not job.folder:
                self.runs.remove(key)
        self._show_state()
        if self._leaving and self.bridge.current() is None:
            # The state that follows a run's end is told by the timer; leave after it.
            QTimer.singleShot(0, self.close)

    def _devices(self, devices: tuple[DeviceInfo, ...]) -> None:
        if devices:
            best = devices[0]
            free = self.tr("{0} GiB free").format(f"{best.free_bytes / 2**30:.0f}") if best.free_bytes else ""
            name = best.name if best.id != "cpu" else "CPU · " + best.name.rpartition(", ")[2]
            self._device.setText(" · ".join(part for part in (name, free) if part))
            self._device.setToolTip("\n".join(f"{device.id}: {device.name}" for device in devices))

    # Commands

    def start(self) -> None:
        """Start the run that Prepare describes, or add it to the queue."""
        self.setup.start()

    def _start(self, draft: dict[str, Any]) -> None:
        self._keep_draft()
        self.notice.hide()
        key = self.bridge.start(draft)
        method, data = draft.get("method", {}), draft.get("data", {})
        source = Path(str(data.get("source", ""))).name
        title = str(draft.get("name") or f"{method.get('id', '')} · {source}")
        self.runs.add_job(key, title, str(method.get("id", "")), source)
        if self.bridge.current() is None or len([job for job in self.bridge.jobs() if job.live or job.state == "queued"]) == 1:
            self.go("train")
        self._show_state()

    def toggle_pause(self) -> None:
        """Hold the run, or let it go on."""
        job = self.bridge.current()
        if job is not None and job.state == "running":
            self.bridge.pause()
        elif job is not None and job.state == "paused":
            self.bridge.unpause()

    def stop(self) -> None:
        """End the run after its step, with a checkpoint."""
        self.bridge.stop()

    def checkpoint(self) -> None:
        """Write a checkpoint after this step."""
        self.bridge.checkpoint()

    def resume(self, key: str) -> None:
        """Go on with a run."""
        row = self.runs.row(key)
        if row is None or not row.folder:
            return
        job = self.bridge.resume(row.folder)
        self._keys[job] = key
        self.list.select(key)
        self.go("train")

    def clone(self, key: str) -> None:
        """Take a run's settings into Prepare."""
        try:
            config = read_config(Path(key))
        except ConfigError as error:
            self.notice.say(str(error))
            return
        for own in ("name", "notes"):
            config.pop(own, None)
        self.setup.set_draft(config)
        self.go("prepare")

    def rename(self, key: str) -> None:
        """Ask for a run's name."""
        row = self.runs.row(key)
        if row is None or not row.folder:
            return
        name, chosen = QInputDialog.getText(self, self.tr("Rename"), self.tr("Name"), text=row.title)
        if chosen and name.strip():
            self._try(lambda: rename(Path(row.folder), name.strip()))

    def delete(self, key: str) -> None:
        """Move a run to the bin, after asking."""
        row = self.runs.row(key)
        if row is None or not row.folder or row.state in LIVE_STATES:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Move {0} to the bin?").format(row.title))
        box.setInformativeText(row.folder)
        yes = box.addButton(self.tr("Move to the bin"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is yes:
            self._try(lambda: to_bin(Path(row.folder)))

    def _note(self, key: str, notes: str) -> None:
        row = self.runs.row(key)
        if row is not None and row.folder:
            self._try(lambda: annotate(Path(row.folder), notes=notes))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (ConfigError, OSError) as error:
            self.notice.say(str(error))
        self.refresh()

    def new_run(self) -> None:
        """To Prepare."""
        self.go("prepare")
        self.setup.focus_search()

    def find_run(self) -> None:
        """To the filter of the runs."""
        self.list.focus_filter()

    def search_settings(self) -> None:
        """To the search over all settings."""
        self.go("prepare")
        self.setup.focus_search()

    def open_root(self) -> None:
        """The folder of runs in the desktop's own program."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.bridge.root)))

    # Where one is

    def go(self, place: str) -> None:
        """Show a workspace."""
        self._stack.setCurrentIndex(WORKSPACES.index(place))
        self._place_buttons[place].setChecked(True)

    @property
    def place(self) -> str:
        """The workspace that is shown."""
        return WORKSPACES[self._stack.currentIndex()]

    def go_prepare(self) -> None:
        """Show Prepare."""
        self.go("prepare")

    def go_train(self) -> None:
        """Show Train."""
        self.go("train")

    def go_explore(self) -> None:
        """Show Explore."""
        self.go("explore")

    def go_compare(self) -> None:
        """Show Compare."""
        self.go("compare")

    def toggle_full_screen(self) -> None:
        """The whole screen, or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Look

    def set_theme(self, choice: str) -> None:
        """Dark, light, or like the system; kept for the next time."""
        self.settings.setValue("theme", choice)
        theme.apply(cast(theme.Choice, choice))

    def toggle_theme(self) -> None:
        """From dark to light and back."""
        self.set_theme("light" if theme.current().dark else "dark")

    def _dressed(self) -> None:
        for row in self.runs.rows():
            if row.folder:
                self.curves.add_run(row.key, row.title, self.runs.colour(row.key))

    def _default_layout(self) -> None:
        self._main.setSizes([228, 1028])
        for name in WORKSPACES:
            self._splitters[name].setSizes([row.width for row in PANELS if row.workspace == name])

    def reset_layout(self) -> None:
        """All cards at the width that they had at first."""
        self._default_layout()

    def _restore(self) -> None:
        geometry = self.settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        for name, splitter in self._splitters.items():
            state = self.settings.value(f"window/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        self.table.restore(self.settings)
        try:
            draft = json.loads(str(self.settings.value("draft", "{}")))
        except ValueError:
            draft = {}
        if draft:
            self.setup.set_draft(draft)

    def _save(self) -> None:
        self.settings.setValue("window/geometry", self.saveGeometry())
        for name, splitter in self._splitters.items():
            self.settings.setValue(f"window/{name}", splitter.saveState())
        self.table.save(self.settings)
        self._keep_draft()

    def _keep_draft(self) -> None:
        self.settings.setValue("draft", json.dumps(self.setup.given()))

    # Words

    def _show_state(self) -> None:
        job = self.bridge.current()
        state = job.state if job is not None else ""
        live = job is not None
        self.start_button.setVisible(not live)
        self.pause_button.setVisible(live)
        self.stop_button.setVisible(live)
        self.pause_button.setText(self.tr("Go on") if state == "paused" else self.tr("Pause"))
        self.pause_button.setEnabled(state in ("running", "paused"))
        self.stop_button.setText(self.tr("Stopping…") if state == "stopping" else self.tr("Stop"))
        self.stop_button.setEnabled(state in ("preparing", "running", "paused"))
        self.stop_button.setToolTip(self.tr("Ends after this step and keeps a checkpoint (Ctrl+.)"))
        self.actions_by_id["pause"].setEnabled(state in ("running", "paused"))
        self.actions_by_id["stop"].setEnabled(live)
        self.actions_by_id["checkpoint"].setEnabled(state in ("running", "paused"))
        self.setup.set_start_text(self.tr("Add to the queue") if live else self.tr("Start"))
        self._show_status()

    def _show_status(self) -> None:
        job = self.bridge.current()
        key = self._keys.get(job.key, job.key) if job is not None else ""
        row = self.runs.row(key)
        if job is None or row is None:
            chosen = self.runs.row(self._selected)
            self.status.setText(chosen.problem or self.tr("Ready") if chosen is not None else self.tr("Ready"))
            return
        if not row.step:
            self.status.setText(f"{row.title} · {self.runs.state_words(job.state)}…")
            return
        left = row.seconds_left
        parts = [
            row.title,
            self.tr("epoch {0}/{1}").format(min(row.epochs, int(row.epoch) + 1), row.epochs),
            self.tr("step {0}/{1}").format(f"{row.step:,}", f"{row.steps:,}"),
            self.tr("{0} images/s").format(f"{row.images_per_second:,.0f}"),
            self.tr("{0} left").format(duration(left)) if left is not None and job.state == "running" else "",
            self.runs.state_words(job.state) if job.state != "running" else "",
        ]
        waiting = sum(other.state == "queued" for other in self.bridge.jobs())
        if waiting:
            parts.append(self.tr("{0} in the queue").format(waiting))
        self.status.setText(" · ".join(part for part in parts if part))

    def _show_lag(self) -> None:
        lag = self.lag.latest()
        self._lag_words.setText(self.tr("window lag {0} ms").format(f"{lag.p99:.0f}"))
        self._lag_words.setToolTip(
            self.tr(
                "How late the window answers, over the last 5 s: half of the time {0} ms, 99 % below {1} ms, at most {2} ms"
            ).format(f"{lag.p50:.1f}", f"{lag.p99:.1f}", f"{lag.most:.1f}")
        )

    def show_shortcuts(self) -> None:
        """All keys in a list."""
        dialog = QDialog(self)
        dialog.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout(dialog)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        rows = [
            (action.text(), action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            for action in self.actions_by_id.values()
        ]
        rows += [
            (self.tr("Show or hide the chosen run"), self.tr("Space")),
            (self.tr("Delete the chosen run"), self.tr("Del")),
            (self.tr("Change a number by one step"), "↑ ↓"),
        ]
        for place, (words, keys) in enumerate(rows):
            grid.addWidget(QLabel(words), place, 0)
            shown = QLabel(keys)
            shown.setObjectName("quiet")
            grid.addWidget(shown, place, 1)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """What this is."""
        QMessageBox.about(
            self,
            self.tr("About Parallax"),
            self.tr(
                "Parallax, a workbench for self-supervised visual representation learning. MIT licence. Runs are kept in {0}."
            ).format(self.bridge.root),
        )

    # Leaving

    def leave(self, how: str) -> None:
        """Close without asking: "stop" ends the run after its step first, "finish" closes when the queue is done."""
        self._leaving = how
        if how == "stop":
            for job in self.bridge.jobs():
                if job.state == "queued":
                    self.bridge.withdraw(job.key)
            self.bridge.stop()
        else:
            self.showMinimized()

    def closeEvent(self, event: QCloseEvent) -> None:
        if any(job.live or job.state == "queued" for job in self.bridge.jobs()):
            event.ignore()
            if not self._leaving:
                self._ask_to_leave()
            return
        self._save()
        self.retire()
        self.closed.emit()
        event.accept()

    def retire(self) -> None:
        """Stop the window's timers and listen no more; the bridge lives on."""
        if self._retired:
            return
        self._retired = True
        for timer in (self._poll, self._status_timer):
            timer.stop()
        self.lag.stop()
        self.bridge.events.disconnect(self._events)
        self.bridge.jobChanged.disconnect(self._job)
        theme.changed.disconnect(self._dressed)

    def adopt(self, other: Window) -> None:
        """Go on where another window was: the runs of this session, with their colours, and the chosen one."""
        self.runs.adopt(other.runs.rows())
        self._keys = dict(other._keys)
        self.resize(other.size())
        self.move(other.pos())
        self._show_state()
        if other._selected:
            self.list.select(other._selected)

    def save_layout(self) -> None:
        """Keep sizes, columns and the draft."""
        self._save()

    def _ask_to_leave(self) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("A run is going on."))
        box.setInformativeText(
            self.tr("A stopped run keeps a checkpoint and can be resumed to the very numbers that it would have had.")
        )
        stop = box.addButton(self.tr("Stop after this step and close"), QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(self.tr("Keep training, close when done"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(stop)
        box.exec()
        if box.clickedButton() is stop:
            self.leave("stop")
        elif box.clickedButton() is keep:
            self.leave("finish")
