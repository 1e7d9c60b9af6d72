"""The log of a run, log.txt: its events in words. When the file has become long, it is renamed to log.1.txt and begun anew.

2026-11-29 00:43:56 simclr on shapes starts, 800 steps in all; cpu, bf16
2026-11-29 00:44:06 warning: 3 of 4,096 images could not be read
2026-11-29 00:44:21 failed at step 105: the loss is not finite ...
Traceback (most recent call last):
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.config.printable import printable
from engine.config.small_files import FileError, open_regular

FILE = "log.txt"
BEFORE = "log.1.txt"  # what was written before the file was begun anew; an older one is replaced
MOST_BYTES = 4 << 20
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (.*)")
_ERROR = re.compile(r"failed\b|run folder .* takes no data")

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class LogEntry:
    """One entry: its time as written, its level, and its text with all lines of a traceback."""

    time: str
    level: Level
    text: str


def rotate(folder: Path) -> None:
    """Begin the log anew where it is longer than MOST_BYTES. OSError where that fails."""
    path = folder / FILE
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > MOST_BYTES:
            path.replace(folder / BEFORE)


def read_log(folder: Path, offset: int = 0) -> tuple[str, int, bool]:
    """The text of the log from byte `offset` on, the offset to continue from, and whether the log was begun anew since: then the
    text is the whole one, that of the file before included. Empty where there is none; ConfigError is never raised.

    Only complete lines are returned."""
    size = _size(folder / FILE)
    anew = offset == 0 or size < offset
    before = _read(folder / BEFORE, 0) if anew else b""
    text = _read(folder / FILE, 0 if anew else offset)
    text = text[: text.rfind(b"\n") + 1]
    return (before + text).decode("utf-8", "replace"), (0 if anew else offset) + len(text), anew


def parse_log(text: str) -> list[LogEntry]:
    """The entries of a log. A line without a time belongs to the entry before it."""
    entries: list[LogEntry] = []
    parts: list[str] = []
    time, level = "", "info"

    def end() -> None:
        if parts:
            entries.append(LogEntry(time, level, "\n".join(parts)))  # type: ignore[arg-type]

    for line in text.splitlines():
        match = _STAMP.match(line)
        if match is None:
            parts.append(printable(line, lines=True))
            continue
        end()
        time, message = match[1], printable(match[2], lines=True)
        level = "warning" if message.startswith("warning:") else "error" if _ERROR.match(message) else "info"
        parts = [message]
    end()
    return entries


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(path: Path, offset: int) -> bytes:
    try:
        with open_regular(path) as file:
            file.seek(offset)
            return file.read(2 * MOST_BYTES)
    except (OSError, FileError):
        return b""
