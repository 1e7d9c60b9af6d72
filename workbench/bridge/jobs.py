"""The queue of training jobs, which run in background threads, one after another on each device. No Qt."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from engine.config.errors import ConfigError
from engine.events import Event, RunEnded, RunFailed
from engine.runs.run_title import title_of_config
from engine.search.record import read_plan
from engine.train.control import Control
from workbench.bridge.priority import TRAINING, lower_priority
from workbench.bridge.saved_queue import WaitingRun, waiting_run

State = Literal["queued", "preparing", "running", "paused", "stopping", "finished", "stopped", "failed"]
LIVE: frozenset[str] = frozenset({"preparing", "running", "paused", "stopping"})


@dataclass(frozen=True)
class Job:
    """One run of the queue. `folder` is "" until the run has one; `message`, `remedy` and `traceback` are set where it failed.
    `held`: it waits and is not started until the queue is. `search`: the folder of the search whose runs it trains one after
    another, "" for a single run; `folder` is then that of the run that trains."""

    key: str
    state: State
    title: str
    folder: str = ""
    message: str = ""
    remedy: str = ""
    traceback: str = ""
    held: bool = False
    search: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is started as soon as its device is free."""
        return self.state == "queued" and not self.held

    @property
    def live(self) -> bool:
        """Whether it uses its device now."""
        return self.state in LIVE


class Trainer(Protocol):
    """Trains runs: the engine, or a fake in tests. `begin` and `resume` return when the run has ended."""

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        """The device that a run will use, by its config or its folder; "" where that fails."""

    def begin(
        self,
        config: Mapping[str, Any],
        root: Path,
        emit: Callable[[Event], None],
        control: Control,
        created: Callable[[Path], None],
    ) -> None:
        """Train a config; `created` is called with the run's folder before the first event."""

    def resume(self, folder: Path, emit: Callable[[Event], None], control: Control, more_epochs: int = 0) -> None:
        """Resume a run, and train it for this many more epochs."""

    def search(
        self, out: Path, root: Path, emit: Callable[[Event], None], control: Control, created: Callable[[Path], None]
    ) -> bool:
        """Train the runs of the search in the folder `out`; `created` is called with the folder of each before its first event.
        Returns whether all have ended."""


