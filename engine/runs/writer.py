"""Write a run's events to its folder. A slow or full disk does not slow or end the run."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

from engine.events import (
    CheckpointDue,
    CheckpointSaved,
    EmbeddingDone,
    EpochDone,
    EvalDone,
    Event,
    LengthChanged,
    PicturesReady,
    RunEnded,
    RunFailed,
    RunStarted,
    RunState,
    StepDone,
    Warned,
)
from engine.runs.atomic_write import atomic_write, sync_directory, sync_file
from engine.runs.compact import compact
from engine.runs.lines import to_line
from engine.runs.lock import writing
from engine.runs.log_file import FILE as LOG
from engine.runs.log_file import rotate
from engine.runs.measured import measured, read_evals
from engine.runs.reader import METRICS, picture_path, snapshot_path
from engine.runs.status import FILE as STATUS
from engine.runs.status import Status, read_status_file, this_process, write_status

FLUSH_SECONDS = 0.5
STATUS_SECONDS = 1.0
BEAT_SECONDS = 5.0
# Most lines that are kept while the disk cannot be written: some minutes of a fast run, then the oldest are dropped.
_WAITING = 100_000


class RunWriter:
    """Writes events to files. Call it with each event; close it, or use it as a context manager.

    Steps are collected and written by a thread about twice a second, so that a step does not wait for the disk; that thread also
    updates status.json while a step, an evaluation or a pause takes long. Every other event is in its file when the call returns,
    and survives a power failure from the next checkpoint or the end of the run on. A full or missing disk is reported once on
    stderr; lines that could not be written are kept and tried again.

    As a context manager it holds the folder's lock: ConfigError where another process writes the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._lock = threading.RLock()
        self._lines: deque[str] = deque(maxlen=_WAITING)
        self._log: deque[str] = deque(maxlen=10_000)
        self._status = self._previous()
        self._dirty = False
        self._written = 0.0
        self._mended = False
        self._failing = False
        self._unsynced: set[Path] = set()  # files that are not synced to the disk yet
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._locked = contextlib.ExitStack()

    def __call__(self, event: Event) -> None:
        """Write one event. OSError for CheckpointDue alone, where the events so far cannot be synced to the disk."""
        now = time.time()
        if isinstance(event, CheckpointDue):
            self.sync()
            return
        extra = self._file(event)
        with self._lock:
            self._lines.append(to_line(event, now, **extra))
            self._status = self._after(event, now)
            self._dirty = True
            if isinstance(event, StepDone):
                if self._thread is None:
                    self._begin()
                return
            self._log.extend(_log_lines(event, now))
            self._flush(now, status=not isinstance(event, EpochDone))
        if isinstance(event, RunStarted):
            self._begin()
        elif isinstance(event, (RunEnded, RunFailed)):
            self.close()
            with contextlib.suppress(OSError):
                self.sync()

    def __enter__(self) -> RunWriter:
        self._locked.enter_context(writing(self.folder))
        self._status = self._previous()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            mine = all(getattr(self._status, name) == value for name, value in this_process().items())
            if self._status.live and mine:
                # The run has no event of its end: it was refused at the start, or interrupted from outside.
                state: RunState = "failed" if isinstance(value, Exception) else "interrupted"
                self._status = dataclasses.replace(self._status, state=state, error=str(value or ""))
                text = f"{state}: {value}" if str(value or "") else state
                self._log.append(f"{_stamp(time.time())} {text}\n")
                self._dirty = True
        with self._locked:
            self.close()

    @property
    def status(self) -> Status:
        """The contents of status.json, now or at the next update."""
        return self._status

    def mark(self, state: RunState) -> None:
        """Set the state "paused" or "running": a pause is not an event."""
        with self._lock:
            self._status = dataclasses.replace(self._status, state=state)
            self._flush(time.time(), status=True)

    def sync(self) -> None:
        """Write all collected lines and sync them to the disk. OSError on failure."""
        with self._lock:
            error = self._flush(time.time(), status=True)
            if error is not None:
                raise error
            for path in self._unsynced:
                with contextlib.suppress(FileNotFoundError):  # deleted by the user
                    sync_file(path)
            for directory in {self.folder, *(path.parent for path in self._unsynced)}:
                sync_directory(directory)
            self._unsynced.clear()

    def close(self) -> None:
        """Write the collected lines and end the thread. Further calls do nothing; a later event opens it again."""
        self._over.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)
        with self._lock:
            if self._lines or self._dirty:
                self._flush(time.time(), status=True)

    def _begin(self) -> None:
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._beat, name=f"run writer {self.folder.name}", daemon=True)
            self._thread.start()

    def _beat(self) -> None:
        while not self._over.wait(FLUSH_SECONDS):
            with self._lock:
                now = time.time()
                due = now - self._written >= (STATUS_SECONDS if self._dirty and not self._failing else BEAT_SECONDS)
                if self._failing and not due:
                    continue
                if self._lines or due:
                    self._flush(now, status=due)

    def _previous(self) -> Status:
        try:
            return read_status_file(self.folder)
        except (OSError, ValueError):
            return Status(state="running")

    def _after(self, event: Event, now: float) -> Status:
        old = self._status
        change: dict[str, Any] = {"heartbeat": now}
        if isinstance(event, RunStarted):
            change |= this_process()
            change |= {"state": "running", "step": event.step, "steps": event.steps, "error": "", "remedy": ""}
            change |= {"method": event.method, "data": event.data, "device": event.device, "precision": event.precision}
            change |= {"epochs": math.ceil(event.steps / max(1, event.steps_per_epoch))}
            change |= {"epoch": event.step / max(1, event.steps_per_epoch)}
            change |= {"started": old.started if event.step > 0 and old.started else now}
            change |= (
                self._measured()
                if event.step > 0
                else {"best": None, "untrained": None, "last_eval": {}, "loss": None, "seconds": 0.0}
            )
        elif isinstance(event, StepDone):
            change |= {"step": event.step, "epoch": float(event.epoch), "loss": float(event.loss), "seconds": float(event.seconds)}
            change |= {"images_per_second": float(event.images_per_second)}
        elif isinstance(event, LengthChanged):
            change |= {"steps": event.steps, "epochs": event.epochs}
        elif isinstance(event, EpochDone):
            change |= {"epoch": float(event.epoch), "seconds": float(event.seconds)}
        elif isinstance(event, EvalDone):
            change |= {"last_eval": {k: float(v) for k, v in event.values.items()}}
            change |= measured([(event.step, event.values)], old.best, old.untrained)
        elif isinstance(event, RunEnded):
            change |= {"state": event.state, "step": event.step, "seconds": float(event.seconds)}
        elif isinstance(event, RunFailed):
            change |= {"state": "failed", "step": event.step, "error": event.message, "remedy": event.remedy}
        return dataclasses.replace(old, **change)

    def _measured(self) -> dict[str, Any]:
        """Read the figures of a resumed run from its lines so far, which were truncated to its checkpoint."""
        evals = read_evals(self.folder)
        return {**measured(evals), "last_eval": evals[-1][1] if evals else {}}

    def _file(self, event: Event) -> dict[str, Any]:
        """Write an event's arrays to files; the returned values go into the event's line."""
        try:
            if isinstance(event, EmbeddingDone):
                path = snapshot_path(self.folder, event.epoch)
                path.parent.mkdir(exist_ok=True)
                with atomic_write(path, durable=False, one_writer=True) as temporary, temporary.open("wb") as file:
                    np.savez(
                        file,
                        features=compact(np.asarray(event.features)),
                        index=np.asarray(event.index, dtype=np.int64),
                        label=np.asarray(event.label, dtype=np.int64),
                        step=np.int64(event.step),
                    )
                self._unsynced.add(path)
                return {"file": path.relative_to(self.folder).as_posix(), "count": len(event.index)}
            if isinstance(event, PicturesReady):
                names = []
                for name, pixels in event.pictures.items():
                    path = picture_path(self.folder, event.epoch, name)
                    path.parent.parent.mkdir(exist_ok=True)
                    path.parent.mkdir(exist_ok=True)
                    with atomic_write(path, durable=False, one_writer=True) as temporary:
                        Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8)).save(temporary, format="PNG")
                    self._unsynced.add(path)
                    names.append(name)
                return {"names": names}
        except OSError as error:
            with self._lock:
                self._complain(error)
        return {}

    def _flush(self, now: float, status: bool) -> OSError | None:
        """Write all collected lines. Those that fail stay collected; the error is returned."""
        try:
            if self._lines:
                self._append(METRICS, "".join(self._lines))
                self._lines.clear()
            if self._log:
                rotate(self.folder)
                with contextlib.suppress(FileNotFoundError):
                    self._append(LOG, "".join(self._log))
                self._log.clear()
            if status:
                self._status = dataclasses.replace(self._status, heartbeat=now)
                write_status(self.folder, self._status)
                self._unsynced.add(self.folder / STATUS)
                self._written, self._dirty = now, False
        except OSError as error:
            self._written = now
            self._complain(error)
            return error
        if self._failing:
            self._failing = False
            self._log.append(f"{_stamp(now)} the run folder takes data again\n")
        return None

    def _append(self, name: str, text: str) -> None:
        """Append all of the text or nothing: a disk that becomes full leaves no incomplete line in the middle."""
        path = self.folder / name
        data = text.encode("utf-8", errors="replace")
        self._unsynced.add(path)
        with path.open("ab", buffering=0) as file:
            good = file.tell()
            if name == METRICS and not self._mended:
                good = _cut_torn_line(path, good)
                self._mended = True
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[file.write(rest) or 0 :]
            except OSError:
                with contextlib.suppress(OSError):
                    file.truncate(good)
                raise

    def _complain(self, error: OSError) -> None:
        if self._failing:
            return
        self._failing = True
        reason = error.strerror or str(error)
        line = f"run folder {self.folder} takes no data: {reason}. The run goes on; what it said is kept and tried again."
        with contextlib.suppress(OSError, ValueError, AttributeError):
            print(line, file=sys.stderr, flush=True)
        self._log.append(f"{_stamp(time.time())} {line}\n")


