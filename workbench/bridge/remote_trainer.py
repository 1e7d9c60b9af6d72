"""Trains runs on another machine, in processes that outlive the connection and the window. No Qt.

The events of a run are read from the copy of its metrics, as they arrive: after a lost connection they go on where they ended."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from engine.config.errors import ConfigError, Problem
from engine.events import EmbeddingDone, Event, PicturesReady, RunEnded, RunFailed, RunStarted
from engine.execute.progress import Cancelled
from engine.runs.reader import metrics_size, read_metrics, read_picture, read_status
from engine.runs.run_folder import CONFIG
from engine.serve.run_process import AskRun, AttendRun, DeviceOfRun, ResumeRun, RunOver, StartRun
from engine.train.control import Control
from workbench.bridge.remote_answers import not_yet
from workbench.bridge.remote_host import RemoteHost

LOOK_SECONDS = 0.1
AGAIN_SECONDS = 0.5  # until a request is repeated that no process took yet
LATE_SECONDS = 20.0  # how long the last lines of a run that has ended are waited for
_READ = 1 << 18  # bytes of metrics at a time
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}
Emit = Callable[[Event], None]


class RemoteTrainer:
    """The Trainer of a window whose engine is on another machine; see workbench.bridge.jobs.Trainer."""

    def __init__(self, host: RemoteHost) -> None:
        self._host = host
        self._left = threading.Event()

    def leave(self) -> None:
        """Leave the runs to themselves: `begin` and `resume` return, and the runs go on."""
        self._left.set()

    def device(self, config: Mapping[str, Any] | None, folder: Path | None) -> str:
        """The device there."""
        try:
            return self._host.ask(DeviceOfRun(config, folder), wanted=self._wanted)
        except (ConfigError, Cancelled):
            return ""

    def begin(self, config: Mapping[str, Any], root: Path, emit: Emit, control: Control, created: Callable[[Path], None]) -> None:
        """Start a run there and follow it. ConfigError where it cannot be started."""
        question = StartRun(config, uuid.uuid4().hex)
        try:
            folder = Path(self._host.ask(question, wanted=lambda: self._wanted() and not control.stopping))
        except Cancelled:
            return
        self._wait_for_copy(folder)
        created(folder)
        self._follow(folder, emit, control, 0)

    def resume(self, folder: Path, emit: Emit, control: Control, more_epochs: int = 0) -> None:
        """Go on with a run there, or follow one that trains already, from its first event on."""
        before = metrics_size(folder)
        try:
            started = self._host.ask(ResumeRun(folder, more_epochs), wanted=self._wanted)
        except Cancelled:
            return
        if not started:
            with contextlib.suppress(ConfigError):
                if read_status(folder).state == "paused":
                    control.pause()
        self._follow(folder, emit, control, before if started else 0)

    def search(self, out: Path, root: Path, emit: Emit, control: Control, created: Callable[[Path], None]) -> bool:
        """Not yet: ConfigError."""
        raise ConfigError([Problem("host", not_yet())])

    def _wanted(self) -> bool:
        return not self._left.is_set()

    def _wait_for_copy(self, folder: Path) -> None:
        until = time.monotonic() + LATE_SECONDS
        while self._wanted() and time.monotonic() < until and not (folder / CONFIG).is_file():
            time.sleep(LOOK_SECONDS)

    def _follow(self, folder: Path, emit: Emit, control: Control, offset: int) -> None:
        """Pass on the events of a run and what is requested of it, until it has ended or is left."""
        with _Attendance(self._host, folder, self._wanted) as attendance, _Requests(self._host, folder, control, self._wanted):
            last, step, late = "", 0, 0.0
            while self._wanted():
                lines, offset = read_metrics(folder, offset, _READ)
                for number, line in enumerate(lines):
                    event = _event_of(line, folder, newest=number >= len(lines) - 50)
                    if event is not None:
                        last, step = type(event).__name__, int(line.get("step", step))
                        emit(event)
                if lines:
                    continue
                if attendance.ended:
                    late = late or time.monotonic()
                    if attendance.over is None or offset >= attendance.over.metrics or time.monotonic() - late > LATE_SECONDS:
                        break
                time.sleep(LOOK_SECONDS)
        if not self._wanted():
            return
        if attendance.error is not None:
            raise attendance.error
        if attendance.over is not None and last not in ("RunEnded", "RunFailed"):
            emit(self._end(attendance.over, step))

    def _end(self, over: RunOver, step: int) -> Event:
        """The last event of a run whose process has written none."""
        if over.refused:
            raise ConfigError([Problem("", over.refused)])
        if over.state == "finished" or over.state == "stopped":
            return RunEnded("finished" if over.state == "finished" else "stopped", step, 0.0)
        message = over.error or f"The process of the run on {self._host.name} has ended."
        return RunFailed(message, over.remedy or "Resume the run: it goes on from its last checkpoint.", "", step)


class _Attendance:
    """Waits in a thread for the end of a run. `ended`: whether it has come, with `over` or an `error`."""

    def __init__(self, host: RemoteHost, folder: Path, wanted: Callable[[], bool]) -> None:
        self.over: RunOver | None = None
        self.error: ConfigError | None = None
        self.ended = False
        self._host, self._folder, self._wanted = host, folder, wanted
        self._thread = threading.Thread(target=self._wait, name="run, end", daemon=True)

    def __enter__(self) -> _Attendance:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5.0)

    def _wait(self) -> None:
        try:
            self.over = self._host.ask(AttendRun(self._folder), wanted=self._wanted)
        except ConfigError as error:
            self.error = error
        except Cancelled:
            pass
        self.ended = True


class _Requests:
    """Passes on in a thread what is requested of a run: pause, stop, checkpoint."""

    def __init__(self, host: RemoteHost, folder: Path, control: Control, wanted: Callable[[], bool]) -> None:
        self._host, self._folder, self._control, self._wanted = host, folder, control, wanted
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="run, requests", daemon=True)

    def __enter__(self) -> _Requests:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(5.0)

    def _go_on(self) -> bool:
        return self._wanted() and not self._over.is_set()

    def _watch(self) -> None:
        sent, checkpoints = AskRun(self._folder, pause=self._control.paused), 0
        while self._go_on():
            checkpoints += self._control.take_checkpoint_request()
            now = AskRun(self._folder, self._control.paused, self._control.stopping, checkpoints)
            if not self._go_on():  # the window may be closing, which stops its own runs and not these
                return
            if now == sent:
                self._over.wait(LOOK_SECONDS)
                continue
            try:
                if self._host.ask(now, wanted=self._go_on):
                    sent = now
                else:
                    self._over.wait(AGAIN_SECONDS)
            except Cancelled:
                return
            except ConfigError:
                self._over.wait(AGAIN_SECONDS)


def _event_of(line: Mapping[str, Any], folder: Path, newest: bool) -> Event | None:
    """The event of a line of metrics, with its pictures if it is among the newest; None for a kind that is not known."""
    kind = _KINDS.get(str(line.get("event")))
    if kind is None:
        return None
    values = {field.name: line[field.name] for field in dataclasses.fields(kind) if field.name in line}
    if kind is RunStarted:
        values["config"] = {}
    elif kind is EmbeddingDone:
        empty = np.zeros(0, np.int64)
        values |= {"features": np.zeros((0, 0), np.float32), "index": empty, "label": empty}
    elif kind is PicturesReady:
        values["pictures"] = _pictures(folder, line) if newest else {}
    try:
        made: Event = kind(**values)
    except TypeError:  # a line of another version
        return None
    return made


def _pictures(folder: Path, line: Mapping[str, Any]) -> dict[str, np.ndarray]:
    names, epoch = line.get("names"), line.get("epoch")
    pictures = {}
    for name in names if isinstance(names, list) and isinstance(epoch, int) else ():
        with contextlib.suppress(ConfigError):
            pictures[str(name)] = read_picture(folder, int(line["epoch"]), str(name))
    return pictures
