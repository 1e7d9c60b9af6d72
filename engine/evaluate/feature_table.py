"""A table of images' features as one file: .npz, .parquet or .csv. Does not import torch."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain, unwritten
from engine.data.dataset import Dataset, Factor
from engine.execute.progress import ProgressCallback, no_progress
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import CsvRows, readable

SUFFIXES = (".npz", ".parquet", ".csv")
# Rows between two reports of progress, each of which may also cancel.
STEP = 256
# Names of other columns, which no factor may have.
_TAKEN = frozenset(("epoch", "index", "label", "class", "split", "name", "x", "y", "xy", "features", "classes", "file"))


def output_path(out: Path) -> Path:
    """The file to write: `out`, with ".npz" added unless it ends in one of `SUFFIXES`. ConfigError where it cannot be written."""
    path = out if out.suffix in SUFFIXES else out.with_name(out.name + ".npz")
    if not path.absolute().parent.is_dir():
        raise complain("out", "in a folder that exists", str(path), "Make the folder first.")
    if path.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise complain("out", "an .npz or .csv file on this machine", str(path), "For .parquet: pip install pyarrow.")
    return path


def class_names(dataset: Dataset, label: np.ndarray) -> np.ndarray:
    """The names of labels (n,), "" where one is unknown."""
    return np.array([dataset.classes[one] if 0 <= one < len(dataset.classes) else "" for one in label], dtype=np.str_)


def factor_columns(dataset: Dataset, index: np.ndarray) -> dict[str, np.ndarray]:
    """A column (n,) for each factor of the images at `index` (n,): the name of a category, "" where it is unknown, or float32, nan
    where it is unknown. A factor with the name of another column is called "factor_" and its name. Images that the set does not
    hold are unknown."""
    known = (index >= 0) & (index < len(dataset))
    rows = np.where(known, index, 0)
    columns: dict[str, np.ndarray] = {}
    for name, factor in dataset.factors.items():
        column = f"factor_{name}" if name in _TAKEN or (name[:1] == "f" and name[1:].isdecimal()) else name
        columns[column] = _of_factor(factor, rows, known)
    return columns


def _of_factor(factor: Factor, rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    values = factor.values[rows] if len(factor.values) else np.zeros(len(rows), factor.values.dtype)
    if factor.kind != "category":
        return np.where(known, values, np.nan).astype(np.float32)
    names = factor.names
    return np.array(
        [names[one] if here and 0 <= one < len(names) else "" for one, here in zip(values, known, strict=True)], np.str_
    )


def write_table(
    path: Path,
    columns: Mapping[str, Any],
    features: np.ndarray,
    xy: np.ndarray | None,
    classes: tuple[str, ...],
    progress: ProgressCallback = no_progress,
) -> None:
    """Write columns (n,), `features` (n, D) and coordinates `xy` (n, 2), atomically, as the ending of `path` says. In .csv and
    .parquet the features are the columns f0 to fD-1, the coordinates x and y; .npz also has `classes` (C,)."""
    try:
        with atomic_write(path) as part, part.open("wb") as file:
            if path.suffix == ".parquet":
                _parquet(file, columns, features, xy)
            elif path.suffix == ".csv":
                _csv(file, columns, features, xy, progress)
            else:
                more: dict[str, Any] = {} if xy is None else {"xy": xy}
                np.savez(file, features=features, classes=np.array(classes, dtype=np.str_), **columns, **more)
    except ImportError as error:  # pyarrow is installed, and cannot be loaded
        remedy = f"{str(error).rstrip('.')}. For .parquet: pip install --force-reinstall pyarrow."
        raise complain("out", "an .npz or .csv file on this machine", str(path), remedy) from None
    except OSError as error:
        raise unwritten("out", "a file that can be written", path, error) from None


def _parquet(file: IO[bytes], columns: Mapping[str, Any], features: np.ndarray, xy: np.ndarray | None) -> None:
    import pyarrow
    import pyarrow.parquet

    worded = {name: values.tolist() for name, values in columns.items() if values.dtype.kind == "U"}
    texts = {name: [readable(text) for text in values] for name, values in worded.items()}
    flat = {**columns, **texts, **({} if xy is None else {"x": xy[:, 0], "y": xy[:, 1]})}
    flat |= {f"f{column}": np.ascontiguousarray(features[:, column]) for column in range(features.shape[1])}
    pyarrow.parquet.write_table(pyarrow.table({name: pyarrow.array(values) for name, values in flat.items()}), file)


def _csv(
    file: IO[bytes], columns: Mapping[str, Any], features: np.ndarray, xy: np.ndarray | None, progress: ProgressCallback
) -> None:
    names = [f"f{column}" for column in range(features.shape[1])]
    text = _Utf8(file)
    first = CsvRows(_Line(text.write))
    coordinates = [] if xy is None else ["x", "y"]
    CsvRows(text).row([*columns, *coordinates, *names])
    for row in range(len(features)):
        if row % STEP == 0:
            progress(row / len(features), "writing")
        first.row([_cell(values[row]) for values in columns.values()])
        if xy is not None:
            text.write(f",{digits(xy[row], ',')}")
        # Numbers need neither quotes nor a look for formulas, which would take most of the time.
        text.write(f",{digits(features[row], ',')}\n")


def digits(values: npt.NDArray[np.floating], between: str) -> str:
    """The numbers of a row (D,), each with the digits that restore a float32 exactly."""
    return between.join(["%.9g"] * len(values)) % tuple(values.tolist())


def _cell(value: Any) -> object:
    if isinstance(value, np.floating):
        return "" if np.isnan(value) else f"{value:.9g}"
    return value.item()


class _Line:
    """A file object that passes a line on without its end."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def write(self, text: str) -> object:
        return self._write(text.removesuffix("\n"))


class _Utf8:
    """A file object that encodes text as UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8"))
