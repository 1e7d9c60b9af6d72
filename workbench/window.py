"""The main window: four workspaces with panels, the list of runs beside them, and the connections between panels and bridge.

PANELS is the table of panels, ACTIONS that of actions: nothing else in this file names one of them. The parts of the window around
the panels are in `workbench.frame`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QScreen, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

import assets
from engine import plugins
from engine.runs.run_colours import read_old_colours, write_colour
from engine.runs.run_store import RunStore
from workbench import accessible, theme
from workbench.bridge.ask import TakeOver
from workbench.bridge.bridge import Bridge
from workbench.bridge.gallery_questions import CONFIGS, MINUTES, CopyGallery
from workbench.bridge.jobs import Job
from workbench.bridge.remote_host import HostState
from workbench.forms.setting_titles import keys_in, with_titles
from workbench.frame import dialogs
from workbench.frame.actions import ActionRow, main_menu, make_actions, show_shortcuts
from workbench.frame.cards import step_to_card
from workbench.frame.drop import DropTarget
from workbench.frame.figure_dialog import FigureDialog
from workbench.frame.help_topics import START, Topic, topic_of
from workbench.frame.help_window import HelpWindow
from workbench.frame.open_model_dialog import OpenModelDialog
from workbench.frame.panel_host import PanelHost
from workbench.frame.queue_control import QueueControl
from workbench.frame.run_commands import RunCommands
from workbench.frame.run_notices import DESKTOP, RunNotices
from workbench.frame.run_selection import RunSelection
from workbench.frame.status_line import StatusLine
from workbench.frame.top_bar import TopBar
from workbench.frame.window_state import WindowState
from workbench.frame.workspaces import LIST_WIDTH, Workspaces
from workbench.i18n.load import LANGUAGES
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext, PanelRow, misfit
from workbench.panels.augment import panel as augment
from workbench.panels.curves import panel as curves
from workbench.panels.embedding import panel as embedding
from workbench.panels.evaluate import panel as evaluate
from workbench.panels.health import panel as health
from workbench.panels.invariance import panel as invariance
from workbench.panels.pairs import panel as pairs
from workbench.panels.runs import runs_table
from workbench.panels.runs.panel import STRIP, RunsPanel
from workbench.panels.setup import panel as setup
from workbench.panels.versus import panel as versus
from workbench.panels.visualizations import panel as visualizations
from workbench.requests import (
    AnnotateRun,
    DevicesFound,
    DraftChanged,
    FocusSetting,
    Request,
    RunCommand,
    SearchSettings,
    SelectRun,
    SettingsHistory,
    ShowPanel,
    ShowWorkspace,
    StartDraft,
    StartRuns,
    StartSearch,
    StepSettings,
    UseDraft,
    UsePhotographs,
)
from workbench.theme import motion
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.busy import BusyNotice
from workbench.widgets.lag import LagMeter
from workbench.widgets.notice import Notice

POLL = 1500  # ms between two reads of the folder of runs
STATUS = 2000  # ms between two updates of the lag
FOLDED, UNFOLDED_WIDTH = "window/list_folded", "window/list_width"  # settings
COLOURS_AT_ONCE = 50  # colour numbers that are written at each of these
SCREENS = 300  # ms from a change of the screens until the window is fitted to the one that it is on

# The size at the first start, if the screen is large enough, and the minimum size: workspaces are scrolled where they need more.
FIRST_SIZE = QSize(1280, 760)
LEAST_SIZE = (640, 400)
TITLE_BAR = 32  # px, the assumed height of the title bar until the window is shown

# Also the ids of the actions that show them.
WORKSPACES = ("prepare", "train", "explore", "compare")

PANELS: tuple[PanelRow, ...] = (
    PanelRow("setup", "prepare", 288, False, setup.make),
    PanelRow("augment", "prepare", 720, True, augment.make),
    PanelRow("curves", "train", 720, True, curves.make),
    PanelRow("health", "train", 296, False, health.make),
    PanelRow("sees", "train", 296, False, visualizations.make, under="health"),
    PanelRow("embedding", "explore", 1024, True, embedding.make),
    PanelRow("versus", "explore", 1024, True, versus.make, behind="embedding"),
    PanelRow("pairs", "explore", 1024, True, pairs.make, behind="embedding"),
    PanelRow("invariance", "explore", 1024, True, invariance.make, behind="embedding"),
    PanelRow("table", "compare", 1024, True, runs_table.make),
    PanelRow("evaluate", "compare", 1024, True, evaluate.make, behind="table"),
)

ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("prepare", QT_TRANSLATE_NOOP("Window", "Prepare"), "go", ("prepare",), "Ctrl+1"),
    ActionRow("train", QT_TRANSLATE_NOOP("Window", "Train"), "go", ("train",), "Ctrl+2"),
    ActionRow("explore", QT_TRANSLATE_NOOP("Window", "Explore"), "go", ("explore",), "Ctrl+3"),
    ActionRow("compare", QT_TRANSLATE_NOOP("Window", "Compare"), "go", ("compare",), "Ctrl+4"),
    ActionRow("start", QT_TRANSLATE_NOOP("Window", "Start, or add to the queue"), "start", shortcut="Ctrl+Return"),
    ActionRow("pause", QT_TRANSLATE_NOOP("Window", "Pause or continue"), "toggle_pause", shortcut="Ctrl+P"),
    ActionRow("stop", QT_TRANSLATE_NOOP("Window", "Stop after this step"), "stop", shortcut="Ctrl+."),
    ActionRow(
        "stop_all", QT_TRANSLATE_NOOP("Window", "Stop all and keep the queue"), "stop_all", shortcut="Ctrl+Shift+.", menu="queue"
    ),
    ActionRow(
        "start_queue", QT_TRANSLATE_NOOP("Window", "Start the queue"), "start_queue", shortcut="Ctrl+Shift+Return", menu="queue"
    ),
    ActionRow("checkpoint", QT_TRANSLATE_NOOP("Window", "Checkpoint now"), "checkpoint", shortcut="Ctrl+S", menu="window"),
    ActionRow("new", QT_TRANSLATE_NOOP("Window", "New run"), "new_run", shortcut="Ctrl+N"),
    ActionRow("find", QT_TRANSLATE_NOOP("Window", "Filter runs"), "find_run", shortcut="Ctrl+F"),
    ActionRow("undo", QT_TRANSLATE_NOOP("Window", "Settings: undo"), "undo", shortcut="Ctrl+Z", menu="edit"),
    ActionRow("redo", QT_TRANSLATE_NOOP("Window", "Settings: redo"), "redo", shortcut="Ctrl+Shift+Z; Ctrl+Y", menu="edit"),
    ActionRow("search", QT_TRANSLATE_NOOP("Window", "Search settings"), "new_run", shortcut="Ctrl+K"),
    ActionRow("card", QT_TRANSLATE_NOOP("Window", "To the next card"), "next_card", shortcut="F6"),
    ActionRow("card_back", QT_TRANSLATE_NOOP("Window", "To the card before"), "previous_card", shortcut="Shift+F6"),
    ActionRow("theme", QT_TRANSLATE_NOOP("Window", "Dark or light"), "toggle_theme", shortcut="Ctrl+T"),
    ActionRow("system", QT_TRANSLATE_NOOP("Window", "Follow the system"), "set_theme", ("system",), menu="theme"),
    ActionRow("dark", QT_TRANSLATE_NOOP("Window", "Dark"), "set_theme", ("dark",), menu="theme"),
    ActionRow("light", QT_TRANSLATE_NOOP("Window", "Light"), "set_theme", ("light",), menu="theme"),
    ActionRow("motion", QT_TRANSLATE_NOOP("Window", "Reduce motion"), "set_motion", menu="window", checkable=True),
    *(ActionRow(code, name, "ask_language", (code,), menu="language") for code, name in LANGUAGES.items()),
    ActionRow("connect", QT_TRANSLATE_NOOP("Window", "Connect with the other machine now"), "connect_host", menu="window"),
    ActionRow("folder", QT_TRANSLATE_NOOP("Window", "Open the folder of runs"), "open_root", shortcut="Ctrl+O", menu="window"),
    ActionRow("layout", QT_TRANSLATE_NOOP("Window", "Reset the layout"), "reset_layout", shortcut="Ctrl+Shift+0", menu="window"),
    ActionRow("full", QT_TRANSLATE_NOOP("Window", "Full screen"), "toggle_full_screen", shortcut="F11", menu="window"),
    ActionRow("figure", QT_TRANSLATE_NOOP("Window", "Figure for print…"), "make_figure", shortcut="Ctrl+E", menu="window"),
    ActionRow("fold", QT_TRANSLATE_NOOP("Window", "Fold the list of runs"), "fold_list", shortcut="Ctrl+B", menu="window"),
    ActionRow("notify", QT_TRANSLATE_NOOP("Window", "Notify when a run ends"), "keep_notify", menu="window", checkable=True),
    ActionRow("photographs", QT_TRANSLATE_NOOP("Window", "Your photographs in five minutes"), "use_photographs", menu="begin"),
    ActionRow("model", QT_TRANSLATE_NOOP("Window", "Open a model…"), "open_model", shortcut="Ctrl+Shift+O", menu="begin"),
    ActionRow("gallery", QT_TRANSLATE_NOOP("Window", "Three finished example runs"), "open_gallery", menu="begin"),
    ActionRow("help", QT_TRANSLATE_NOOP("Window", "Help on what has the focus"), "show_help", shortcut="F1", menu="help"),
    ActionRow("method_help", QT_TRANSLATE_NOOP("Window", "About the method"), "show_method_help", menu="help"),
    ActionRow("manual", QT_TRANSLATE_NOOP("Window", "Documentation"), "show_manual", menu="help"),
    ActionRow("keys", QT_TRANSLATE_NOOP("Window", "Keyboard shortcuts"), "show_shortcuts", shortcut="Ctrl+F1", menu="help"),
    ActionRow("about", QT_TRANSLATE_NOOP("Window", "About Parallax"), "show_about", menu="help"),
    ActionRow("quit", QT_TRANSLATE_NOOP("Window", "Quit"), "close", shortcut="Ctrl+Q", menu="end"),
)


def all_panels() -> tuple[PanelRow, ...]:
    """The rows of PANELS, then those that other packages add by the entry point `parallax.panels`."""
    ids = [row.id for row in PANELS]
    return (*PANELS, *plugins.plugin_rows(plugins.PANELS, PanelRow, ids, lambda row: misfit(row, PANELS, WORKSPACES)))


def fitted(wanted: QRect, available: QRect) -> QRect:
    """A window's geometry: `wanted`, shrunk and moved until it is completely inside `available`."""
    size = wanted.size().boundedTo(available.size())
    left = max(available.left(), min(wanted.left(), available.right() + 1 - size.width()))
    top = max(available.top(), min(wanted.top(), available.bottom() + 1 - size.height()))
    return QRect(left, top, size.width(), size.height())


