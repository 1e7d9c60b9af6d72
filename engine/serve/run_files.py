"""What has changed in a folder of runs, to be sent to the copies of its small files on another machine. Does not import torch.

Copied are the files that a list of runs and its panels read all the time: settings, status, notes, metrics, log, pictures. Files
that only the engine reads (checkpoints, features) have their name and time there, and no content."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.config.small_files import FileError, open_regular
from engine.runs.log_file import FILE as LOG
from engine.runs.reader import METRICS
from engine.runs.status import FILE as STATUS
from engine.runs.status import STALE_SECONDS, read_status_file

# In the order in which they are sent: an event in the metrics names pictures, and the status comes last.
FIRST = ("config.yaml", "environment.yaml", "about.yaml", ".colour", "tags.json", "evaluation.json", "data_manifest.npz")
LAST = ("log.1.txt", LOG, METRICS, STATUS)
GROWING = frozenset({METRICS, LOG})  # only lines are added, unless the file is replaced
HOLLOW = ("checkpoints", "embeddings")
PICTURES = "pictures"
MOST_BYTES = 64 << 20  # of a file that is replaced
PART = 256 << 10  # bytes of a file in one message
TAIL = 256  # bytes before the end of a growing file by which it is recognised


@dataclass(frozen=True)
class Known:
    """What the other side has of a file: its size, its time (ns) and, of a growing one, a check sum of its last TAIL bytes."""

    size: int
    time: int
    tail: int = 0


@dataclass(frozen=True)
class FilePart:
    """A part of a file: `data` from byte `at` on. `path`: below the folder of runs; `size` and `time` of the whole; `added`: the
    bytes before `at` are there already; `last`: the file is complete. A file whose content is not sent has the size 0."""

    path: str
    at: int
    size: int
    time: int
    data: bytes
    added: bool = False
    last: bool = True


@dataclass(frozen=True)
class Gone:
    """A file or a run's folder that is not there any more."""

    path: str


class RunFiles:
    """The state of the other side's copies. `changes` compares it with the disk. Not thread-safe."""

    def __init__(self, root: Path, known: Mapping[str, Known]) -> None:
        self.root = root
        self._known = dict(known)

    def runs(self) -> list[str]:
        """The names of the folders of runs, the newest first by name."""
        try:
            with os.scandir(self.root) as entries:
                names = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        return sorted((name for name in names if (self.root / name / "config.yaml").exists()), reverse=True)

    def live(self, names: Iterable[str]) -> list[str]:
        """Those whose status was written within the last minute."""
        live = []
        for name in names:
            try:
                if read_status_file(self.root / name).live and _age(self.root / name / STATUS) < STALE_SECONDS:
                    live.append(name)
            except (OSError, ValueError):
                continue
        return live

    def removed(self, names: Iterable[str]) -> Iterator[Gone]:
        """The runs that are known and not among these."""
        there = set(names)
        for run in {path.partition("/")[0] for path in self._known} - there:
            self._known = {path: known for path, known in self._known.items() if path.partition("/")[0] != run}
            yield Gone(run)

    def changes(self, run: str, pictures: bool = True, growing: bool = True) -> Iterator[FilePart | Gone]:
        """What is new or changed in a run's folder. `pictures`, `growing`: whether those files are looked at."""
        seen = set()
        for path in self._files(run, pictures):
            seen.add(path)
            if growing or path.rpartition("/")[2] not in GROWING:
                yield from self._changed(path)
        for path in [path for path in self._known if path.startswith(f"{run}/") and path not in seen]:
            if (pictures or f"/{PICTURES}/" not in path) and not (self.root / path).exists():
                del self._known[path]
                yield Gone(path)

    def _files(self, run: str, pictures: bool) -> Iterator[str]:
        folder = self.root / run
        yield from (f"{run}/{name}" for name in FIRST if (folder / name).is_file())
        for name in HOLLOW:
            yield from (f"{run}/{name}/{entry}" for entry in _names(folder / name))
        if pictures:
            for epoch in _names(folder / PICTURES):
                yield from (f"{run}/{PICTURES}/{epoch}/{entry}" for entry in _names(folder / PICTURES / epoch))
        yield from (f"{run}/{name}" for name in LAST if (folder / name).is_file())

    def _changed(self, path: str) -> Iterator[FilePart]:
        try:
            stat = (self.root / path).stat(follow_symlinks=False)
        except OSError:
            return
        known, parts = self._known.get(path), path.split("/")
        size = 0 if parts[1] in HOLLOW else stat.st_size
        if known is not None and (known.size, known.time) == (size, stat.st_mtime_ns):
            return
        if parts[1] in HOLLOW:
            self._known[path] = Known(size, stat.st_mtime_ns)
            yield FilePart(path, 0, size, stat.st_mtime_ns, b"")
        elif parts[-1] in GROWING or stat.st_size <= MOST_BYTES:
            yield from self._parts(path, stat.st_size, stat.st_mtime_ns, known if parts[-1] in GROWING else None)

    def _parts(self, path: str, size: int, changed: int, known: Known | None) -> Iterator[FilePart]:
        try:
            with open_regular(self.root / path) as file:
                begin = 0
                if known is not None and 0 < known.size <= size:
                    file.seek(max(0, known.size - TAIL))
                    begin = known.size if zlib.crc32(file.read(min(TAIL, known.size))) == known.tail else 0
                at, tail = begin, b""
                file.seek(at)
                while True:
                    data = file.read(min(PART, size - at))
                    if len(data) < min(PART, size - at):
                        return  # it has become shorter: the next look finds it as it is then
                    tail = (tail + data)[-TAIL:]
                    last = at + len(data) >= size
                    if last:
                        if parts_of(path)[-1] in GROWING and len(tail) < min(TAIL, size):
                            file.seek(max(0, size - TAIL))
                            tail = file.read(min(TAIL, size))
                        self._known[path] = Known(size, changed, zlib.crc32(tail))
                    yield FilePart(path, at, size, changed, data, added=begin > 0, last=last)
                    at += len(data)
                    if last:
                        return
        except (OSError, FileError):
            return


def parts_of(path: str) -> list[str]:
    """The names of a path below the folder of runs, if it is one that this module sends. ValueError for any other."""
    parts = path.split("/")
    plain = all(part and part not in (".", "..") and "\\" not in part and ":" not in part and "\0" not in part for part in parts)
    fits = (
        len(parts) == 1
        or (len(parts) == 2 and parts[1] in (*FIRST, *LAST))
        or (len(parts) == 3 and parts[1] in HOLLOW)
        or (len(parts) == 4 and parts[1] == PICTURES and parts[3].endswith(".png"))
    )
    if not plain or not fits or parts[0].startswith(".") or any(part.startswith(".") for part in parts[2:]):
        raise ValueError(f"{path!r} is no file of a run")
    return parts


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if not entry.name.startswith(".") and not entry.is_symlink())
    except OSError:
        return []


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
