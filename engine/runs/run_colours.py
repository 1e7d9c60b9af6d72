"""The colour number of a run, in a file of its own in the run's folder: it stays with the run in every session, in every window and
in every folder of runs, and whichever other runs are deleted.

Earlier versions kept the numbers of all runs in one file of the folder of runs, which is still read."""

from __future__ import annotations

import contextlib
from pathlib import Path

from engine.config.small_files import FileError, read_object, read_small

FILE = ".colour"
OLD_FILE = ".colours.json"
# Largest size of the old file in bytes, and the largest valid number.
MOST_BYTES = 4 << 20
MOST = 1_000_000


def read_colour(folder: Path) -> int | None:
    """A run's number; None where there is none."""
    try:
        text = read_small(Path(folder) / FILE, 16).decode("ascii").strip()
    except (OSError, FileError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() and int(text) < MOST else None


def write_colour(folder: Path, number: int, replace: bool = False) -> None:
    """Store a run's number. Without `replace`, a number that is already stored stays: of two windows the first one decides. OSError
    where the folder cannot be written."""
    with contextlib.suppress(FileExistsError), (Path(folder) / FILE).open("w" if replace else "x", encoding="ascii") as file:
        file.write(f"{number}\n")


def read_old_colours(root: Path) -> dict[str, int]:
    """The numbers that an earlier version stored in the folder of runs, by the name of the run's folder; empty where there is no
    file that can be read."""
    try:
        values = read_object(Path(root) / OLD_FILE, MOST_BYTES)
    except (OSError, FileError):
        return {}
    return {name: value for name, value in values.items() if type(value) is int and 0 <= value < MOST}
