"""Questions about the files of runs: configs and metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine.config.errors import ConfigError, unwritten
from engine.runs.reader import metrics_size, read_config, read_metrics
from engine.runs.run_store import copy_run, to_bin
from workbench.bridge.question import Context, Lane, Question, Where

# Bytes of metrics in one answer: a few hundred lines, which take the window some milliseconds.
READ_AT_ONCE = 1 << 18
# Bytes of a long run's metrics that are read between two pauses: a few milliseconds.
READ_AT_A_TIME = 1 << 15
# Seconds. If other programs use the CPU, a part takes longer, but the pause need not.
LONGEST_PAUSE = 0.01


@dataclass(frozen=True)
class CopyRun(Question[str]):
    """Copy a run into the folder of runs: answered by the copy's folder."""

    lane: ClassVar = Lane.LONG
    where: ClassVar = Where.SAME
    folder: str
    root: str

    @property
    def topic(self) -> str:
        """By run: several can be copied after one another."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> str:
        """ConfigError where a file cannot be read or written."""
        try:
            return str(copy_run(Path(self.folder), Path(self.root), context.progress))
        except OSError as error:
            raise unwritten("runs folder", "a folder with room for the run", Path(self.root), error) from None


@dataclass(frozen=True)
class BinRun(Question[str]):
    """Move a run to the bin: answered by its new path, "" where that is the system's trash."""

    lane: ClassVar = Lane.SLOW
    folder: str

    @property
    def topic(self) -> str:
        """By run."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> str:
        """ConfigError for a run that trains, and where it cannot be moved."""
        return str(to_bin(Path(self.folder)) or "")


@dataclass(frozen=True)
class ReadConfigs(Question[dict[str, Mapping[str, Any]]]):
    """The configs of some run folders: answered by a dict of nested values by folder, empty for one that cannot be read.

    Questions with a different `purpose` do not replace each other."""

    lane: ClassVar = Lane.QUICK
    where: ClassVar = Where.WINDOW
    folders: tuple[str, ...]
    purpose: str = ""

    @property
    def topic(self) -> str:
        """By purpose."""
        return f"{type(self).__name__}.{self.purpose}"

    def answer(self, context: Context) -> dict[str, Mapping[str, Any]]:
        """Stops where the answer is no longer wanted."""
        configs: dict[str, Mapping[str, Any]] = {}
        for folder in self.folders:
            if not context.wanted():
                break
            try:
                configs[folder] = read_config(Path(folder))
            except ConfigError:
                configs[folder] = {}
        return configs


@dataclass(frozen=True)
class ReadMetrics(Question[tuple[list[dict[str, Any]], int]]):
    """The lines of a run's metrics.jsonl from byte `offset` on: answered by a list of dicts and the offset to continue from. If the
    file has been truncated since, all lines are read again, from the run's start at step 0.

    Without `takers` the answer has at most about READ_AT_ONCE bytes of lines; ask again for the rest. With `takers` the file is
    read to its end and each of them is called with some hundreds of lines at a time, in the background thread; the answer's list is
    empty. A run can have hundreds of thousands of lines: reading them in the GUI thread would block it for seconds."""

    lane: ClassVar = Lane.METRICS
    imports_torch: ClassVar = False
    where: ClassVar = Where.WINDOW
    folder: str
    offset: int = 0
    takers: tuple[Callable[[Sequence[Mapping[str, Any]]], object], ...] = ()

    @property
    def topic(self) -> str:
        """Questions about different runs do not replace each other."""
        return f"{type(self).__name__}.{self.folder}"

    def answer(self, context: Context) -> tuple[list[dict[str, Any]], int]:
        """Stops where the answer is no longer wanted."""
        folder, offset = Path(self.folder), self.offset
        if not self.takers:
            return read_metrics(folder, offset, READ_AT_ONCE)
        size = metrics_size(folder)
        reported = 0.0
        while context.wanted():
            began = time.monotonic()
            lines, after = read_metrics(folder, offset, READ_AT_A_TIME)
            if after == offset:
                break
            for take in self.takers:
                take(lines)
            offset = after
            share = min(1.0, offset / max(1, size))
            if share >= reported + 0.01:
                context.progress(share)
                reported = share
            # Pure Python holds the GIL, for which the GUI thread has to wait. The pauses leave it half of the time.
            time.sleep(min(max(time.monotonic() - began, 0.001), LONGEST_PAUSE))
        return [], offset
