"""Files that are there whole or not at all: whatever happens while one is written, what lay there before stays. Torch-free.

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
    """Gives a file that cannot be read another name beside its own (x.json: x.broken.json, x.broken-2.json, ...), so that a new one
    loses nothing of it; where it lies then. OSError where that cannot be."""
    number = 1
    while (place := path.with_name(f"{path.stem}.broken{'' if number == 1 else f'-{number}'}{path.suffix}")).exists():
        number += 1
    return path.replace(place)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to. It takes the place of `path` where the block ends, and goes where the block raises. After
    that it stays also where the power fails.

    The name is hidden and nobody else's: neither another thread's or program's that writes the same file, nor a person's. It is
    short also where the file's own name is as long as the system allows."""
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        yield part
        replace_durably(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def replace_durably(part: Path, path: Path) -> None:
    """Put a written file in the place of another, in the order that a loss of power cannot turn round: its content, then its name.
    OSError where the disk does not take it."""
    sync_file(part)
    part.replace(path)
    sync_directory(path.parent)


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
    """Return when the names in a directory are on the disk, where the system can say so: Windows and some network file systems
    sync no directories."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
