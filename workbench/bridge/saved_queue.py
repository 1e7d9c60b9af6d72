"""The files with the waiting runs in the folder of runs, from which the next start of the program restores them. No Qt.

Each window has a file of its own, named by its process, and replaces it at each change of its queue. A window that starts takes
over the files of processes that have ended, also of those that were killed; those of other windows that are open, and of other
machines, are left alone."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen

from engine.config.small_files import FileError, Seconds, as_type, parse_json, read_small
from engine.runs.atomic_write import atomic_write, set_aside
from engine.runs.status import born

OLD_FILE = ".queue.json"  # of earlier versions, of no process
PATTERN = ".queue-*.json"
MOST_BYTES = 64 << 20
MOST_EPOCHS = 100_000
_NAME = re.compile(r"\.queue-([0-9a-f]{8})-(\d{1,10})-(\d{1,12})-(\d{1,6})\.json")

_numbers = itertools.count()
_open: set[str] = set()  # names of the files of this process whose queue is in use


@dataclass(frozen=True)
class WaitingRun:
    """A waiting run: a new one with a `config`, or the rest of the one in `folder`, with this many more epochs; or the runs of the
    search in the folder `search`. `seconds`: the expected duration by a dry run; 0 where it was not measured."""

    config: dict[str, Any] = field(default_factory=dict)
    folder: Annotated[str, MaxLen(4096)] = ""
    more_epochs: Annotated[int, Ge(0), Le(MOST_EPOCHS)] = 0
    seconds: Seconds = 0.0
    search: Annotated[str, MaxLen(4096)] = ""


@dataclass(frozen=True)
class _Saved:
    runs: Annotated[list[WaitingRun], MaxLen(100_000)] = field(default_factory=list)


def waiting_run(config: Mapping[str, Any] | None, folder: str, more_epochs: int, seconds: float = 0.0) -> WaitingRun:
    """A WaitingRun from the queue's values; a `config` of None is the rest of a run."""
    return WaitingRun(dict(config or {}), folder, more_epochs, seconds)


class SavedQueue:
    """The file of one window. `close` it when the window's queue ends; the file stays for the next start."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._name = _new_name()
        self._written: tuple[WaitingRun, ...] = ()
        self._claimed: list[Path] = []  # files whose runs are in this queue; they go when it is written
        _open.add(self._name)

    @property
    def path(self) -> Path:
        """The file; there is none while the queue is empty."""
        return self._root / self._name

    def take_over(self) -> tuple[WaitingRun, ...]:
        """The runs in the files of processes that have ended, in order. They are in this window's file when this returns. A file
        that cannot be read is kept, under another name."""
        runs: list[WaitingRun] = []
        for path in _files(self._root):
            if not _abandoned(path.name):
                continue
            # Of two windows that start at the same time, one can rename the file. If this process is killed now, the next start
            # finds it.
            claim = self.path.with_name(_new_name())
            try:
                path.rename(claim)
            except OSError:
                continue
            try:
                runs += _runs_in(claim)
            except (OSError, FileError):
                with contextlib.suppress(OSError):
                    set_aside(claim)
                continue
            self._claimed.append(claim)
        with contextlib.suppress(OSError):  # the queue is written again at its next change
            self.write(runs)
        return tuple(runs)

    def write(self, runs: Sequence[WaitingRun]) -> None:
        """Save these runs, in order; they replace those saved before. OSError where the folder cannot be written."""
        runs = tuple(runs)
        if runs == self._written and not self._claimed:
            return
        if runs:
            self._root.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.path) as part:
                part.write_text(json.dumps({"runs": [asdict(run) for run in runs]}), encoding="utf-8")
        else:
            self.path.unlink(missing_ok=True)
        self._written = runs
        # Only now: a full disk must not lose these runs, nor may the next start add them a second time.
        while self._claimed:
            self._claimed[-1].unlink(missing_ok=True)
            self._claimed.pop()

    def close(self) -> None:
        """The queue of this window is not in use any more: the next window may take its file over."""
        _open.discard(self._name)


def read_queues(root: Path) -> tuple[WaitingRun, ...]:
    """The runs of all files, in order of the files' names; none of an unreadable one."""
    return tuple(run for path in _files(root) for run in _read(path))


def _files(root: Path) -> list[Path]:
    try:
        return sorted((root / OLD_FILE, *root.glob(PATTERN)))
    except OSError:
        return []


def _read(path: Path) -> list[WaitingRun]:
    try:
        return _runs_in(path)
    except (OSError, FileError):
        return []


def _runs_in(path: Path) -> list[WaitingRun]:
    saved = as_type(_Saved, parse_json(read_small(path, MOST_BYTES)))
    return [run for run in saved.runs if run.config or run.folder or run.search]


def _new_name() -> str:
    """The name of a new file of this process."""
    return f".queue-{_machine()}-{os.getpid()}-{int(born(os.getpid()) or 0)}-{next(_numbers) % 1_000_000}.json"


def _abandoned(name: str) -> bool:
    """Whether the process that wrote a file of this name has ended, as far as it can be known on this machine."""
    if name == OLD_FILE:
        return True
    parts = _NAME.fullmatch(name)
    if parts is None or parts[1] != _machine():
        return False
    if int(parts[2]) == os.getpid():
        return name not in _open
    since = born(int(parts[2]))
    return since is None or abs(since - int(parts[3])) > 2.0


def _machine() -> str:
    return f"{zlib.crc32(platform.node().encode('utf-8', 'replace')):08x}"
