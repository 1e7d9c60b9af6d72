"""Export the samples of a map: coordinates, names, tags and features. Does not import torch."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from engine.config.errors import complain, unwritten
from engine.execute.progress import ProgressCallback, no_progress
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows, readable

SUFFIXES = (".csv", ".npz", ".parquet")
# Digits that restore a float of so many bytes exactly.
_DIGITS = {2: 5, 4: 9, 8: 17}


@dataclass(frozen=True, eq=False)
class Rows:
    """n samples: `index` (n,) indices into the data set, `label` (n,) codes (-1 unknown), `classes` (n) their names ("" unknown),
    `tags` (n), those of one sample joined by ";", `xy` (n, 2) on the map, `features` (n, D), or None to leave them out, `numbers`
    (n,) by name, other columns; nan where unknown. `files`: (n) paths, or none where the data have no files."""

    index: NDArray[np.integer]
    label: NDArray[np.integer]
    classes: tuple[str, ...]
    tags: tuple[str, ...]
    xy: NDArray[np.floating]
    features: NDArray[np.floating] | None = None
    numbers: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)
    files: tuple[str, ...] = ()


def write_rows(path: Path, rows: Rows, tick: ProgressCallback = no_progress) -> Path:
    """Write a table with the columns index, file (where known), label, class, tags, x, y, the numbers' own, and f0, f1, ... of the
    features, as the ending of `path` says: .csv, .npz (the features are one array there, `features` (n, D), and the files `files`)
    or .parquet (needs pyarrow).

    The file is written atomically. ConfigError for another ending, a missing library, and where it cannot be written; errors of
    `tick` are passed on."""
    path = Path(path)
    write = {".csv": _csv, ".npz": _npz, ".parquet": _parquet}.get(path.suffix.lower())
    if write is None:
        raise complain("file", f"one that ends in {', '.join(SUFFIXES)}", path.name)
    try:
        with atomic_write(path) as part, part.open("wb") as file:
            write(file, rows, tick)
    except OSError as error:
        raise unwritten("file", "one that can be written", path, error) from None
    tick(1.0)
    return path


def _csv(file: IO[bytes], rows: Rows, tick: ProgressCallback) -> None:
    features = np.empty((len(rows.index), 0)) if rows.features is None else rows.features
    file_column = ["file"] if rows.files else []
    columns = [f"f{position}" for position in range(features.shape[1])]
    named = ["index", *file_column, "label", "class", "tags", "x", "y", *rows.numbers, *columns]
    xy, f = _format(rows.xy), _format(features)
    numbers = [(_format(values), values) for values in rows.numbers.values()]
    writer = CsvRows(_Lines(file))
    writer.row(named)
    for row in range(len(rows.index)):
        if row % 256 == 0:
            tick(row / len(rows.index))
        file_name = [rows.files[row]] if rows.files else []
        first: Iterable[object] = (int(rows.index[row]), *file_name, int(rows.label[row]), rows.classes[row], rows.tags[row])
        known = [form % values[row] if np.isfinite(values[row]) else "" for form, values in numbers]
        position = [xy % value for value in rows.xy[row]]
        writer.row([*first, *position, *known, *(f % value for value in features[row].tolist())])


def _format(values: NDArray[np.floating]) -> str:
    return f"%.{_DIGITS.get(values.dtype.itemsize, 17)}g"


class _Lines:
    """A file object that encodes the output of csv as UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8"))


def _npz(file: IO[bytes], rows: Rows, tick: ProgressCallback) -> None:
    arrays: dict[str, Any] = _columns(rows)
    if rows.files:
        arrays["files"] = arrays.pop("file")  # the name "file" is that of a parameter of savez
    if rows.features is not None:
        arrays["features"] = rows.features
    np.savez_compressed(file, **arrays)


def _parquet(file: IO[bytes], rows: Rows, tick: ProgressCallback) -> None:
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise complain(
            "file", "one that ends in .csv or .npz on this machine", ".parquet", "For parquet: pip install pyarrow"
        ) from None
    columns: dict[str, Any] = _columns(rows)
    for name in ("class", "tags", *(["file"] if rows.files else [])):
        columns[name] = [readable(text) for text in columns[name].tolist()]
    if rows.features is not None:
        columns |= {f"f{column}": np.ascontiguousarray(rows.features[:, column]) for column in range(rows.features.shape[1])}
    parquet.write_table(arrow.table({name: arrow.array(values) for name, values in columns.items()}), file)


def _columns(rows: Rows) -> dict[str, Any]:
    xy = np.asarray(rows.xy)
    return {
        "index": np.asarray(rows.index, np.int64),
        **({"file": np.asarray(rows.files, np.str_)} if rows.files else {}),
        "label": np.asarray(rows.label, np.int64),
        "class": np.asarray(rows.classes, np.str_),
        "tags": np.asarray(rows.tags, np.str_),
        "x": np.ascontiguousarray(xy[:, 0]),
        "y": np.ascontiguousarray(xy[:, 1]),
        **{name: np.asarray(values) for name, values in rows.numbers.items()},
    }
