"""Writing a file atomically: the whole file is there or the one before it is, whatever happens while it is written. Torch-free.

What happens includes a loss of power: a file system may keep the renaming of a file and lose what was written into it, unless the
file was synced first."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "darwin":
    import fcntl


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be read, beside its own place (x.json: x.broken.json, x.broken-2.json, ...), so that writing a new
    one loses nothing of it. Returns its new path. OSError where it cannot be renamed."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.broken{'' if number == 1 else f'-{number}'}{path.suffix}")).exists():
        number += 1
    return path.replace(aside)


@contextmanager
def atomic_write(path: Path, *, durable: bool = True, one_writer: bool = False) -> Iterator[Path]:
    """Gives a temporary path beside `path` to write to. It replaces `path` where the block ends, and is deleted where the block
    raises. OSError where the disk does not take it.

    durable: the new file is on the disk when this returns, and stays there where the power fails. Without it the caller syncs
    later (`sync_file`), or can lose the file.

    The temporary name is hidden and unique: no other thread, program or person writes to it. It is short also where the file's own
    name is as long as the system allows. one_writer: the caller alone writes this file (it holds the run's lock); the temporary
    name is then always the same, so that a killed process leaves at most one, which the next write replaces."""
    mark = "" if one_writer else f".{secrets.token_hex(4)}"
    temporary = path.with_name(f".{path.name[:40]}{mark}.part")
    try:
        yield temporary
        if durable:
            sync_file(temporary)
        temporary.replace(path)
        if durable:
            sync_directory(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Return when what was written into a file is on the disk. OSError where it cannot be."""
    # Windows flushes only what is open for writing.
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if sys.platform == "darwin":
            # fsync there leaves the data in the disk's own memory.
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
                return
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Return when the names in a directory are on the disk, where the system can do so: Windows and some network file systems
    sync no directories."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
