"""The status of a run in status.json, which is replaced atomically, and whether its process is alive."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import psutil

from engine.config.small_files import Count, FileError, Finite, Seconds, as_type, parse_json, read_small
from engine.events import RunState
from engine.runs.atomic_write import atomic_write
from engine.runs.lines import plain

FILE = "status.json"
MOST_BYTES = 1 << 20
# The writer updates the file every few seconds; after a minute without an update the process hangs or has ended.
STALE_SECONDS = 60.0


@dataclass(frozen=True)
class Status:
    """The contents of status.json. Times are seconds since 1970, `seconds` is time spent training, `best` and `last_eval` are
    shares or figures on the validation split; `best` is the best kNN of a trained encoder, `untrained` that of step 0. `seed` is
    None in a file of an older version. `pid`, `born`, `host` and `system` name the process that writes the run: see `this_process`
    and `this_system`."""

    state: RunState = "interrupted"
    step: Count = 0
    steps: Count = 0
    epoch: Finite = 0.0
    epochs: Count = 0
    started: Seconds = 0.0
    heartbeat: Seconds = 0.0
    seconds: Seconds = 0.0
    images_per_second: Finite = 0.0
    loss: float | None = None
    best: Finite | None = None
    untrained: Finite | None = None
    last_eval: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    remedy: str = ""
    method: str = ""
    data: str = ""
    backbone: str = ""
    device: str = ""
    precision: str = ""
    seed: Count | None = None
    name: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    pid: Count = 0
    born: Seconds = 0.0
    host: str = ""
    system: str = ""

    @property
    def gain(self) -> float | None:
        """The last kNN less that of the untrained encoder; None where one of them was not measured, or nothing was trained."""
        last = self.last_eval.get("knn")
        if last is None or self.untrained is None or self.best is None:
            return None
        return last - self.untrained

    @property
    def live(self) -> bool:
        """Whether a process is working on it."""
        return self.state in ("running", "paused")

    @property
    def progress(self) -> float:
        """0 to 1."""
        return min(1.0, self.step / self.steps) if self.steps > 0 else 0.0


def this_process() -> dict[str, Any]:
    """The fields that identify this process. A pid alone is not enough, because pids are reused."""
    return {"pid": os.getpid(), "born": born(os.getpid()) or 0.0, "host": platform.node(), "system": this_system()}


@functools.cache
def this_system() -> str:
    """The started system and the container in which this process has its number. Two machines can have the same name, and so can a
    container and its machine. "" where the operating system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except (OSError, ValueError):
        return ""


def is_here(host: str, system: str) -> bool:
    """Whether a process can be looked up by its number here. Files of an older version have the host alone."""
    return host == platform.node() and system in ("", this_system())


def born(pid: int) -> float | None:
    """When a process started, seconds since 1970; None where there is none, or only a zombie."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.Error, ValueError, OSError, OverflowError):
        return None


def settle(status: Status, now: float | None = None) -> Status:
    """The current status: a live one whose process has ended, or has not updated it for a minute, is "interrupted".

    The process is looked up on the same machine only; for a folder that another machine writes the last update decides."""
    if not status.live:
        return status
    silent = (time.time() if now is None else now) - status.heartbeat
    gone = False
    if is_here(status.host, status.system):
        since = born(status.pid)
        gone = since is None or abs(since - status.born) > 2.0
    if gone or silent > STALE_SECONDS:
        return dataclasses.replace(status, state="interrupted")
    return status


def parse_status(text: str | bytes) -> Status:
    """A status from JSON. ValueError with a message for an invalid one; unknown keys (of a newer version) are ignored."""
    values = parse_json(text)
    if not isinstance(values, dict) or values.get("state") not in get_args(RunState):
        raise FileError("status.json holds no known state")
    return as_type(Status, values)


def read_status_file(folder: Path) -> Status:
    """The status in a run's folder as it was written. OSError where there is none, ValueError with a message for an invalid one."""
    return parse_status(read_small(folder / FILE, MOST_BYTES))


def write_status(folder: Path, status: Status) -> None:
    """Replace status.json atomically, so that a reader gets the old or the new one. OSError on failure."""
    text = json.dumps(plain(dataclasses.asdict(status)), ensure_ascii=False, allow_nan=False, indent=1)
    with atomic_write(folder / FILE, durable=False, one_writer=True) as temporary:
        # A file name need not be UTF-8: bytes that cannot be decoded become JSON escapes.
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