class Jobs:
    """The queue: one run at a time on each device. `report` is called with a Job at each change of its state, `emit` with a run's
    folder and each event; both from the run's thread.

    Pause, stop and checkpoint refer to the chosen run if it trains, else to the first one that does."""

    def __init__(self, trainer: Trainer, root: Path, report: Callable[[Job], None], emit: Callable[[str, Event], None]) -> None:
        self._trainer = trainer
        self.root = root
        self._report = report
        self._emit = emit
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[str] = deque()
        self._jobs: dict[str, Job] = {}
        self._runs: dict[str, WaitingRun] = {}  # of the waiting and the live jobs
        self._controls: dict[str, Control] = {}
        self._starter: threading.Thread | None = None  # starts the runs
        self._threads: dict[str, threading.Thread] = {}  # of the live runs
        self._devices: dict[str, str] = {}  # of the runs, once known
        self._chosen = ""
        self._count = 0
        self._closed = False

    def start(self, config: Mapping[str, Any], seconds: float = 0.0, held: bool = False) -> str:
        """Queue a new run; returns the key of its job. `seconds`: its expected duration by a dry run, 0 where not measured. `held`:
        it is started only by `release`."""
        return self._queue(title_of_config(config), waiting_run(config, "", 0, seconds), held)

    def resume(self, folder: str, more_epochs: int = 0, held: bool = False) -> str:
        """Queue the rest of an interrupted or stopped run, or more epochs of one; returns the key of its job. A run that is already
        queued or live is not queued twice."""
        with self._lock:
            for job in self._jobs.values():
                if job.folder == folder and (job.live or job.state == "queued"):
                    return job.key
            return self._queue(Path(folder).name, waiting_run(None, folder, more_epochs), held)

    def search(self, out: str, title: str, seconds: float = 0.0, held: bool = False) -> str:
        """Queue a search, or the rest of it; returns the key of its job. One that is already queued or live is not queued twice."""
        with self._lock:
            for job in self._jobs.values():
                if job.search == out and (job.live or job.state == "queued"):
                    return job.key
            return self._queue(title, WaitingRun(search=out, seconds=seconds), held)

    def jobs(self) -> tuple[Job, ...]:
        """All jobs of this session in the order in which they were queued."""
        with self._lock:
            return tuple(self._jobs.values())

    def current(self) -> Job | None:
        """The live job; of several, on several devices, the chosen one, else the first."""
        with self._lock:
            live = [job for job in self._jobs.values() if job.live]
            return next((job for job in live if job.folder and job.folder == self._chosen), live[0] if live else None)

    def choose(self, folder: str) -> None:
        """Choose the run that is `current` if several are live."""
        with self._lock:
            self._chosen = folder

    def withdraw(self, keys: Iterable[str]) -> None:
        """Remove waiting jobs from the queue; those that have started are not affected. It is not reported."""
        with self._lock:
            gone = set(self._waiting) & set(keys)
            self._waiting = deque(key for key in self._waiting if key not in gone)
            for key in gone:
                del self._jobs[key], self._runs[key], self._controls[key]
            self._changed.notify_all()

    def waiting(self) -> dict[str, WaitingRun]:
        """The runs that have not started by the keys of their jobs, in order."""
        with self._lock:
            return {key: self._runs[key] for key in self._waiting}

    def unfinished(self) -> tuple[WaitingRun, ...]:
        """What is to be trained if the process ends now: the rest of the live runs, then the waiting ones."""
        with self._lock:
            live = [key for key, job in self._jobs.items() if job.live and job.state != "stopping" and key in self._runs]
            rest = [
                waiting_run(None, self._jobs[key].folder, 0)
                if self._jobs[key].folder and not self._runs[key].search
                else self._runs[key]
                for key in live
            ]
            return (*rest, *self.waiting().values())

    def reorder(self, keys: Sequence[str]) -> None:
        """Put the waiting jobs into this order; those that are not named keep theirs, at the end."""
        with self._lock:
            waiting = set(self._waiting)
            named = [key for key in dict.fromkeys(keys) if key in waiting]
            rest = waiting - set(named)
            self._waiting = deque((*named, *(key for key in self._waiting if key in rest)))
            self._changed.notify_all()

    def change(self, key: str, config: Mapping[str, Any]) -> None:
        """Replace the config of a waiting new run; it keeps its position."""
        with self._lock:
            if key in self._waiting and self._runs[key].config:
                self._runs[key] = waiting_run(config, "", 0)
                self._devices.pop(key, None)
                self._jobs[key] = replace(self._jobs[key], title=title_of_config(config))
                self._changed.notify_all()

    def hold(self, keys: Iterable[str] | None = None) -> None:
        """Do not start these waiting jobs; None: any of them."""
        self._set_held(keys, True)

    def release(self, keys: Iterable[str] | None = None) -> None:
        """Start these held jobs when it is their turn; None: all of them."""
        self._set_held(keys, False)

    def _set_held(self, keys: Iterable[str] | None, held: bool) -> None:
        with self._lock:
            wanted = set(self._waiting) if keys is None else set(self._waiting) & set(keys)
            for key in wanted:
                self._jobs[key] = replace(self._jobs[key], held=held)
            self._start_starter()

    def pause(self) -> None:
        """Pause the current run before its next step."""
        self._switch_state("running", "paused", Control.pause)

    def unpause(self) -> None:
        """Continue a paused run."""
        self._switch_state("paused", "running", Control.unpause)

    def checkpoint(self) -> None:
        """Let the current run write a checkpoint."""
        with self._lock:
            job = self.current()
            if job is not None:
                self._controls[job.key].checkpoint()

    def stop(self) -> None:
        """Stop the current run after its step, with a checkpoint."""
        with self._lock:
            job = self.current()
            if job is not None and job.state != "stopping":
                self._controls[job.key].stop()
                self._change(job.key, state="stopping")

    def close(self, seconds: float = 30.0) -> bool:
        """Clear the queue, stop the live runs after their step, end all threads; returns whether they ended in time."""
        with self._lock:
            self._closed = True
            for key in self._waiting:
                self._change(key, state="stopped")
            self._waiting.clear()
            for control in self._controls.values():
                control.stop()
            threads = [thread for thread in (self._starter, *self._threads.values()) if thread is not None]
            self._changed.notify_all()
        until = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _queue(self, title: str, run: WaitingRun, held: bool) -> str:
        with self._lock:
            self._count += 1
            key = f"job-{self._count}"
            self._jobs[key] = Job(key, "queued", title, run.folder, held=held, search=run.search)
            self._runs[key] = run
            self._controls[key] = Control()
            self._waiting.append(key)
            if not held:
                self._report(self._jobs[key])
                self._start_starter()
        return key

    def _startable(self) -> list[str]:
        return [key for key in self._waiting if not self._jobs[key].held]

    def _start_starter(self) -> None:
        if self._starter is None and not self._closed and self._startable():
            self._starter = threading.Thread(target=self._start_runs, name="queue", daemon=True)
            self._starter.start()
        self._changed.notify_all()

    def _switch_state(self, before: State, after: State, act: Callable[[Control], None]) -> None:
        with self._lock:
            job = self.current()
            if job is not None and job.state == before:
                act(self._controls[job.key])
                self._change(job.key, state=after)

    def _change(self, key: str, state: State, message: str = "", remedy: str = "", traceback: str = "") -> None:
        self._replace(key, lambda job: replace(job, state=state, message=message, remedy=remedy, traceback=traceback))

    def _replace(self, key: str, change: Callable[[Job], Job]) -> None:
        with self._lock:
            job = self._jobs[key] = change(self._jobs[key])
            self._report(job)

    def _start_runs(self) -> None:
        """Start each run as soon as its device is free; runs on the same device keep their order."""
        while True:
            with self._changed:
                waiting = self._startable()
                if not waiting or self._closed:
                    self._starter = None
                    return
                key = self._next_to_start(waiting)
                if key:
                    self._waiting.remove(key)
                    self._change(key, state="preparing")
                    self._threads[key] = threading.Thread(target=self._work, args=(key,), name="training", daemon=True)
                    self._threads[key].start()
                    continue
                unknown = next((key for key in (*self._threads, *waiting) if key not in self._devices), "")
                if not unknown:
                    self._changed.wait()
                    continue
                run = self._runs[unknown]
            # Without the lock: the first call imports PyTorch.
            try:
                config = run.config or (read_plan(Path(run.search)).base if run.search else None)
                device = self._trainer.device(config, Path(run.folder) if run.folder else None)
            except Exception:  # a missing folder or a failing driver: the run itself will report it
                device = ""
            with self._lock:
                if self._runs.get(unknown) is run:  # it may have been changed or withdrawn meanwhile
                    self._devices[unknown] = device

    def _next_to_start(self, waiting: Sequence[str]) -> str:
        if not self._threads:
            return waiting[0]  # any device is free
        if any(key not in self._devices for key in self._threads):
            return ""
        taken = {self._devices[key] for key in self._threads}
        for key in waiting:
            if key not in self._devices:
                return ""
            if self._devices[key] not in taken:
                return key
        return ""

    def _work(self, key: str) -> None:
        lower_priority(TRAINING)
        try:
            self._run(key)
        finally:
            with self._changed:
                self._threads.pop(key)
                self._runs.pop(key)
                self._changed.notify_all()

    def _run(self, key: str) -> None:
        control = self._controls[key]
        ended: list[Event] = []

        def created(folder: Path) -> None:
            self._replace(key, lambda job: replace(job, folder=str(folder)))

        def emit(event: Event) -> None:
            if isinstance(event, (RunEnded, RunFailed)):
                ended.append(event)
            elif self._jobs[key].state == "preparing":
                with self._lock:
                    # A stop or pause may have come in the meantime.
                    state: State = "stopping" if control.stopping else "paused" if control.paused else "running"
                    self._change(key, state=state)
            self._emit(self._jobs[key].folder, event)

        run = self._runs[key]
        complete = False
        try:
            if run.search:
                complete = self._trainer.search(Path(run.search), self.root, emit, control, created)
            elif run.folder:
                self._trainer.resume(Path(run.folder), emit, control, run.more_epochs)
            else:
                self._trainer.begin(run.config, self.root, emit, control, created)
        except ConfigError as error:
            self._change(key, state="failed", message=str(error))
            return
        except Exception as error:  # a failing run must not end the window
            self._change(key, state="failed", message=f"{type(error).__name__}: {error}", traceback=traceback.format_exc())
            return
        finally:
            self._controls.pop(key, None)
        if run.search:  # a run of it that failed does not end it
            self._change(key, state="finished" if complete else "stopped")
            return
        last = ended[-1] if ended else None
        if isinstance(last, RunFailed):
            self._change(key, state="failed", message=last.message, remedy=last.remedy, traceback=last.traceback)
        else:
            self._change(key, state=last.state if isinstance(last, RunEnded) else "stopped")
