"""Targets that lie in a folder of images, as people write them: several labels an image, or numbers.

Files, the first that exists: targets.csv and targets.tsv. The first line names the columns: one for the file, and any number of
others. A column of 0 and 1 alone (or true and false) is a label that an image has or has not; any other is a number. An empty cell,
also one of "nan", "NA", "null" and "?", is unknown.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.config.small_files import FileError
from engine.data.caption_files import DELIMITERS, FILE_COLUMNS, Unusable, rows_by_name
from engine.data.dataset import NO_YES, Factor
from engine.data.formats.text_files import reason_of
from engine.data.table_rows import table_rows
from engine.data.text_lines import BadLine, Lines

FILES = ("targets.csv", "targets.tsv")
MOST = 1000  # columns
_UNKNOWN = frozenset(("", "nan", "na", "n/a", "null", "none", "?"))
_WORDS = {"true": 1.0, "false": 0.0}
# Names of other columns of samples, in the map's colours and in queries.
_TAKEN = frozenset(("class", "tag", "file", "caption", "index", "cluster", "loss"))
_LONGEST = 60  # characters of a column's name
_SHOWN = 3
_NAMED = 50  # lines


@dataclass
class _Table:
    """`columns`: the names by their position in a line. `values`: (N, columns) of the images, nan where unknown. What could not be
    used: `problems`, lines and cells with the number of the line, `unknown`, files that are none of the images. `texts`: how many
    cells of each column are no numbers."""

    columns: dict[int, str]
    values: npt.NDArray[np.float32]
    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)


def target_file(folder: Path) -> Path | None:
    """The file of targets of a folder, or None."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def read_targets(folder: Path, names: Sequence[str], notes: list[str]) -> Mapping[str, Factor]:
    """The targets of the images `names`, paths below the folder, by column; none where the folder has no file of targets, or one
    that cannot be used. What was left out is added to `notes`, with the file and the line."""
    path = target_file(folder)
    if path is None:
        return {}
    try:
        table = _read(path, names, notes)
    except (Unusable, OSError, FileError) as error:
        notes.append(f"{path.name} is not used: {reason_of(error) if not isinstance(error, Unusable) else error}.")
        return {}
    factors = {}
    for at, name in enumerate(table.columns.values()):
        values, texts = table.values[:, at], table.texts.get(name, [])
        if not np.isfinite(values).any():
            held = f"has no number, {texts[0]}" if texts else "is empty"
            notes.append(f"{path.name}: the column {name!r} is left out: it {held}.")
            continue
        table.problems += texts
        factors[name] = _factor(values)
        if set(np.unique(values[np.isfinite(values)]).tolist()) == {-1.0, 1.0}:
            notes.append(f"{path.name}: the column {name!r} of -1 and 1 is read as numbers. Write 0 and 1 for a label.")
    if table.problems:
        shown = _some(table.problems, "; ")
        notes.append(f"{path.name}: {len(table.problems):,} lines or cells are left out, {shown}.")
    if table.unknown:
        shown = _some(table.unknown, ", ")
        notes.append(f"{path.name}: {len(table.unknown):,} files that it names are not among the images, {shown}.")
    without = int((~np.isfinite(table.values)).all(axis=1).sum()) if factors else 0
    if without:
        notes.append(f"{without:,} of {len(names):,} images have no target in {path.name}.")
    return factors


def _some(texts: Sequence[str], between: str) -> str:
    return between.join(texts[:_NAMED]) + (f"{between}and {len(texts) - _NAMED:,} more" if len(texts) > _NAMED else "")


def _factor(values: npt.NDArray[np.float32]) -> Factor:
    known = np.isfinite(values)
    if ((values[known] == 0) | (values[known] == 1)).all():
        return Factor(np.where(known, values, -1).astype(np.int64), "category", NO_YES)
    return Factor(np.ascontiguousarray(values), "number")


def _read(path: Path, names: Sequence[str], notes: list[str]) -> _Table:
    row_of, lines = rows_by_name(names), Lines(path)
    numbered = enumerate(lines, 1)
    _, head = next(numbered, (1, ""))
    if isinstance(head, BadLine):
        raise Unusable(f"its first line {head.reason}")
    delimiter = max(DELIMITERS, key=head.count)
    cells = next(csv.reader([head], delimiter=delimiter), [])
    known = [" ".join(cell.split())[:_LONGEST] for cell in cells]
    lower = [name.lower() for name in known]
    name_at = next((lower.index(name) for name in FILE_COLUMNS if name in lower), -1)
    if name_at < 0:
        wanted = " or ".join(FILE_COLUMNS[:3])
        raise Unusable(f"its first line must name a column {wanted}. Got {', '.join(known[:8]) or 'nothing'}")
    table = _Table(_columns(path.name, known, name_at, notes), np.zeros((0, 0), np.float32))
    table.values = np.full((len(names), len(table.columns)), np.nan, np.float32)
    seen: set[int] = set()
    # A comma stands for the point in tables that people separate with semicolons.
    comma = delimiter == ";"
    for number, line in table_rows(numbered, delimiter, lambda at, reason: table.problems.append(f"line {at} {reason}")):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(cells):
            table.problems.append(f"line {number} has {len(line)} cells and not {len(cells)}")
            continue
        name = line[name_at].strip()
        row = row_of(name)
        if not name:
            table.problems.append(f"line {number} names no file")
        elif row < 0:
            table.unknown.append(name)
        elif row in seen:
            table.problems.append(f"line {number} names {name} again")
        else:
            seen.add(row)
            for at, (position, column) in enumerate(table.columns.items()):
                cell = line[position].strip()
                value = _number(cell.replace(",", ".") if comma else cell)
                if value is None:
                    texts = table.texts.setdefault(column, [])
                    texts.append(f"line {number} has {cell[:20]!r} in the column {column!r}, which is no number")
                else:
                    table.values[row, at] = value
    notes += lines.notes(path.name)
    return table


def _columns(file: str, names: Sequence[str], name_at: int, notes: list[str]) -> dict[int, str]:
    """The columns that are read, by position."""
    columns: dict[int, str] = {}
    left, counts = [], Counter(names)
    for position, name in enumerate(names):
        if position == name_at:
            continue
        if not name or len(columns) == MOST or (counts[name] > 1 and name in names[:position]):
            left.append(name or f"number {position + 1}")
            continue
        columns[position] = f"target {name}" if name.lower() in _TAKEN else name
    if left:
        why = f"Each needs a name of its own, and at most {MOST:,} are read"
        notes.append(f"{file}: {len(left):,} columns are left out, {', '.join(left[:_SHOWN])}. {why}.")
    if not columns:
        raise Unusable("its first line must name a column beside the file's")
    return columns


def _number(cell: str) -> float | None:
    """The number in a cell, nan where it is unknown, None where it is none that float32 can hold."""
    text = cell.lower()
    if text in _UNKNOWN:
        return math.nan
    if text in _WORDS:
        return _WORDS[text]
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= float(np.finfo(np.float32).max) else None
