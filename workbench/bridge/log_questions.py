"""The log of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.runs.log_file import LogEntry, parse_log, read_log
from workbench.bridge.question import Context, Lane, Question, Where


@dataclass(frozen=True)
class LogPart:
    """Entries of a log. `after`: the offset to continue from; `anew`: these entries replace all earlier ones."""

    entries: tuple[LogEntry, ...]
    after: int
    anew: bool


@dataclass(frozen=True)
class ReadLog(Question[LogPart]):
    """The entries of a run's log from byte `offset` on."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.WINDOW
    folder: str
    offset: int = 0

    @property
    def topic(self) -> str:
        """Questions about different runs do not replace each other."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> LogPart:
        """Reads the files."""
        text, after, anew = read_log(Path(self.folder), self.offset)
        return LogPart(tuple(parse_log(text)), after, anew)
