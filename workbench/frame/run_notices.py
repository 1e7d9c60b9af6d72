"""Says that a run or the queue has ended: in the window with the next step, and on the desktop while the window is not in front."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.frame.desktop_notices import DesktopNotices, show_badge
from workbench.frame.run_commands import RunCommands
from workbench.models.run_ends import PROGRAM, end_text, percent_of, queue_end, queue_text, window_title
from workbench.models.runs import RunsModel
from workbench.widgets.notice import Notice

translate = QCoreApplication.translate
ENDED = ("finished", "failed", "stopped")
DESKTOP = "window/notify"  # the setting


class RunNotices(QObject):
    """`mapAsked` and `evaluationAsked`: the key of a run; `comparisonAsked`: the runs of the queue are to be compared."""

    mapAsked = Signal(str)
    evaluationAsked = Signal(str)
    comparisonAsked = Signal()

    def __init__(
        self,
        bridge: Bridge,
        commands: RunCommands,
        runs: RunsModel,
        notice: Notice,
        settings: QSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bridge, self._commands, self._runs, self._notice = bridge, commands, runs, notice
        self._settings, self._window = settings, window
        self._states: dict[str, str] = {}  # by job: the runs that ended since the queue was empty
        self._desktop = DesktopNotices(window, window.windowIcon())
        self._desktop.clicked.connect(self._raise)
        self._badge = 0

    def job_changed(self, job: Job) -> None:
        """Say it if the job has ended. Called after the list of runs was updated."""
        if job.state not in ENDED or not job.folder or job.key in self._states:
            return
        row = self._runs.row(self._commands.key_of(job))
        if row is None:
            return
        self._states[job.key] = job.state
        more = any(other.live or other.waits for other in self._bridge.jobs())
        end = queue_end(list(self._states.values()))
        text = end_text(row)
        if not more and end.runs > 1:
            text = f"{text} {queue_text(end)}"
        if not more:
            self._states.clear()
        if job.state == "finished":
            steps = [
                (translate("Window", "Open the map"), lambda: self.mapAsked.emit(row.key)),
                (translate("Window", "Evaluate"), lambda: self.evaluationAsked.emit(row.key)),
            ]
            if not more and end.runs > 1:
                steps.append((translate("Window", "Compare the runs"), self.comparisonAsked.emit))
            self._notice.show_steps(text, steps)
        if job.state != "stopped" and (not more or job.state == "failed"):
            self._notify(text)

    def show_progress(self) -> None:
        """Update the title of the window and the number on the program's icon."""
        job = self._bridge.current()
        row = self._runs.row(self._commands.key_of(job)) if job is not None else None
        host = self._bridge.host
        title = window_title(row, job.state if job is not None else "") + (f" - {host.host}" if host is not None else "")
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)
        percent = percent_of(row)
        if percent != self._badge:
            self._badge = percent
            show_badge(percent)

    def retire(self) -> None:
        """Remove what is shown outside of the window."""
        self._desktop.hide()
        show_badge(0)

    def _notify(self, text: str) -> None:
        if not self._window.isActiveWindow() and self._settings.value(DESKTOP, True, bool):
            self._desktop.show(PROGRAM, text)

    def _raise(self) -> None:
        self._desktop.hide()
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