def _cut_torn_line(path: Path, size: int) -> int:
    """Remove the incomplete last line that a killed process left; returns the new size of the file."""
    if size == 0:
        return 0
    with path.open("r+b") as file:
        file.seek(max(0, size - 1))
        if file.read(1) == b"\n":
            return size
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
        file.truncate(end)
        return end


def _stamp(now: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))


def _log_lines(event: Event, now: float) -> list[str]:
    """The lines of log.txt for an event: a line an event, and full tracebacks."""
    text = ""
    if isinstance(event, RunStarted):
        verb = f"goes on after step {event.step}" if event.step else "starts"
        text = f"{event.method} on {event.data} {verb}, {event.steps} steps in all; {event.device}, {event.precision}"
    elif isinstance(event, EpochDone):
        text = f"epoch {event.epoch} done: step {event.step}, loss {event.loss:.4g}, {event.seconds:.0f} s"
    elif isinstance(event, EvalDone):
        text = f"measured at epoch {event.epoch}: " + ", ".join(f"{k} {float(v):.4g}" for k, v in event.values.items())
    elif isinstance(event, CheckpointSaved):
        text = f"checkpoint at step {event.step}: {event.path}"
    elif isinstance(event, Warned):
        text = f"warning: {event.message}"
    elif isinstance(event, RunEnded):
        text = f"{event.state} at step {event.step} after {event.seconds:.0f} s"
    elif isinstance(event, RunFailed):
        text = f"failed at step {event.step}: {event.message} {event.remedy}\n{event.traceback}".rstrip()
    return [f"{_stamp(now)} {text}\n"] if text else []
