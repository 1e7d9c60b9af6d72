"""A lock, so that one process at a time writes a run folder. It is the operating system's: it is released when its process ends.

What it protects from, and where it does not:

- A local disk: `filelock` takes flock (Linux, macOS) or LockFileEx (Windows) of the file `.lock`.
- A network file system: Linux passes flock on to the server on NFS and SMB; some mounts keep it on the one machine, and some refuse
  it. There a run that another machine wrote within the last minute, by its status.json, counts as running.

Code that only reads a run (evaluation, export, a second window's list) needs no lock."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.config.errors import ConfigError, complain
from engine.config.small_files import read_small
from engine.runs.atomic_write import atomic_write
from engine.runs.status import born, is_here, read_status_file, settle, this_process

LOCK = ".lock"
# The writer's process is in a file of its own, because on Windows a locked file cannot be read.
WRITER = ".writer.json"
# Seconds between two looks at a run that another process writes.
FREE_SECONDS = 1.0


@dataclass(frozen=True)
class Writer:
    """The process that writes a run: its number on its machine, when it started and since when it holds the run (s since 1970)."""

    pid: int
    born: float
    host: str
    since: float
    system: str = ""

    @property
    def here(self) -> bool:
        """Whether it is a process of this machine and container."""
        return is_here(self.host, self.system)

    def __str__(self) -> str:
        if not self.here:
            return f"process {self.pid} on {self.host}"
        return "this program itself" if self.pid == os.getpid() else f"process {self.pid} on this machine"


@dataclass
class _Held:
    lock: FileLock | None
    thread: int
    process: int
    depth: int = 1


_held: dict[str, _Held] = {}
_guard = threading.Lock()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Lock a run folder for writing during the block; reentrant in the same thread. ConfigError with the process where another one
    holds the lock. On a file system without locks the block runs without one."""
    key = str(Path(folder).absolute().resolve())
    _take(Path(folder), key)
    try:
        yield
    finally:
        _give_back(Path(folder), key)


def wait_until_free(folder: Path, stop: threading.Event) -> None:
    """Wait until no other process writes a run, by its status, or until `stop` is set. A process of this machine that was killed is
    known at once, one of another machine when it has been silent for a minute."""
    while not stop.is_set():
        try:
            status = settle(read_status_file(folder))
        except (OSError, ValueError, TypeError, OverflowError, RecursionError):
            return
        if not status.live or (is_here(status.host, status.system) and status.pid == os.getpid()):
            return
        stop.wait(FREE_SECONDS)


def writer_of(folder: Path) -> Writer | None:
    """The process that holds the lock of a run folder, as far as it is known without acquiring the lock."""
    try:
        values = json.loads(read_small(Path(folder) / WRITER))
        born_at, since = float(values["born"]), float(values["since"])
        writer = Writer(int(values["pid"]), born_at, str(values["host"]), since, str(values.get("system", "")))
    except (OSError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    if not writer.here:
        return writer
    started = born(writer.pid)
    return writer if started is not None and abs(started - writer.born) <= 2.0 else None


def _take(folder: Path, key: str) -> None:
    with _guard:
        held = _held.get(key)
        if held is not None and held.process == os.getpid():
            if held.thread != threading.get_ident():
                raise _refused(folder)
            held.depth += 1
            return
        # The lock may be released by another thread than the one that acquired it.
        lock: FileLock | None = FileLock(folder / LOCK, timeout=0, thread_local=False)
        assert lock is not None
        try:
            lock.acquire()
        except Timeout:
            raise _refused(folder) from None
        except (OSError, NotImplementedError):
            lock = None
        try:
            _check_elsewhere(folder, locked=lock is not None)
        except ConfigError:
            if lock is not None:
                lock.release()
            raise
        _held[key] = _Held(lock, threading.get_ident(), os.getpid())
    with contextlib.suppress(OSError), atomic_write(folder / WRITER) as part:
        part.write_text(json.dumps({**this_process(), "since": time.time()}), encoding="utf-8")


def _give_back(folder: Path, key: str) -> None:
    with _guard:
        held = _held[key]
        held.depth -= 1
        if held.depth:
            return
        del _held[key]
        with contextlib.suppress(OSError):
            (folder / WRITER).unlink(missing_ok=True)
        if held.lock is not None:
            held.lock.release()


def _check_elsewhere(folder: Path, locked: bool) -> None:
    """ConfigError where, by its status, the run is written on another machine, which the lock may not cover."""
    try:
        status = settle(read_status_file(folder))
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        return
    here = is_here(status.host, status.system)
    # Between processes of one machine the lock is reliable.
    if not status.live or (here and (locked or status.pid == os.getpid())):
        return
    writer = Writer(status.pid, status.born, status.host, status.heartbeat, status.system)
    silent = max(0.0, time.time() - status.heartbeat)
    remedy = f"{_named(writer)} wrote it {silent:.0f} s ago. Stop it there; if it is dead, try again when a minute has passed."
    raise complain("run", "written by one process at a time", folder.name, remedy)


def _refused(folder: Path) -> ConfigError:
    writer = writer_of(folder)
    if writer is None:
        message = "Another process is writing it."
    else:
        message = f"{_named(writer)} has been writing it since {time.strftime('%H:%M:%S', time.localtime(writer.since))}."
    return complain("run", "written by one process at a time", folder.name, f"{message} Stop it there, or wait until it has ended.")


def _named(writer: Writer) -> str:
    text = str(writer)
    return text[0].upper() + text[1:]
