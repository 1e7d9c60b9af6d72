"""The members of tar files, read without unpacking: nothing is written to the disk, and no member's name is used as a path."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.config.small_files import FileError, open_regular

_BLOCK = tarfile.BLOCKSIZE
_STEP = 1 << 20  # bytes that are read at once where zeros are looked for
# What tarfile raises for a damaged header.
_DAMAGE = (tarfile.TarError, ValueError, OverflowError, EOFError, KeyError, IndexError, MemoryError, RecursionError)


@dataclass(frozen=True)
class Member:
    """A regular file in a tar file. name: its path there, of "/" and without parts such as "..". start, size: where its bytes are
    in the tar file. whole: whether all of them are there."""

    name: str
    start: int
    size: int
    whole: bool


class TarMembers:
    """The regular files in a tar file without compression, in order. After the iteration `problems` has a sentence for each part
    that could not be read, and `others` counts links, devices and sparse files, which are left out.

    Beyond a damaged header reading goes on at the next sound one. OSError and FileError where there is no file that can be read;
    FileError where it is no tar file, or a compressed one."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self.problems: list[str] = []
        self.others = 0

    def __iter__(self) -> Iterator[tuple[Member, IO[bytes]]]:
        """Each member, and the tar file: its position may be changed."""
        with open_regular(self._path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            tar = _opened(file)
            # From here on what is no header is passed over, rather than the rest of the file lost.
            tar.ignore_zeros = True
            end = 0  # of the last member
            while True:
                entry = self._next(tar, size)
                if entry is None:
                    self._gap(file, end, size)
                    return
                self._gap(file, end, entry.offset)
                start, end = entry.offset_data, max(tar.offset, entry.offset + _BLOCK)
                tar.offset = end
                if entry.size < 0:
                    self.problems.append(f"the header at byte {entry.offset:,} is damaged, and what was in its member is lost")
                elif entry.isreg() and not entry.issparse():
                    yield Member(safe_name(entry.name), start, entry.size, start + entry.size <= size), file
                elif not entry.isdir():
                    self.others += 1

    def _next(self, tar: tarfile.TarFile, size: int) -> tarfile.TarInfo | None:
        """The next member. A header that cannot be read is passed over."""
        while tar.offset < size or tar.firstmember is not None:  # type: ignore[attr-defined]
            before = tar.offset
            try:
                entry = tar.next()
            except _DAMAGE:
                tar.offset = max(before, 0) + _BLOCK
                continue
            tar.members = []  # type: ignore[attr-defined]  # they would all be kept
            return entry
        return None

    def _gap(self, file: IO[bytes], start: int, end: int) -> None:
        """Note a part that is no member and not empty."""
        at = start
        if at < end:
            file.seek(at)
        while at < end:
            block = file.read(min(_STEP, end - at))
            if not block:
                return
            if block.count(0) != len(block):
                self.problems.append(f"{end - start:,} bytes from byte {start:,} on are damaged, and what was in them is lost")
                return
            at += len(block)


def _opened(file: IO[bytes]) -> tarfile.TarFile:
    head = file.read(6)
    file.seek(0)
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        raise FileError("it is compressed: images are read from anywhere in it, so unpack it to a plain .tar file first")
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except _DAMAGE as error:
        raise FileError("it is empty" if not head else f"it is no tar file, or damaged at its beginning ({error})") from None


def safe_name(name: str) -> str:
    """A member's name as a relative path of plain parts."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