P = TypeVar("P", bound=Panel)


class Window(QMainWindow):
    """The main window. `languageAsked`: the user chose another language; the owner of the window replaces it."""

    languageAsked = Signal(str)
    closed = Signal()

    def __init__(self, bridge: Bridge, settings: QSettings | None = None) -> None:
        super().__init__()
        accessible.install()
        self.bridge = bridge
        self.settings = settings or QSettings()
        self.runs = RunsModel(self)
        self.lag = LagMeter(self)
        self.commands = RunCommands(bridge, self.runs, lambda: self.run_selection.selected, self)
        self.actions_by_id = make_actions(self, ACTIONS)
        self._restore_motion()
        self._store = RunStore(bridge.root)
        self.runs.set_old_hues(read_old_colours(bridge.root))
        self._history = SettingsHistory("", "")
        self._leaving = ""
        self._method = ""  # of the next run, whose page of the documentation is shown
        self._source = ""  # of its images
        self._help: HelpWindow | None = None
        self._begun = False
        self._retired = False
        self._poll = QTimer(self)
        self._poll.setInterval(POLL)
        self._poll.timeout.connect(self.refresh)
        self._status_timer = QTimer(self)
        self._status_timer.setInterval(STATUS)
        self._status_timer.timeout.connect(lambda: self.status.show_lag(self.lag.latest()))
        self._build()
        self._wire()
        self._state.restore()
        self.list.set_folded(bool(self.settings.value(FOLDED, False, bool)))
        self._fit_screen()
        if self.bridge.host is not None:
            self.status.show_host(self.bridge.host)
        self._first_size = self.size()
        self.go("prepare")
        self._show_state()

    def _build(self) -> None:
        host = self.bridge.host
        self.setWindowTitle("Parallax" if host is None else f"Parallax - {host.host}")
        self.actions_by_id["connect"].setVisible(host is not None)
        self.setWindowIcon(QIcon(str(Path(assets.__file__).parent / "icons" / "parallax.svg")))
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(FIRST_SIZE)
        self.top = TopBar(WORKSPACES, self.actions_by_id)
        self.top.menu_button.setMenu(main_menu(self.top.menu_button, ACTIONS, self.actions_by_id))
        self.busy = BusyNotice()
        self.list = RunsPanel(self.runs)
        rows = all_panels()
        self.host = PanelHost(self._context, self.runs, self)
        self.host.make(rows)
        self.workspaces = Workspaces(WORKSPACES, rows, self.host.widgets, self.list)
        self._pages = QWidget()  # a splitter would take the notice for one of its panes
        pages = QVBoxLayout(self._pages)
        pages.setContentsMargins(0, 0, 0, 0)
        pages.addWidget(self.workspaces)
        self.notice = Notice(self._pages)
        self.status = StatusLine(self.runs, self.busy)
        centre = QWidget()
        self.news = Notice(centre, news=True)  # over the status line, where no button of a panel is
        self._state = WindowState(self.settings, self, self.workspaces, self.host)
        self.run_notices = RunNotices(self.bridge, self.commands, self.runs, self.news, self.settings, self)
        self.actions_by_id["notify"].setChecked(bool(self.settings.value(DESKTOP, True, bool)))
        self.queue = QueueControl(self.bridge, self.commands, self.runs, self.list.queue, self)
        self.run_selection = RunSelection(self.bridge, self.runs, self.list, self.host, self)
        box = QVBoxLayout(centre)
        box.setContentsMargins(WIDE_GAP, 4, WIDE_GAP, 4)
        box.setSpacing(4)
        box.addWidget(self.top)
        box.addWidget(self._pages, 1)
        box.addWidget(self.status)
        self.setCentralWidget(centre)
        self.drop = DropTarget(self, self)
        if problems := plugins.problems(plugins.PANELS):
            text = self.tr("Panels of other packages cannot be shown. {0}")
            remedy = self.tr("The other panels work. Update or uninstall the packages that are named.")
            self.notice.show_message(text.format(" ".join(map(str, problems))), remedy)

    def _context(self, id: str) -> PanelContext:
        return PanelContext(id, self.bridge, self.runs, self.take_request)

    @property
    def panels(self) -> dict[str, Panel]:
        """The panels that could be created, by the ids of their rows."""
        return self.host.panels

    def panel(self, kind: type[P]) -> P:
        """The panel of a class, for scripts that drive the window."""
        return next(panel for panel in self.panels.values() if isinstance(panel, kind))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Panel:
            """A panel by the id of its row, for tests: `window.embedding`."""
            host = self.__dict__.get("host")
            if host is None or name not in host.panels:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return host.panels[name]

    # Wiring

    def _wire(self) -> None:
        bridge, commands = self.bridge, self.commands
        self.host.made.connect(self._panel_made)
        self.host.figureRequested.connect(self.make_figure)
        bridge.events.connect(self.run_selection.take_events)
        bridge.jobChanged.connect(self._job)
        bridge.opening.connect(self._opening)
        bridge.opened.connect(self.busy.over)
        bridge.hostChanged.connect(self._show_host)
        self.busy.cancelAsked.connect(bridge.cancel_opening)
        self.run_selection.changed.connect(self._selection_changed)
        self.list.newAsked.connect(self.new_run)
        self.list.foldAsked.connect(self.fold_list)
        self.list.commandAsked.connect(commands.perform)
        self.run_notices.mapAsked.connect(lambda key: self._show_run_in(key, "explore", "embedding"))
        self.run_notices.evaluationAsked.connect(lambda key: self._show_run_in(key, "compare", "evaluate"))
        self.run_notices.comparisonAsked.connect(lambda: self._show_run_in("", "compare", "table"))
        self.queue.failed.connect(self.notice.show_message)
        self.queue.changed.connect(self._show_state)
        commands.workspaceAsked.connect(self.go)
        commands.chosen.connect(self.list.select)
        commands.cloned.connect(lambda draft: self.take_request(UseDraft(draft)))
        commands.failed.connect(self._show_failure)
        self.notice.settingAsked.connect(lambda key: self.take_request(FocusSetting(key)))
        commands.touched.connect(self.refresh)
        theme.changed.connect(self.run_selection.apply_theme)

    def take_request(self, request: Request) -> None:
        """Handle a panel's request, and pass it to every panel."""
        match request:
            case StartRuns(drafts, seconds):
                self._start_all(list(drafts), seconds)
            case StartSearch(out, seconds):
                self.commands.start_search(out, seconds)
            case SelectRun(key):
                self.list.select(key)
            case RunCommand(action, key):
                self.commands.perform(action, key)
            case AnnotateRun():
                self.commands.annotate(request)
            case ShowWorkspace(name):
                self.go(name)
            case ShowPanel(id):
                self.workspaces.bring(id)
            case DevicesFound(devices):
                self.top.show_devices(devices)
            case SettingsHistory():
                self._history = request
                self._show_history()
            case FocusSetting():
                self.go("prepare")
            case DraftChanged(draft):
                self._method = str(draft.get("method", {}).get("id", ""))
                self._source = str(draft.get("data", {}).get("source", ""))
        self.host.call_all(lambda panel: panel.take_request(request))

    def show_run_at(self, folder: str) -> bool:
        """Select the run of a folder; False where it is not in the list."""
        self.refresh()
        real = Path(folder).resolve()
        rows = (row for row in self.runs.rows() if Path(row.folder).name == real.name)
        key = next((row.key for row in rows if Path(row.folder).resolve() == real), "")
        if key:
            self.list.select(key)
            self.go("explore")
        return bool(key)

    def say(self, message: str, remedy: str = "") -> None:
        """Show a message over the workspaces."""
        self.notice.show_message(message, remedy)

    def _fit_screen(self) -> None:
        """Shrink the window to the screen, so that its lower edge can be reached."""
        screen = self.screen()
        if screen is None or self.isMaximized() or self.isFullScreen():
            return
        frame = self.frameGeometry().height() - self.height() if self.isVisible() else TITLE_BAR
        self.setGeometry(fitted(self.geometry(), screen.availableGeometry().adjusted(0, frame, 0, 0)))

    def _watch_screens(self) -> None:
        """Keep the window inside its screen when another one is unplugged, or when the resolution changes."""
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._screens_changed)
        application.screenAdded.connect(self._watch_resolution)
        for screen in QGuiApplication.screens():
            self._watch_resolution(screen)

    def _watch_resolution(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._screens_changed)

    def _screens_changed(self) -> None:
        # Qt and the window manager first move the window to a screen that is left.
        QTimer.singleShot(SCREENS, self._fit_screen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            if self.size() == self._first_size:  # else another size was set
                QTimer.singleShot(0, self._fit_screen)  # the height of the frame is known now
            # Whatever needs the engine starts after the first paint.
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        if self._retired:
            return
        self.refresh()
        self.commands.list_waiting()
        self.queue.touch()
        self.run_selection.show_newest()
        self._watch_screens()
        self._poll.start()
        self.lag.start()
        self._status_timer.start()
        QTimer.singleShot(50, self._begin_panels)

    def _begin_panels(self) -> None:
        if not self._retired:  # the window of another language may have taken its place meanwhile
            self.host.call_all(lambda panel: panel.begin())

    def _panel_made(self, id: str) -> None:
        """Initialise a panel that could not be created at first."""
        job = self.bridge.current()
        self.host.call(id, lambda panel: panel.restore(self.settings))
        self.host.call(id, lambda panel: panel.begin())
        self.host.call(id, lambda panel: panel.training_changed(job.state if job is not None else ""))

    def refresh(self) -> None:
        """Read the folder of runs again."""
        try:
            self.runs.apply(self._store.refresh())
        except OSError as error:
            self.notice.show_message(self.tr("The folder of runs cannot be read: {0}.").format(error))
        self._keep_colours()

    def _keep_colours(self, most: int | None = COLOURS_AT_ONCE) -> None:
        """Store the colour numbers of up to `most` runs in their folders; the others follow at the next call."""
        for folder, (number, replaces) in self.runs.unsaved_hues(most).items():
            with contextlib.suppress(OSError):  # if it cannot be written, colours follow the order of the runs
                write_colour(Path(folder), number, replaces)

    def _job(self, job: Job) -> None:
        self.commands.job_changed(job)
        self.run_notices.job_changed(job)
        self._show_state()
        if self._leaving and self.bridge.current() is None:
            # The final state of the run arrives by a timer; close after it.
            QTimer.singleShot(0, self.close)

    def _show_failure(self, message: str, remedy: str, traceback: str) -> None:
        """Show why a command or a run failed; a button leads to the setting that the message names."""
        key = next(iter(keys_in(f"{message} {remedy}")), "")
        self.notice.show_message(with_titles(message), with_titles(remedy), traceback, key)

    def _opening(self, name: str, share: float) -> None:
        self.busy.show_progress(self.tr("Opening {0}… {1} %").format(name, round(share * 100)), share)

    def _show_state(self) -> None:
        job = self.bridge.current()
        state = job.state if job is not None else ""
        self.top.show_state(state, editing=bool(self.commands.editing))
        self.actions_by_id["pause"].setEnabled(state in ("running", "paused"))
        self.actions_by_id["stop"].setEnabled(bool(state))
        waiting = {job.held for job in self.bridge.jobs() if job.state == "queued"}
        self.actions_by_id["stop_all"].setEnabled(bool(state) or False in waiting)
        self.actions_by_id["start_queue"].setEnabled(True in waiting)
        self.actions_by_id["checkpoint"].setEnabled(state in ("running", "paused"))
        self.host.call_all(lambda panel: panel.training_changed(state))
        self._show_status()

    def _show_host(self, state: HostState) -> None:
        """Show the connection in the status line; what ended it for good, over the workspaces, too."""
        self.status.show_host(state)
        self.actions_by_id["connect"].setEnabled(state.phase != "connected")
        if state.phase == "failed":
            remedy = self.tr("Runs there go on. When the cause is gone, choose Connect with the other machine now in the menu.")
            self.notice.show_message(self.tr("No connection with {0}: {1}.").format(state.host, state.reason.rstrip(".")), remedy)

    def _selection_changed(self) -> None:
        self.bridge.choose(self.run_selection.selected)
        self._show_state()

    def _show_run_in(self, key: str, workspace: str, panel: str) -> None:
        if key:
            self.list.select(key)
        self.go(workspace)
        self.workspaces.bring(panel)

    def _show_status(self) -> None:
        self.run_notices.show_progress()
        job = self.bridge.current()
        row = self.runs.row(self.commands.key_of(job)) if job is not None else None
        if job is None or row is None:
            self.status.show_chosen(self.runs.row(self.run_selection.selected))
            return
        self.status.show_run(row, job.state, len(self.bridge.waiting()))

    # Actions

    def start(self) -> None:
        """Start the run that Prepare describes, or add it to the queue."""
        self.workspaces.bring("setup")  # what is wrong with the settings is shown there
        self.take_request(StartDraft())

    def _start_all(self, drafts: list[dict[str, Any]], seconds: float = 0.0) -> None:
        self._state.save_panels()
        self.notice.hide()
        self.news.hide()
        self.commands.start_all(drafts, seconds)
        self._show_state()

    def toggle_pause(self) -> None:
        """Pause the current run, or continue it."""
        self.commands.toggle_pause()

    def stop(self) -> None:
        """Stop the current run after its step, with a checkpoint."""
        self.bridge.stop()

    def stop_all(self) -> None:
        """Stop the current run after its step and keep the queue without starting it."""
        self.queue.stop_all()

    def start_queue(self) -> None:
        """Start the runs of the queue that are held."""
        self.queue.start()

    def checkpoint(self) -> None:
        """Write a checkpoint after the current step."""
        self.bridge.checkpoint()

    def connect_host(self) -> None:
        """Connect with the other machine now, where that was put off or given up."""
        self.bridge.connect_host()

    def new_run(self) -> None:
        """Show Prepare and move the focus to the search over all settings."""
        self.go("prepare")
        self.workspaces.bring("setup")
        self.take_request(SearchSettings())

    def next_card(self) -> None:
        """Move the focus to the next visible card."""
        step_to_card(self.workspaces, 1)

    def previous_card(self) -> None:
        """Move the focus to the previous visible card."""
        step_to_card(self.workspaces, -1)

    def find_run(self) -> None:
        """Move the focus to the filter of the runs."""
        self.list.focus_filter()

    def open_root(self) -> None:
        """Open the folder of runs in the desktop's file manager."""
        self.commands.open(str(self.bridge.root))

    def go(self, workspace: str) -> None:
        """Show a workspace."""
        self.workspaces.go(workspace)
        self.news.raise_()  # a page that comes to the front covers it
        self.top.show_workspace(workspace)
        self._show_history()

    def undo(self) -> None:
        """Undo the last change of the next run's settings."""
        self.take_request(StepSettings(back=True))

    def redo(self) -> None:
        """Do the last undone change of the settings again."""
        self.take_request(StepSettings(back=False))

    def _show_history(self) -> None:
        """Name the setting in the actions. They are on where the settings are seen; elsewhere the keys belong to the panel."""
        here = self.workspace == "prepare"
        for id, plain, named, title in (
            ("undo", self.tr("Settings: undo"), self.tr("Undo: {0}"), self._history.undo),
            ("redo", self.tr("Settings: redo"), self.tr("Redo: {0}"), self._history.redo),
        ):
            action = self.actions_by_id[id]
            action.setText(named.format(title.replace("&", "&&")) if title and here else plain)
            action.setEnabled(bool(title) and here)

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        return self.workspaces.workspace

    def make_figure(self, id: str = "", part: str = "") -> None:
        """Open the dialog that makes a figure for print of what a panel shows, by default the one that has the focus or, if that
        has no figure, the first one in view that has one."""
        source = self.host.figure_source(id, part)
        if source is None:
            dialogs.show_no_figure(self)
            return
        dialog = FigureDialog(self.bridge.asker("figure"), source, self.settings, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def fold_list(self) -> None:
        """Fold the list of runs to a narrow strip, or unfold it. It is kept for the next start."""
        width = self.list.width()
        self.list.set_folded(not self.list.folded)
        self.settings.setValue(FOLDED, self.list.folded)
        if self.list.folded:
            self.settings.setValue(UNFOLDED_WIDTH, width)
        width = STRIP if self.list.folded else cast(int, self.settings.value(UNFOLDED_WIDTH, LIST_WIDTH, int))
        self.workspaces.setSizes([width, self.workspaces.width() - width])

    def keep_notify(self) -> None:
        """Keep whether the desktop is notified when a run ends."""
        self.settings.setValue(DESKTOP, self.actions_by_id["notify"].isChecked())

    def toggle_full_screen(self) -> None:
        """Switch full screen on or off."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def set_theme(self, choice: str) -> None:
        """Apply a theme, "dark", "light" or "system", and save the choice."""
        self.settings.setValue("theme", choice)
        theme.apply(cast(theme.Choice, choice))

    def set_motion(self) -> None:
        """Leave animations out, or not, as the menu says, and save the choice."""
        reduced = self.actions_by_id["motion"].isChecked()
        self.settings.setValue("reduce_motion", reduced)
        motion.reduce(reduced)

    def _restore_motion(self) -> None:
        """What was chosen; at first, what the system asks for."""
        reduced = str(self.settings.value("reduce_motion", motion.system_reduces())).lower() == "true"
        motion.reduce(reduced)
        self.actions_by_id["motion"].setChecked(reduced)

    def toggle_theme(self) -> None:
        """Switch between the dark and the light theme."""
        self.set_theme("light" if theme.current().dark else "dark")

    def reset_layout(self) -> None:
        """Set all widths, and the arrangement of every panel, to their defaults."""
        self.workspaces.reset()
        self.host.call_all(lambda panel: panel.reset_layout())

    def show_shortcuts(self) -> None:
        """Show a list of all shortcuts."""
        of_panels = [line for panel in self.panels.values() for line in panel.SHORTCUTS]
        show_shortcuts(self, self.actions_by_id, [*self.list.SHORTCUTS, *of_panels])

    def show_about(self) -> None:
        """Show what this program is, and where runs are stored."""
        dialogs.show_about(self, self.bridge.root)

    def use_photographs(self) -> None:
        """Set up a short run on a folder of one's own photographs."""
        self.go("prepare")
        self.take_request(UsePhotographs())

    def open_model(self, weights: str = "") -> None:
        """Open the dialog that shows a model that exists on images; those of the next run at first."""
        offers = [(row.folder, row.title) for row in self.runs.rows()]
        dialog = OpenModelDialog(self.bridge.asker("model"), weights, self._source, lambda: offers, self._show_model, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_model(self, settings: Mapping[str, Any]) -> None:
        self.take_request(StartRuns([dict(settings)]))
        self.go("explore")

    def open_gallery(self) -> None:
        """Add the finished example runs to the list, and show the walk through them; where there are none yet, offer to train
        them."""
        self.bridge.ask(CopyGallery(str(self.bridge.root)), self._show_gallery, self.notice.show_message, scope="gallery")

    def _show_gallery(self, folders: tuple[str, ...]) -> None:
        if folders:
            self.refresh()
            self.list.select(folders[0])
            self.go("train")
            self._show_topic(Topic("walk"))
        elif dialogs.confirm_gallery(self, MINUTES):
            self.take_request(StartRuns([dict(config) for config in CONFIGS]))
            self._show_topic(Topic("walk"))

    def show_help(self) -> None:
        """Show the page of the documentation about the control with the focus."""
        names = []
        widget = QApplication.focusWidget()
        while widget is not None:
            names.append(widget.objectName())
            names += [id for id, panel in self.panels.items() if panel is widget]
            widget = widget.parentWidget()
        self._show_topic(topic_of(names, self._method))

    def show_method_help(self) -> None:
        """Show the page about the method of the next run."""
        self._show_topic(topic_of(["method.id"], self._method))

    def show_manual(self) -> None:
        """Show the documentation from its start."""
        self._show_topic(START)

    def _show_topic(self, topic: Topic) -> None:
        if self._help is None:
            self._help = HelpWindow(self.bridge.asker("help"), self)
        self._help.show_topic(topic)

    def ask_language(self, code: str) -> None:
        """Ask the owner of the window to replace it by one in another language."""
        self.languageAsked.emit(code)

    # Replacing and closing the window

    def save_layout(self) -> None:
        """Save the geometry, the panels' state and the colours of runs."""
        self._state.save()
        self._keep_colours(None)

    def adopt(self, other: Window) -> None:
        """Take over the state of another window: its runs with their colours, the selected run, and the panels' questions."""
        self.runs.adopt(other.runs.rows())
        self.commands.adopt(other.commands)
        self.resize(other.size())
        self.move(other.pos())
        self._show_state()
        if other.run_selection.selected:
            self.list.select(other.run_selection.selected)
        for id, before in other.panels.items():
            self.host.call(id, partial(_adopt, before, self.bridge.taker(id)))

    def leave(self, how: str) -> None:
        """Close without a dialog: "stop" first stops the run after its step and saves the queue for the next start, "finish" closes
        when the queue is done."""
        self._leaving = how
        if how == "stop":
            self.queue.stop_all()
            if self.bridge.current() is None:
                QTimer.singleShot(0, self.close)
        else:
            self.showMinimized()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.bridge.runs_go_on and any(job.live or job.waits for job in self.bridge.jobs()):
            event.ignore()
            waiting = sum(job.waits for job in self.bridge.jobs())
            how = "" if self._leaving else dialogs.how_to_leave(self, *([waiting] if waiting else ()))
            if how:
                self.leave(how)
            return
        self.save_layout()
        self.retire()
        self.closed.emit()
        event.accept()

    def retire(self) -> None:
        """Stop the window's timers and disconnect it from the bridge, which is kept."""
        if self._retired:
            return
        self._retired = True
        for timer in (self._poll, self._status_timer):
            timer.stop()
        self.queue.retire()
        self.run_notices.retire()
        self.lag.stop()
        self.bridge.change_window()
        self.bridge.events.disconnect(self.run_selection.take_events)
        self.bridge.jobChanged.disconnect(self._job)
        self.bridge.opening.disconnect(self._opening)
        self.bridge.opened.disconnect(self.busy.over)
        self.bridge.hostChanged.disconnect(self._show_host)
        self.busy.over()
        theme.changed.disconnect(self.run_selection.apply_theme)


def _adopt(before: Panel, take_over: TakeOver, panel: Panel) -> None:
    panel.adopt(before, take_over)
