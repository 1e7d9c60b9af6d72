"""The window: four workspaces in the order of the work, one list of runs beside them, and the wiring between panels and bridge.

PANELS says which panel stands where, ACTIONS what can be done by key; everything below is who tells whom. The parts of the window
around the panels are in `workbench.frame`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QShowEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

import assets
from engine.runs.colours import keep_colours, read_colours
from engine.runs.store import RunStore
from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.bridge.evaluate_questions import EstimateEvaluations, EvaluateRun
from workbench.bridge.invariance_questions import MeasureInvariance
from workbench.bridge.jobs import Job
from workbench.frame import asking
from workbench.frame.actions import ActionRow, main_menu, make_actions, show_shortcuts
from workbench.frame.cards import step_to_card
from workbench.frame.commands import RunCommands
from workbench.frame.kept import Kept
from workbench.frame.places import PanelRow, Places
from workbench.frame.showing import Screens, Showing
from workbench.frame.status_line import StatusLine
from workbench.frame.top_bar import TopBar
from workbench.models.runs import RunsModel
from workbench.panels.augment.panel import AugmentPanel
from workbench.panels.curves.panel import CurvesPanel
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.panels.evaluate.panel import EvaluatePanel
from workbench.panels.health.panel import HealthPanel
from workbench.panels.invariance.panel import InvariancePanel
from workbench.panels.pairs.panel import PairsPanel
from workbench.panels.runs.panel import RunsPanel
from workbench.panels.runs.table import RunsTable
from workbench.panels.sees.panel import SeesPanel
from workbench.panels.setup.panel import SetupPanel
from workbench.panels.versus.panel import VersusPanel
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.busy import BusyNotice
from workbench.widgets.lag import LagMeter
from workbench.widgets.notice import Notice

POLL = 1500  # ms between two looks at the folder of runs
STATUS = 2000  # ms between two looks at the lag
QUEUE = 500  # ms from a change of the queue until it is kept for the next start

# The window at the first start, where the screen has room for it, and how small it can be made: what has no room then is scrolled.
FIRST_SIZE = QSize(1280, 760)
LEAST_SIZE = (640, 400)
TITLE_BAR = 32  # px that the desktop adds above the window, until it is known

WORKSPACES = ("prepare", "train", "explore", "compare")

PANELS: tuple[PanelRow, ...] = (
    PanelRow("setup", "prepare", 288, False, lambda bridge, runs: SetupPanel(bridge.asker("setup"))),
    PanelRow("augment", "prepare", 720, True, lambda bridge, runs: AugmentPanel(bridge.asker("augment"))),
    PanelRow("curves", "train", 720, True, lambda bridge, runs: CurvesPanel()),
    PanelRow("health", "train", 296, False, lambda bridge, runs: HealthPanel()),
    PanelRow("sees", "train", 296, False, lambda bridge, runs: SeesPanel(), under="health"),
    PanelRow("embedding", "explore", 1024, True, lambda bridge, runs: EmbeddingPanel(bridge.asker("embedding"))),
    PanelRow(
        "versus",
        "explore",
        1024,
        True,
        lambda bridge, runs: VersusPanel(bridge.asker("versus"), (bridge.asker("versus0"), bridge.asker("versus1")), runs),
        behind="embedding",
    ),
    PanelRow("pairs", "explore", 1024, True, lambda bridge, runs: PairsPanel(bridge.asker("pairs")), behind="embedding"),
    PanelRow(
        "invariance",
        "explore",
        1024,
        True,
        lambda bridge, runs: InvariancePanel(bridge.asker("invariance"), runs),
        behind="embedding",
    ),
    PanelRow("table", "compare", 1024, True, lambda bridge, runs: RunsTable(runs, bridge.asker("table"))),
    PanelRow("evaluate", "compare", 1024, True, lambda bridge, runs: EvaluatePanel(bridge.asker("evaluate"), runs), behind="table"),
)

ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("prepare", "Ctrl+1", "go", ("prepare",)),
    ActionRow("train", "Ctrl+2", "go", ("train",)),
    ActionRow("explore", "Ctrl+3", "go", ("explore",)),
    ActionRow("compare", "Ctrl+4", "go", ("compare",)),
    ActionRow("start", "Ctrl+Return", "start"),
    ActionRow("pause", "Ctrl+P", "toggle_pause"),
    ActionRow("stop", "Ctrl+.", "stop"),
    ActionRow("checkpoint", "Ctrl+S", "checkpoint"),
    ActionRow("new", "Ctrl+N", "new_run"),
    ActionRow("find", "Ctrl+F", "find_run"),
    ActionRow("search", "Ctrl+K", "new_run"),
    ActionRow("card", "F6", "next_card"),
    ActionRow("card_back", "Shift+F6", "previous_card"),
    ActionRow("theme", "Ctrl+T", "toggle_theme"),
    ActionRow("folder", "Ctrl+O", "open_root"),
    ActionRow("layout", "Ctrl+Shift+0", "reset_layout"),
    ActionRow("full", "F11", "toggle_full_screen"),
    ActionRow("keys", "F1", "show_shortcuts"),
    ActionRow("quit", "Ctrl+Q", "close"),
)


def fitted(wanted: QRect, available: QRect) -> QRect:
    """A window's place: as large as wanted where there is room, and wholly on the screen."""
    size = wanted.size().boundedTo(available.size())
    left = max(available.left(), min(wanted.left(), available.right() + 1 - size.width()))
    top = max(available.top(), min(wanted.top(), available.bottom() + 1 - size.height()))
    return QRect(left, top, size.width(), size.height())


