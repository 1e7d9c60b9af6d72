"""The file with the waiting runs in the folder of runs, from which the next start of the program restores them. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen

from engine.config.small_files import FileError, as_type, parse_json, read_small
from engine.runs.atomic_write import atomic_write

FILE = ".queue.json"
MOST_BYTES = 64 << 20
MOST_EPOCHS = 100_000


@dataclass(frozen=True)
class WaitingRun:
    """A waiting run: a new one with a `config`, or the rest of the one in `folder`, with this many more epochs."""

    config: dict[str, Any] = field(default_factory=dict)
    folder: Annotated[str, MaxLen(4096)] = ""
    more_epochs: Annotated[int, Ge(0), Le(MOST_EPOCHS)] = 0


@dataclass(frozen=True)
class _Saved:
    runs: Annotated[list[WaitingRun], MaxLen(100_000)] = field(default_factory=list)


def waiting_run(config: Mapping[str, Any] | None, folder: str, more_epochs: int) -> WaitingRun:
    """A WaitingRun from the queue's values; a `config` of None is the rest of a run."""
    return WaitingRun(dict(config or {}), folder, more_epochs)


def read_queue(root: Path) -> tuple[WaitingRun, ...]:
    """The saved runs, in order; none where there is no file, or an unreadable one."""
    try:
        saved = as_type(_Saved, parse_json(read_small(root / FILE, MOST_BYTES)))
    except (OSError, FileError):
        return ()
    return tuple(run for run in saved.runs if run.config or run.folder)


def write_queue(root: Path, runs: Sequence[WaitingRun]) -> None:
    """Save these runs, in order; they replace those saved before. OSError where the folder cannot be written."""
    path = root / FILE
    if not runs:
        path.unlink(missing_ok=True)
        return
    root.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        values = [{"config": run.config, "folder": run.folder, "more_epochs": run.more_epochs} for run in runs]
        part.write_text(json.dumps({"runs": values}), encoding="utf-8")
