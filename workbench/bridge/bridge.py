"""The only interface between the window and the engine: questions and commands go in, answers and events come
out in the GUI thread."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.bridge.answers import EngineAnswers
from workbench.bridge.ask import Ask, TakeOver
from workbench.bridge.garbage import GarbageCollection
from workbench.bridge.inbox import Inbox
from workbench.bridge.jobs import Job, Jobs, Trainer
from workbench.bridge.question import Lane, Question
from workbench.bridge.remote_answers import RemoteAnswers
from workbench.bridge.remote_host import HostState, RemoteHost
from workbench.bridge.remote_trainer import RemoteTrainer
from workbench.bridge.request_queue import Compute, Request, RequestQueue
from workbench.bridge.saved_queue import SavedQueue, WaitingRun
from workbench.bridge.search_questions import search_title
from workbench.bridge.trainer import EngineTrainer
from workbench.forms.setting_titles import with_titles

A = TypeVar("A")
B = TypeVar("B")

# Milliseconds between two reads of the inbox: while a question is being answered, and while only a run trains.
SOON = 4
CALM = 200


class Bridge(QObject):
    """Runs train in background threads, one per device; questions are answered in one background thread per Lane.

    The threads put results and events into an inbox; a timer empties it and emits the signals, so that no Qt call comes from
    another thread. The timer runs only while something is being computed. `jobChanged` carries a Job, `events` a run's folder and a
    list of engine events, `opening` the name of data that are being downloaded or decoded and a fraction from 0 to 1; `opened` is
    emitted when no data are being opened any more, `queueChanged` when runs were removed from the queue, or it was
    reordered, held or started. `hostChanged` carries a HostState.

    With a `host` the engine is on that machine, and `root` has copies of its runs' small files; they go on when this ends."""

    events = Signal(str, list)
    jobChanged = Signal(object)
    opening = Signal(str, float)
    opened = Signal()
    queueChanged = Signal()
    hostChanged = Signal(object)

    def __init__(
        self,
        root: Path,
        trainer: Trainer | None = None,
        answers: Compute | None = None,
        parent: QObject | None = None,
        host: RemoteHost | None = None,
    ) -> None:
        super().__init__(parent)
        self._host, self._remote = host, RemoteTrainer(host) if host is not None else None
        if host is not None:
            trainer, answers = self._remote, RemoteAnswers(host)
        self._engine = EngineAnswers() if answers is None else None
        compute = self._engine or answers
        assert compute is not None
        self._inbox = Inbox()
        self._jobs = Jobs(trainer or EngineTrainer(), root, self._report, self._inbox.put)
        # The quick lane keeps the window's priority, because the user waits for it. So does reading metrics, which is pure Python:
        # a thread of low priority that waits for a CPU would hold the GIL, and block the GUI thread.
        self._queues = {
            lane: RequestQueue(lane.value, compute, self._inbox.call, self._watch, lane not in (Lane.QUICK, Lane.METRICS))
            for lane in Lane
        }
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.drain)
        self._garbage = GarbageCollection()
        self._closed = False
        self._window = 0  # counts windows; callbacks of earlier ones are not called
        self._openings: set[int] = set()
        # Runs that were waiting when the program ended are in the queue again, and are started when the user starts the queue.
        self._saved = SavedQueue(root)
        for run in self._saved.take_over():
            if run.search:
                self._jobs.search(run.search, search_title(run.search), run.seconds, held=True)
            elif run.folder:
                self._jobs.resume(run.folder, run.more_epochs, held=True)
            else:
                self._jobs.start(run.config, run.seconds, held=True)
        if host is not None:
            host.changed = lambda state: self._inbox.call(lambda: self.hostChanged.emit(state))
            host.met = lambda folders: self._inbox.call(lambda: self._follow_live_runs(folders))
            host.start()
            self._wake()

    # Questions

    def ask(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        scope: str = "",
    ) -> None:
        """Ask a question; see `workbench.bridge.ask.Ask`. Questions of different scopes do not replace each other."""
        if self._closed:
            return
        self._queue_of(question).put(self._request(question, answer, failed, progress, scope))
        self._wake()

    def _request(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None,
        progress: Callable[[float], None] | None,
        scope: str,
    ) -> Request[A]:
        """The question with callbacks that are called only while the current window is not replaced. Errors name settings by their
        titles; where a panel leads to the setting, the answer has its key."""
        window = self._window

        def current(callback: Callable[[B], None]) -> Callable[[B], None]:
            return lambda value: callback(value) if window == self._window else None

        def in_words(callback: Callable[[str], None]) -> Callable[[str], None]:
            return lambda message: callback(with_titles(message))

        topic = f"{scope}/{question.topic}"
        titled = current(in_words(failed)) if failed else None
        return Request(question, topic, current(answer), titled, current(progress) if progress else None)

    def _queue_of(self, question: Question[A]) -> RequestQueue:
        return self._queues[question.lane_of_this()]

    def asker(self, scope: str) -> Ask:
        """The Ask of one panel."""

        def ask(
            question: Question[A],
            answer: Callable[[A], None],
            failed: Callable[[str], None] | None = None,
            progress: Callable[[float], None] | None = None,
            /,
        ) -> None:
            self.ask(question, answer, failed, progress, scope)

        return ask

    def taker(self, scope: str) -> TakeOver:
        """The TakeOver of one panel, for the questions of the same scope in a replaced window; see `workbench.bridge.ask`."""

        def take_over(
            question: Question[A],
            answer: Callable[[A], None],
            failed: Callable[[str], None] | None = None,
            progress: Callable[[float], None] | None = None,
            /,
        ) -> bool:
            return self._queue_of(question).hand_over(self._request(question, answer, failed, progress, scope))

        return take_over

    def cancel(self, question: Question[A], scope: str = "") -> None:
        """Cancel the question of this topic and scope; no callback is called. A map that is being computed is stopped."""
        under_way = self._queue_of(question).cancel(f"{scope}/{question.topic}")
        if under_way and self._engine is not None:
            self._engine.session.cancel(question.topic)

    def change_window(self) -> None:
        """Start a new window: no callback is called for earlier questions, unless the new window takes them over. Computations
        continue, because many results are stored with their run."""
        self._window += 1

    def cancel_opening(self) -> None:
        """Cancel opening data: every question that waits for data fails with a message."""
        for queue in self._queues.values():
            queue.cancel_opening(self.tr("Opening the data was cancelled. Choose other data, or these again, to open them."))

    # Commands

    def start(self, config: Mapping[str, Any], seconds: float = 0.0) -> str:
        """Queue a new run; returns the key of its job. `seconds`: its expected duration by a dry run, 0 where not measured."""
        key = self._jobs.start(config, seconds)
        self._wake()
        return key

    def resume(self, folder: str, more_epochs: int = 0) -> str:
        """Queue the rest of a run, or more epochs of one; returns the key of its job."""
        key = self._jobs.resume(folder, more_epochs)
        self._wake()
        return key

    def search(self, out: str, seconds: float = 0.0) -> str:
        """Queue the search in a folder, or the rest of it; returns the key of its job. `seconds`: its expected duration."""
        key = self._jobs.search(out, search_title(out), seconds)
        self._wake()
        return key

    def withdraw(self, *keys: str) -> None:
        """Remove waiting runs from the queue."""
        self._jobs.withdraw(keys)
        self.queueChanged.emit()

    def waiting(self) -> dict[str, WaitingRun]:
        """The waiting runs by the keys of their jobs, in the order of the queue."""
        return self._jobs.waiting()

    def reorder(self, keys: Sequence[str]) -> None:
        """Put the waiting runs into this order."""
        self._jobs.reorder(keys)
        self.queueChanged.emit()

    def change(self, key: str, config: Mapping[str, Any]) -> None:
        """Replace the config of a waiting new run; it keeps its position."""
        self._jobs.change(key, config)
        self._wake()
        self.queueChanged.emit()

    def hold(self, keys: Iterable[str] | None = None) -> None:
        """Keep these waiting runs in the queue without starting them; None: the whole queue."""
        self._jobs.hold(keys)
        self.queueChanged.emit()

    def release(self, keys: Iterable[str] | None = None) -> None:
        """Start these runs of the queue, each when its device is free; None: the whole queue."""
        self._jobs.release(keys)
        self._wake()
        self.queueChanged.emit()

    def save_queue(self) -> None:
        """Save the queue for the next start, with the rest of the runs that train. OSError where the folder of runs cannot be
        written."""
        self._saved.write(tuple(self._jobs.waiting().values()) if self.runs_go_on else self._jobs.unfinished())

    def pause(self) -> None:
        """Pause the current run before its next step."""
        self._jobs.pause()
        self._wake()

    def unpause(self) -> None:
        """Continue a paused run."""
        self._jobs.unpause()
        self._wake()

    def stop(self) -> None:
        """Stop the current run after its step, with a checkpoint; the next one of the queue starts."""
        self._jobs.stop()
        self._wake()

    def checkpoint(self) -> None:
        """Write a checkpoint after the current step."""
        self._jobs.checkpoint()

    def connect_host(self) -> None:
        """Connect with the other machine now, where that was put off or given up."""
        if self._host is not None:
            self._host.try_again()

    def _follow_live_runs(self, folders: Sequence[str]) -> None:
        """Follow the runs that train on the other machine."""
        for folder in folders:
            self.resume(folder)

    # State

    @property
    def host(self) -> HostState | None:
        """The connection with the machine of the engine; None where that is this machine."""
        return self._host.state if self._host is not None else None

    @property
    def runs_go_on(self) -> bool:
        """Whether the runs that train go on when this ends: those of another machine."""
        return self._host is not None

    @property
    def root(self) -> Path:
        """The folder of runs, in which new ones are created."""
        return self._jobs.root

    def jobs(self) -> tuple[Job, ...]:
        """All jobs of this session, including those that have ended."""
        return self._jobs.jobs()

    def current(self) -> Job | None:
        """The job that is training, if there is one; of several the chosen one."""
        return self._jobs.current()

    def choose(self, folder: str) -> None:
        """Choose the run to which pause, stop and checkpoint refer if several train."""
        self._jobs.choose(folder)

    def job_of(self, folder: str) -> Job | None:
        """The newest job of a run's folder."""
        return next((job for job in reversed(self._jobs.jobs()) if job.folder == folder), None)

    @property
    def busy(self) -> bool:
        """Whether anything is running, waiting or undelivered."""
        # The inbox last, here and in `_pace`: a thread puts its result there before it counts as idle.
        return any(queue.busy for queue in self._queues.values()) or self._working() or bool(len(self._inbox))

    def close(self, seconds: float = 30.0) -> bool:
        """Stop runs after their step and end all threads; returns whether they ended in time. The queue is saved. Runs on another
        machine are not stopped."""
        if not self._closed:
            with contextlib.suppress(OSError):  # it was reported at the last change of the queue
                self.save_queue()
            self._saved.close()
        self._closed = True
        if self._remote is not None:
            self._remote.leave()
        for queue in self._queues.values():
            queue.end()
        if self._engine is not None:
            self._engine.close()
        ended = [self._jobs.close(seconds), *(queue.join(seconds) for queue in self._queues.values())]
        if self._host is not None:
            self._host.close()
        self.drain()
        self._timer.stop()
        if all(ended):
            self._garbage.end()
        return all(ended)

    def drain(self) -> None:
        """Deliver everything in the inbox. Called by the timer; tests may call it."""
        for taken in self._inbox.take():
            if isinstance(taken, tuple):
                self.events.emit(*taken)
                continue
            try:
                taken()
            except Exception:  # reported as an uncaught exception; the other items are still delivered
                sys.excepthook(*sys.exc_info())
        if not self._closed:
            self._garbage.collect()
        self._pace()

    def _watch(self, question: Question[object], share: float | None) -> None:
        if not question.opens_data:
            return
        if share is not None:
            self._openings.add(id(question))
            self.opening.emit(Path(question.data_source).name, share)
            return
        self._openings.discard(id(question))
        if not self._openings:
            self.opened.emit()

    def _report(self, job: Job) -> None:
        self._inbox.call(lambda: self.jobChanged.emit(job))

    def _working(self) -> bool:
        return any(job.live or job.waits for job in self._jobs.jobs())

    def _wake(self) -> None:
        if not self._closed:
            self._timer.start(SOON)

    def _pace(self) -> None:
        if self._closed:
            return
        waiting, working = any(queue.busy for queue in self._queues.values()), self._working()
        if waiting or len(self._inbox):
            wait = SOON
        elif working or self._host is not None:
            wait = CALM
        else:
            self._timer.stop()
            return
        if self._timer.interval() != wait or not self._timer.isActive():
            self._timer.start(wait)
