"""The colour number of each run of a folder, stored in that folder, so that a run has the same colour in every session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from engine.config.small_files import FileError, read_object
from engine.runs.atomic_write import atomic_write

FILE = ".colours.json"
# Largest size of the file in bytes, and the largest valid number.
MOST_BYTES = 4 << 20
MOST = 1_000_000


def read_colours(root: Path) -> dict[str, int]:
    """The numbers that are stored under `root`, by the name of the run's folder; empty where there is no file that can be read."""
    try:
        values = read_object(Path(root) / FILE, MOST_BYTES)
    except (OSError, FileError):
        return {}
    return {name: value for name, value in values.items() if type(value) is int and 0 <= value < MOST}


def keep_colours(root: Path, numbers: Mapping[str, int]) -> None:
    """Store the numbers of these runs in addition to those that another window stored; deleted runs are left out. OSError where
    `root` cannot be written."""
    root = Path(root)
    kept = {name: number for name, number in (read_colours(root) | dict(numbers)).items() if (root / name).is_dir()}
    with atomic_write(root / FILE) as part:
        part.write_text(json.dumps(kept, indent=0, sort_keys=True), encoding="utf-8")