class Window(QMainWindow):
    """Everything that is seen. `languageAsked` wants another language: whoever made the window makes it anew."""

    languageAsked = Signal(str)
    closed = Signal()

    def __init__(self, bridge: Bridge, settings: QSettings | None = None) -> None:
        super().__init__()
        self.bridge = bridge
        self.settings = settings or QSettings()
        self.runs = RunsModel(self)
        self.lag = LagMeter(self)
        self.commands = RunCommands(bridge, self.runs, lambda: self.showing.selected, self)
        self.actions_by_id = make_actions(self, ACTIONS)
        self._store = RunStore(bridge.root)
        self.runs.know_hues(read_colours(bridge.root))
        self._leaving = ""
        self._begun = False
        self._retired = False
        self._poll = QTimer(self)
        self._poll.setInterval(POLL)
        self._poll.timeout.connect(self.refresh)
        self._status_timer = QTimer(self)
        self._status_timer.setInterval(STATUS)
        self._status_timer.timeout.connect(lambda: self.status.show_lag(self.lag.latest()))
        self._queue_timer = QTimer(self)
        self._queue_timer.setSingleShot(True)
        self._queue_timer.setInterval(QUEUE)
        self._queue_timer.timeout.connect(self._save_queue)
        self._build()
        self._wire()
        self._show_saved_runs()
        self._kept.restore()
        self._fit_screen()
        self._first_size = self.size()
        self.go("prepare")
        self._show_state()

    def _build(self) -> None:
        self.setWindowTitle("Parallax")
        self.setWindowIcon(QIcon(str(Path(assets.__file__).parent / "icons" / "parallax.svg")))
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(FIRST_SIZE)
        self.top = TopBar(WORKSPACES, self.actions_by_id)
        about = lambda: asking.show_about(self, self.bridge.root)  # noqa: E731
        menu = main_menu(self.top.menu_button, self.actions_by_id, self.set_theme, self.languageAsked.emit, about)
        self.top.menu_button.setMenu(menu)
        self.busy = BusyNotice()
        self.list = RunsPanel(self.runs)
        self.panels: dict[str, QWidget] = {}
        for row in PANELS:
            panel = row.make(self.bridge, self.runs)
            panel.setObjectName(row.id)
            self.panels[row.id] = panel
        self.places = Places(WORKSPACES, PANELS, self.panels, self.list)
        self.notice = Notice(self.places)
        self.status = StatusLine(self.runs, self.busy)
        self._kept = Kept(self.settings, self, self.places, self.table, self.setup)
        screens = Screens(
            self.list,
            self.table,
            self.curves,
            self.sees,
            self.health,
            self.embedding,
            self.pairs,
            self.invariance,
            self.evaluate,
            self.versus,
        )
        self.showing = Showing(self.bridge, self.runs, screens, self)
        centre = QWidget()
        box = QVBoxLayout(centre)
        box.setContentsMargins(WIDE_GAP, 4, WIDE_GAP, 4)
        box.setSpacing(4)
        box.addWidget(self.top)
        box.addWidget(self.places, 1)
        box.addWidget(self.status)
        self.setCentralWidget(centre)

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
    def health(self) -> HealthPanel:
        """The verdict on the chosen run."""
        return cast(HealthPanel, self.panels["health"])

    @property
    def sees(self) -> SeesPanel:
        """The method's own pictures."""
        return cast(SeesPanel, self.panels["sees"])

    @property
    def embedding(self) -> EmbeddingPanel:
        """The map of what was learned."""
        return cast(EmbeddingPanel, self.panels["embedding"])

    @property
    def versus(self) -> VersusPanel:
        """Two spaces side by side."""
        return cast(VersusPanel, self.panels["versus"])

    @property
    def pairs(self) -> PairsPanel:
        """Positives, negatives, and how strong a view may be."""
        return cast(PairsPanel, self.panels["pairs"])

    @property
    def invariance(self) -> InvariancePanel:
        """What the encoder kept."""
        return cast(InvariancePanel, self.panels["invariance"])

    @property
    def table(self) -> RunsTable:
        """The Compare table."""
        return cast(RunsTable, self.panels["table"])

    @property
    def evaluate(self) -> EvaluatePanel:
        """What encoders are worth."""
        return cast(EvaluatePanel, self.panels["evaluate"])

    # Wiring

    def _wire(self) -> None:
        bridge, commands = self.bridge, self.commands
        bridge.events.connect(self.showing.events)
        bridge.jobChanged.connect(self._job)
        bridge.opening.connect(self._opening)
        bridge.opened.connect(self.busy.over)
        self.busy.cancelAsked.connect(bridge.cancel_opening)
        self.top.placeAsked.connect(self.go)
        self.top.startAsked.connect(self.start)
        self.top.pauseAsked.connect(self.toggle_pause)
        self.top.stopAsked.connect(self.stop)
        self.setup.draftChanged.connect(self.augment.set_config)
        self.setup.startAsked.connect(self._start)
        self.setup.sweepAsked.connect(self._start_all)
        self.setup.devicesFound.connect(self.top.show_devices)
        self.augment.viewsChanged.connect(self.setup.set_views)
        self.embedding.mapCancelled.connect(lambda question: bridge.cancel(question, "embedding"))
        self.versus.mapCancelled.connect(lambda side, question: bridge.cancel(question, f"versus{side}"))
        self.invariance.cancelled.connect(lambda: bridge.cancel(MeasureInvariance(""), "invariance"))
        self.evaluate.cancelAsked.connect(lambda folder: bridge.cancel(EvaluateRun(folder), "evaluate"))
        self.evaluate.estimatesDropped.connect(lambda: bridge.cancel(EstimateEvaluations(()), "evaluate"))
        self.evaluate.severalBegun.connect(lambda: self.places.bring(self.evaluate))
        self.evaluate.chosen.connect(self.list.select)
        self.table.evaluateAsked.connect(self.evaluate.ask_several)
        self.showing.changed.connect(self._chosen)
        self.list.newAsked.connect(self.new_run)
        self.list.withdrawAsked.connect(bridge.withdraw)
        self.list.saved_runs.queueAsked.connect(self._queue_saved_runs)
        self.list.saved_runs.discardAsked.connect(self._discard_saved_runs)
        for panel in (self.list, self.table):
            panel.resumeAsked.connect(commands.resume)
            panel.lengthenAsked.connect(commands.lengthen)
            panel.cloneAsked.connect(commands.clone)
            panel.renameAsked.connect(commands.rename)
            panel.deleteAsked.connect(commands.delete)
            panel.openAsked.connect(commands.open)
            panel.exportAsked.connect(commands.export)
        self.table.notesChanged.connect(commands.annotate)
        self.table.tagsChanged.connect(commands.tag)
        self.table.starChanged.connect(commands.star)
        self.table.titleChanged.connect(commands.name)
        self.table.curvesAsked.connect(self._to_curves)
        commands.goAsked.connect(self.go)
        commands.chosen.connect(self.list.select)
        commands.cloned.connect(self.setup.set_draft)
        commands.failed.connect(self.notice.say)
        commands.touched.connect(self.refresh)
        theme.changed.connect(self.showing.dress)

    def _fit_screen(self) -> None:
        """Where the screen is smaller than the window, the window takes what there is: its lower edge can be reached."""
        screen = self.screen()
        if screen is None or self.isMaximized() or self.isFullScreen():
            return
        frame = self.frameGeometry().height() - self.height() if self.isVisible() else TITLE_BAR
        self.setGeometry(fitted(self.geometry(), screen.availableGeometry().adjusted(0, frame, 0, 0)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            if self.size() == self._first_size:  # else somebody asked for another size
                QTimer.singleShot(0, self._fit_screen)  # how high the frame is, is known now
            # Everything that needs the engine waits for the first paint.
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        if self._retired:
            return
        self.refresh()
        self.showing.show_newest()
        self._poll.start()
        self.lag.start()
        self._status_timer.start()
        QTimer.singleShot(50, self.setup.begin)

    def refresh(self) -> None:
        """Look at the folder of runs again."""
        try:
            self.runs.apply(self._store.refresh())
        except OSError as error:
            self.notice.say(self.tr("The folder of runs cannot be read: {0}.").format(error))
        self._keep_colours()

    def _keep_colours(self) -> None:
        numbers = self.runs.new_hues()
        if numbers:
            with contextlib.suppress(OSError):  # of a folder that cannot be written the runs have the colours of their order
                keep_colours(self.bridge.root, numbers)

    def _to_curves(self) -> None:
        self.go("train")

    def _job(self, job: Job) -> None:
        self.commands.job_changed(job)
        self._show_state()
        self._queue_timer.start()
        if self._leaving and self.bridge.current() is None:
            # The state that follows a run's end is told by the timer; leave after it.
            QTimer.singleShot(0, self.close)

    def _save_queue(self) -> None:
        try:
            self.bridge.save_queue()
        except OSError as error:
            self.notice.say(self.tr("The queue cannot be kept for the next start: {0}.").format(error.strerror or error))

    def _show_saved_runs(self) -> None:
        self.list.saved_runs.show_runs([self.commands.title_of(run) for run in self.bridge.saved_runs])

    def _queue_saved_runs(self) -> None:
        self.commands.queue_again(self.bridge.take_saved_runs())
        self._show_saved_runs()
        self._show_state()

    def _discard_saved_runs(self) -> None:
        self.bridge.take_saved_runs()
        self._show_saved_runs()
        self._save_queue()

    def _opening(self, name: str, share: float) -> None:
        self.busy.tell(self.tr("Opening {0}… {1} %").format(name, round(share * 100)), share)

    def _show_state(self) -> None:
        job = self.bridge.current()
        state = job.state if job is not None else ""
        self.top.show_state(state)
        self.evaluate.set_training(bool(state))
        self.actions_by_id["pause"].setEnabled(state in ("running", "paused"))
        self.actions_by_id["stop"].setEnabled(bool(state))
        self.actions_by_id["checkpoint"].setEnabled(state in ("running", "paused"))
        self.setup.set_start_text(self.tr("Add to the queue") if state else self.tr("Start"))
        self._show_status()

    def _chosen(self) -> None:
        self.bridge.choose(self.showing.selected)
        self._show_state()

    def _show_status(self) -> None:
        job = self.bridge.current()
        row = self.runs.row(self.commands.key_of(job)) if job is not None else None
        if job is None or row is None:
            self.status.show_chosen(self.runs.row(self.showing.selected))
            return
        self.status.show_run(row, job.state, sum(other.state == "queued" for other in self.bridge.jobs()))

    # What keys and buttons do

    def start(self) -> None:
        """Start the run that Prepare describes, or add it to the queue."""
        self.setup.start()

    def _start(self, draft: dict[str, Any]) -> None:
        self._start_all([draft])

    def _start_all(self, drafts: list[dict[str, Any]]) -> None:
        self._kept.save_draft()
        self.notice.hide()
        self.commands.start_all(drafts)
        self._show_state()

    def toggle_pause(self) -> None:
        """Hold the run, or let it go on."""
        self.commands.toggle_pause()

    def stop(self) -> None:
        """End the run after its step, with a checkpoint."""
        self.bridge.stop()

    def checkpoint(self) -> None:
        """Write a checkpoint after this step."""
        self.bridge.checkpoint()

    def new_run(self) -> None:
        """To Prepare, and to the search over all settings."""
        self.go("prepare")
        self.setup.focus_search()

    def next_card(self) -> None:
        """To the next card that is seen, where one was in it last."""
        step_to_card(self.places, 1)

    def previous_card(self) -> None:
        """To the card before."""
        step_to_card(self.places, -1)

    def find_run(self) -> None:
        """To the filter of the runs."""
        self.list.focus_filter()

    def open_root(self) -> None:
        """The folder of runs in the desktop's own program."""
        self.commands.open(str(self.bridge.root))

    def go(self, place: str) -> None:
        """Show a workspace."""
        self.places.go(place)
        self.top.show_place(place)

    @property
    def place(self) -> str:
        """The workspace that is shown."""
        return self.places.place

    def toggle_full_screen(self) -> None:
        """The whole screen, or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def set_theme(self, choice: str) -> None:
        """Dark, light, or like the system; kept for the next time."""
        self.settings.setValue("theme", choice)
        theme.apply(cast(theme.Choice, choice))

    def toggle_theme(self) -> None:
        """From dark to light and back."""
        self.set_theme("light" if theme.current().dark else "dark")

    def reset_layout(self) -> None:
        """All cards at the width that they had at first."""
        self.places.reset()

    def show_shortcuts(self) -> None:
        """All keys in a list."""
        show_shortcuts(self, self.actions_by_id)

    # From one window to the next, and out

    def save_layout(self) -> None:
        """Keep sizes, columns, the draft and the colours of runs."""
        self._kept.save()
        self._keep_colours()

    def adopt(self, other: Window) -> None:
        """Go on where another window was: the runs of this session, with their colours, the chosen one, and what is
        being measured."""
        self.runs.adopt(other.runs.rows())
        self.commands.adopt(other.commands)
        self.resize(other.size())
        self.move(other.pos())
        self._show_state()
        if other.showing.selected:
            self.list.select(other.showing.selected)
        self.evaluate.adopt(other.evaluate, self.bridge.taker("evaluate"))
        self.invariance.adopt(other.invariance, self.bridge.taker("invariance"))

    def leave(self, how: str) -> None:
        """Close without asking: "stop" ends the run after its step first and keeps the queue for the next start, "finish" closes
        when the queue is done."""
        self._leaving = how
        if how == "stop":
            self.bridge.put_queue_aside()
            self.bridge.stop()
        else:
            self.showMinimized()

    def closeEvent(self, event: QCloseEvent) -> None:
        if any(job.live or job.state == "queued" for job in self.bridge.jobs()):
            event.ignore()
            waiting = sum(job.state == "queued" for job in self.bridge.jobs())
            how = "" if self._leaving else asking.how_to_leave(self, waiting)
            if how:
                self.leave(how)
            return
        self.save_layout()
        self.retire()
        self.closed.emit()
        event.accept()

    def retire(self) -> None:
        """Stop the window's timers and listen no more; the bridge lives on."""
        if self._retired:
            return
        self._retired = True
        for timer in (self._poll, self._status_timer, self._queue_timer):
            timer.stop()
        self.lag.stop()
        self.bridge.change_window()
        self.bridge.events.disconnect(self.showing.events)
        self.bridge.jobChanged.disconnect(self._job)
        self.bridge.opening.disconnect(self._opening)
        self.bridge.opened.disconnect(self.busy.over)
        self.busy.over()
        theme.changed.disconnect(self.showing.dress)
