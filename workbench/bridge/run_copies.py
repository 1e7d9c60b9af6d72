"""Copies of the small files of another machine's runs, in a folder of the window's machine, from which the window reads them as it
reads its own runs. No Qt.

The other machine's files are the truth. The user's notes (about.yaml, tags.json, .colour) are also changed here; a change is sent
there (`edits`), and until it has been, what arrives does not replace it."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.serve.frames import WrongBytes
from engine.serve.run_files import GROWING, HOLLOW, MOST_BYTES, PICTURES, TAIL, FilePart, Gone, Known, parts_of
from engine.serve.run_process import WriteNotes

_Stamp = tuple[int, int]


class RunCopies:
    """The copies below `root`. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        # The sizes and times of the user's files as the other machine has them.
        self._notes: dict[str, _Stamp] = {path: stamp for path in self._of_user() if (stamp := self._stamp(path)) is not None}

    def known(self) -> dict[str, Known]:
        """What is here, as the other side takes it."""
        files = {}
        with self._lock:
            for folder, folders, names in os.walk(self.root):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in names:
                    path = (Path(folder) / name).relative_to(self.root).as_posix()
                    if _is_ours(path) and (stamp := self._stamp(path)) is not None:
                        files[path] = Known(*stamp, self._tail(path, stamp[0]) if name in GROWING else 0)
        return files

    def take(self, part: FilePart) -> None:
        """Write a part of a file. WrongBytes for a path that is no file of a run; OSError where it cannot be written."""
        names = self._names(part.path)
        if len(names) == 1:
            raise WrongBytes("a file is named by its folder alone")
        if not 0 <= part.at <= part.at + len(part.data) <= part.size or part.time < 0:
            raise WrongBytes("a part of a file lies beyond its size")
        growing = names[-1] in GROWING
        if not growing and part.size > MOST_BYTES:
            raise WrongBytes("a file is larger than those that are copied")
        target = self.root.joinpath(*names)
        with self._lock:
            if self._edited(part.path):
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            if part.added and growing:
                self._append(target, part)
                return
            # A hidden name, so that no list of files shows what is not complete.
            begun = target.with_name(f".{target.name}.part")
            with begun.open("r+b" if part.at else "wb") as file:
                file.seek(part.at)
                file.write(part.data)
            if part.last:
                os.utime(begun, ns=(part.time, part.time))
                begun.replace(target)
                self._note(part.path)

    def gone(self, gone: Gone) -> None:
        """Remove a file, or a run. WrongBytes as `take`."""
        names = self._names(gone.path)
        target = self.root.joinpath(*names)
        with self._lock, contextlib.suppress(FileNotFoundError):
            if len(names) == 1:
                shutil.rmtree(target)
            else:
                target.unlink()
            self._notes.pop(gone.path, None)

    def edits(self) -> Iterator[tuple[str, str, bytes]]:
        """The user's files that were changed here: the name of the run, of the file, and what is in it."""
        for path in self._of_user():
            if self._edited(path):
                with contextlib.suppress(OSError):
                    run, _, name = path.partition("/")
                    yield run, name, (self.root / path).read_bytes()

    def sent(self, run: str, name: str) -> None:
        """A change has been sent: the other machine has what is here."""
        self._note(f"{run}/{name}")

    def _append(self, target: Path, part: FilePart) -> None:
        with target.open("ab") as file:
            if os.fstat(file.fileno()).st_size != part.at:
                raise WrongBytes("a part of a file does not follow what is there")
            file.write(part.data)
        if part.last:
            os.utime(target, ns=(part.time, part.time))

    def _names(self, path: str) -> list[str]:
        try:
            return parts_of(path)
        except ValueError as error:
            raise WrongBytes(str(error)) from None

    def _of_user(self) -> list[str]:
        with contextlib.suppress(OSError), os.scandir(self.root) as entries:
            runs = [entry.name for entry in entries if not entry.name.startswith(".")]
            return [f"{run}/{name}" for run in runs for name in WriteNotes.NAMES if (self.root / run / name).is_file()]
        return []

    def _stamp(self, path: str) -> _Stamp | None:
        try:
            stat = (self.root / path).stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns

    def _edited(self, path: str) -> bool:
        if path.rpartition("/")[2] not in WriteNotes.NAMES:
            return False
        stamp = self._stamp(path)
        return stamp is not None and stamp != self._notes.get(path)

    def _note(self, path: str) -> None:
        stamp = self._stamp(path)
        if path.rpartition("/")[2] in WriteNotes.NAMES and stamp is not None:
            self._notes[path] = stamp

    def _tail(self, path: str, size: int) -> int:
        with contextlib.suppress(OSError), (self.root / path).open("rb") as file:
            file.seek(max(0, size - TAIL))
            return zlib.crc32(file.read(min(TAIL, size)))
        return 0


def _is_ours(path: str) -> bool:
    try:
        names = parts_of(path)
    except ValueError:
        return False
    return len(names) > 1 and (len(names) != 3 or names[1] in HOLLOW) and (len(names) != 4 or names[1] == PICTURES)
