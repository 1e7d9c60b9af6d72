"""Connects the card of the queue with the bridge: shows the waiting runs with their times, saves them, passes commands on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from workbench.bridge.bridge import Bridge
from workbench.bridge.jobs import Job
from workbench.bridge.queue_questions import EstimateRuns
from workbench.bridge.saved_queue import WaitingRun
from workbench.frame.run_commands import RunCommands
from workbench.models.queue_entries import with_seconds
from workbench.models.runs import RunsModel
from workbench.panels.runs.queue_card import QueueCard

SAVE = 500  # ms from a change of the queue until it is saved for the next start
SHOW = 30  # ms in which changes are collected
AGAIN = 20_000  # ms between two updates of the times, while a run trains and more is known of its speed
translate = QCoreApplication.translate


class QueueControl(QObject):
    """`failed`: a message; `changed`: the queue has changed."""

    failed = Signal(str)
    changed = Signal()

    def __init__(self, bridge: Bridge, commands: RunCommands, runs: RunsModel, card: QueueCard, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._commands, self._runs, self._card = bridge, commands, runs, card
        self._estimated: tuple[WaitingRun, ...] = ()
        self._seconds: dict[str, float | None] = {}
        self._save_timer = self._timer(SAVE, self.save)
        self._show_timer = self._timer(SHOW, self.show)
        self._again_timer = self._timer(AGAIN, self._update_times)
        bridge.jobChanged.connect(self._job_changed)
        bridge.queueChanged.connect(self.touch)
        card.reordered.connect(bridge.reorder)
        card.removed.connect(commands.withdraw_jobs)
        card.edited.connect(commands.edit_waiting)
        card.editCancelled.connect(commands.cancel_editing)
        card.startAsked.connect(self.start)
        card.stopAsked.connect(self.stop_all)

    def _timer(self, wait: int, act: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait)
        timer.timeout.connect(act)
        return timer

    def _job_changed(self, job: Job) -> None:
        self.touch()

    def touch(self) -> None:
        """The queue has changed: show it and save it soon."""
        for timer in (self._save_timer, self._show_timer):
            if not timer.isActive():
                timer.start()

    def start(self) -> None:
        """Start the runs that were held, in order, except one that is being edited."""
        self._bridge.release(key for key in self._bridge.waiting() if key != self._commands.editing)

    def stop_all(self) -> None:
        """Stop the current run after its step and keep the queue without starting it."""
        self._bridge.hold()
        self._bridge.stop()

    def show(self) -> None:
        """Show the queue as it is now."""
        waiting = self._bridge.waiting()
        if tuple(waiting.values()) != self._estimated:
            self._ask(waiting)
        self._card.show_entries(with_seconds(self._commands.entries(), self._seconds), self._left())
        self.changed.emit()

    def save(self) -> None:
        """Save the queue now."""
        try:
            self._bridge.save_queue()
        except OSError as error:
            self.failed.emit(
                translate("Window", "The queue cannot be kept for the next start: {0}.").format(error.strerror or error)
            )

    def retire(self) -> None:
        """Stop the timers and disconnect from the bridge."""
        for timer in (self._save_timer, self._show_timer, self._again_timer):
            timer.stop()
        self._bridge.jobChanged.disconnect(self._job_changed)
        self._bridge.queueChanged.disconnect(self.touch)

    def _left(self) -> float | None:
        """The remaining seconds of the run that trains; 0 while none does."""
        job = self._bridge.current()
        row = self._runs.row(self._commands.key_of(job)) if job is not None else None
        return 0.0 if job is None else row.seconds_left if row is not None else None

    def _update_times(self) -> None:
        self._ask(self._bridge.waiting())

    def _ask(self, waiting: dict[str, WaitingRun]) -> None:
        self._estimated = tuple(waiting.values())
        if not waiting:
            self._again_timer.stop()
            return
        keys = tuple(waiting)

        def answered(seconds: tuple[float | None, ...]) -> None:
            self._seconds = dict(zip(keys, seconds, strict=False))
            self._show_timer.start()
            if self._bridge.current() is not None:
                self._again_timer.start()

        self._bridge.ask(EstimateRuns(self._bridge.root, self._estimated), answered, lambda _: None, scope="queue")
