"""Read arrays (.npz) of a run folder safely: with limits on memory, and only of the expected types.

numpy allocates the size in an array's header before it compares it with the file, decompresses without a limit, and can raise any
exception for a damaged file. Here the sizes are compared first."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.config.small_files import FileError, open_regular

# Largest ratio of decompressed to compressed bytes, and an allowance for small archives.
MOST_TIMES, SPARE = 20, 16 << 20
_KINDS = "biufU"


def read_arrays(path: Path, names: Iterable[str]) -> tuple[np.ndarray, ...]:
    """The named arrays of an .npz file: of booleans, integers, floats or text. OSError where there is no such file; FileError with
    a message for one that is damaged, lacks an array, or has arrays of other types or larger than the file."""
    with open_regular(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return tuple(_read(archive, f"{name}.npy", _size(path)) for name in names)
        except FileError:
            raise
        except KeyError as error:
            raise FileError(f"an array is missing: {error.args[0]}") from None
        except OSError as error:
            raise FileError(f"it cannot be read: {error}") from None
        except Exception as error:  # zipfile, zlib and numpy can raise any exception
            raise FileError(f"it is damaged: {str(error)[:200] or type(error).__name__}") from None


def count_of(array: np.ndarray) -> int:
    """The integer in a zero-dimensional array. FileError for another array, or a value below 0."""
    if array.shape != () or array.dtype.kind not in "iu" or not 0 <= int(array) < 2**53:
        raise FileError("a number is none that counts")
    return int(array)


def number_of(array: np.ndarray) -> float:
    """The number in a zero-dimensional array, which may be nan. FileError for another array."""
    if array.shape != () or array.dtype.kind not in "iuf":
        raise FileError("a number is none")
    return float(array)


def indices_of(array: np.ndarray) -> np.ndarray:
    """(n,) int64, indices into a data set. FileError for another array."""
    return _whole(array, 0, 2**53, "the samples are no places in a data set")


def codes_of(array: np.ndarray) -> np.ndarray:
    """(n,) int64, -1 where unknown: classes or clusters, below a billion. FileError for another array."""
    return _whole(array, -1, 2**30, "the labels are no classes")


def rows_of(array: np.ndarray, count: int, width: int | None = None) -> np.ndarray:
    """(count, width) floats, any width of at least 1 where none is given. FileError for another array."""
    good = array.ndim == 2 and array.dtype.kind == "f" and len(array) == count and array.shape[1] >= 1
    if not good or width not in (None, array.shape[1]):
        raise FileError(f"its numbers are not those of {count} samples")
    return array


def _whole(array: np.ndarray, least: int, end: int, otherwise: str) -> np.ndarray:
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise FileError(otherwise)
    if len(array) and not (int(array.min()) >= least and int(array.max()) < end):
        raise FileError(otherwise)
    return array.astype(np.int64)


def _size(path: Path) -> int:
    return path.stat().st_size


def _read(archive: zipfile.ZipFile, name: str, size: int) -> np.ndarray:
    entry = archive.getinfo(name)
    if entry.flag_bits & 1:
        raise FileError("it is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError("it is packed in a way that is not read")
    if entry.file_size > MOST_TIMES * size + SPARE:
        raise FileError(f"an array of {entry.file_size:,} bytes is more than a file of {size:,} bytes is read for")
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, kind = header(file)
        if kind.kind not in _KINDS:
            raise FileError(f"it holds values of the type {kind}, which are not read")
        if any(side < 0 for side in shape) or math.prod(shape) * kind.itemsize > entry.file_size:
            raise FileError("an array is larger than the file")
    with archive.open(entry) as file:
        return np.asarray(np.lib.format.read_array(file, allow_pickle=False))
