"""The lines of text files that other programs wrote, of any size: one that cannot be used costs itself alone."""

from __future__ import annotations

import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.config.small_files import open_regular
from engine.data.formats.text_files import encoding_of

LONGEST_LINE = 1 << 20  # characters
_BLOCK = 1 << 20  # bytes that are decoded together
_HEAD = 64  # bytes from which the encoding is known
_ENDS = re.compile(rb"\r\n?|\n")
# What the Latin alphabet of Windows has at bytes 80 to 9F that Latin-1 has not.
_WINDOWS = "cp1252"


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be used. reason: what is wrong, as "line 3 ..." goes on."""

    reason: str


_TOO_LONG = BadLine(f"has more than {LONGEST_LINE:,} characters")
_NUL = BadLine("has NUL bytes")


class Lines:
    """Iterates over the lines of a file with their ends, a `BadLine` in place of one that has NUL bytes, more than a million
    characters, or bytes that are not of the file's encoding: UTF-8, or UTF-16 where the first bytes say so.

    A line that is not UTF-8 and has no other character of several bytes is read as the Latin alphabet of Windows. `latin` counts
    these, `first_latin` is the number of the first. OSError and FileError where the file cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.latin = 0
        self.first_latin = 0

    def notes(self, file: str) -> list[str]:
        """What was read otherwise than it is written, after the last line, in sentences about `file`."""
        if not self.latin:
            return []
        return [
            f"{file}: {self.latin:,} lines are not UTF-8 and are read as Windows-1252, the first is line {self.first_latin}. "
            "Save it as UTF-8 if letters are wrong."
        ]

    def __iter__(self) -> Iterator[str | BadLine]:
        with open_regular(self._path) as file:
            encoding = encoding_of(file.read(_HEAD))
            file.seek(len(BOM_UTF8) if encoding == "utf-8-sig" else 0)
            yield from _wide(file, encoding) if encoding.startswith("utf-16") else self._utf_8(file)

    def _utf_8(self, file: IO[bytes]) -> Iterator[str | BadLine]:
        count = 0
        for block in _blocks(file):
            if block is None:
                count += 1
                yield _TOO_LONG
                continue
            try:
                text = block.decode() if b"\0" not in block else None
            except UnicodeDecodeError:
                text = None
            if text is not None:
                for line in io.StringIO(text, newline=""):
                    count += 1
                    yield line if len(line) <= LONGEST_LINE else _TOO_LONG
                continue
            for piece in _split(block):
                count += 1
                yield self._decoded(piece, count)

    def _decoded(self, line: bytes, number: int) -> str | BadLine:
        if b"\0" in line:
            return _NUL
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            bad = line[error.start]
        else:
            return text if len(text) <= LONGEST_LINE else _TOO_LONG
        if line.decode("utf-8", "ignore").isascii():
            try:
                text = line.decode(_WINDOWS)
            except UnicodeDecodeError:
                pass
            else:
                self.latin += 1
                self.first_latin = self.first_latin or number
                return text
        return BadLine(f"is not UTF-8, it has the byte {bad:#04x}")


def _wide(file: IO[bytes], encoding: str) -> Iterator[str | BadLine]:
    """The lines of a file in UTF-16."""
    with io.TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        while line := text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE and not line.endswith(("\n", "\r")):
                while (rest := text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                    pass
                yield _TOO_LONG
            elif "\ufffd" in line:
                yield BadLine("is not UTF-16")
            else:
                yield _NUL if "\0" in line else line


def _blocks(file: IO[bytes]) -> Iterator[bytes | None]:
    """Whole lines of a file, many together; None for a line that is too long, which is passed over."""
    rest = b""
    skipping = False
    while block := file.read(_BLOCK):
        if skipping:
            end = _ENDS.search(block)
            if end is None:
                continue
            block, skipping = block[end.end() :], False
        block = rest + block
        cut = block.rfind(b"\n") + 1
        if not cut:
            # Ends of old Macs. One that is last may be half of \r\n.
            cut = block.rfind(b"\r", 0, -1) + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
        if len(rest) > 4 * LONGEST_LINE:  # of UTF-8, as many characters at least
            rest, skipping = b"", True
            yield None
    if rest:
        yield rest


def _split(block: bytes) -> Iterator[bytes]:
    """The lines of a block, with their ends."""
    start = 0
    for end in _ENDS.finditer(block):
        yield block[start : end.end()]
        start = end.end()
    if start < len(block):
        yield block[start:]
