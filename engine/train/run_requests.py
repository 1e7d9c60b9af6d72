"""Pause, stop and checkpoint requests from another process, in a file of the run's folder. Does not import torch.

A run that one program trains can so be paused and stopped by another: a window on another machine, through `engine.serve`."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.config.small_files import Count, FileError, as_type, read_object
from engine.events import RunState
from engine.runs.atomic_write import atomic_write
from engine.runs.status import this_process
from engine.train.control import Control

FILE = ".requests.json"
MOST_BYTES = 4096
CHECK_SECONDS = 0.25


@dataclass(frozen=True)
class RunRequests:
    """What is requested of a run: `pause` as long as it is set, `stop`, and how many `checkpoints` so far. `born`: when the process
    started that is asked (engine.runs.status), so that a later one does not take an old request for its own; 0: any."""

    pause: bool = False
    stop: bool = False
    checkpoints: Count = 0
    born: float = 0.0


def write_requests(folder: Path, requests: RunRequests) -> None:
    """Ask the process that trains the run in a folder. OSError where the folder cannot be written."""
    with atomic_write(folder / FILE, durable=False) as part:
        part.write_text(json.dumps(asdict(requests)), encoding="utf-8")


def read_requests(folder: Path) -> RunRequests:
    """What is requested of a run; nothing where there is no file that can be read."""
    try:
        return as_type(RunRequests, read_object(folder / FILE, MOST_BYTES))
    except (OSError, FileError):
        return RunRequests()


@contextmanager
def following_requests(folder: Path, control: Control, mark: Callable[[RunState], None]) -> Iterator[None]:
    """In the block, what other processes request of the run is passed on to `control`. `mark` is called with "paused" and "running"
    when the run is paused and goes on, by whomever: a pause is not an event, and other processes read the status."""
    over = threading.Event()
    own = float(this_process()["born"])

    def watch() -> None:
        before, marked = RunRequests(), False
        while not over.wait(CHECK_SECONDS):
            now = read_requests(folder)
            if now.born and abs(now.born - own) > 2.0:
                now = before
            _pass_on(before, now, control)
            before = now
            if control.paused != marked:
                marked = control.paused
                mark("paused" if marked else "running")

    thread = threading.Thread(target=watch, name="run requests", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with contextlib.suppress(OSError):
            (folder / FILE).unlink(missing_ok=True)


def _pass_on(before: RunRequests, now: RunRequests, control: Control) -> None:
    if now.pause != before.pause:
        (control.pause if now.pause else control.unpause)()
    if now.checkpoints > before.checkpoints:
        control.checkpoint()
    if now.stop and not before.stop:
        control.stop()
