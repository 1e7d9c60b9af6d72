"""Write a file atomically: afterwards there is either the complete new file or the old one. Does not import torch.

This includes a power failure: a file system may keep the renaming of a file and lose its contents, unless the file was synced
first."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "darwin":
    import fcntl


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be read, in its directory (x.json: x.broken.json, x.broken-2.json, ...), so that it is not
    overwritten by a new one. Returns its new path. OSError where it cannot be renamed."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.broken{'' if number == 1 else f'-{number}'}{path.suffix}")).exists():
        number += 1
    return path.replace(aside)


@contextmanager
def atomic_write(path: Path, *, durable: bool = True, one_writer: bool = False) -> Iterator[Path]:
    """Yields a temporary path in the directory of `path` to write to. It replaces `path` at the end of the block, and is deleted
    where the block raises. OSError where it cannot be written.

    durable: the new file is synced to the disk when this returns, and survives a power failure. Without it the caller syncs later
    (`sync_file`), or the file can be lost.

    The temporary name is hidden and unique, so that no other thread or program writes to it, and it is short, because the file's
    own name may have the largest length that the system allows. one_writer: the caller alone writes this file (it holds the run's
    lock); the temporary name is then always the same, so that a killed process leaves at most one, which the next write
    replaces."""
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


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yields a temporary folder in the directory of `path` to write files to. It becomes `path`, which must not exist or be an
    empty folder, at the end of the block, and is deleted where the block raises. OSError where it cannot be written.

    The files directly in it are synced to the disk; those in folders below (many small images) are left to the system."""
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    temporary.mkdir()
    try:
        yield temporary
        for file in temporary.iterdir():
            if file.is_file():
                sync_file(file)
        if path.is_dir():
            path.rmdir()  # a folder is not renamed over another one on Windows
        temporary.rename(path)
        sync_directory(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sync_file(path: Path) -> None:
    """Sync a file's contents to the disk. OSError on failure."""
    # Windows flushes only files that are open for writing.
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if sys.platform == "darwin":
            # fsync there leaves the data in the disk's cache.
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
                return
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Sync the names in a directory to the disk, where the system supports it: Windows and some network file systems do not."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
