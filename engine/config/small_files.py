"""The small files of a run folder, which other programs, other versions and other people may have written: read within bounds, and
as values of the types that were declared.

A run folder can come from anywhere. Whatever lies in it, reading it ends soon, takes little memory, and gives values that the rest
of the program can compute with, or an error in words."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError

from engine.config.errors import from_pydantic
from engine.config.part import Part

T = TypeVar("T")

SMALL = 4 << 20  # bytes; a status has one or two thousand
# Beyond it a float is no longer exact, and Qt's and numpy's whole numbers end soon after.
_MOST = 2**53
# The year 5138: later dates are none that the system's calendar functions take.
_LAST = 1e11

# Without waiting: a pipe that nobody writes to opens at once, and is refused.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

Count = Annotated[int, Field(ge=0, le=_MOST)]
Whole = Annotated[int, Field(ge=-_MOST, le=_MOST)]
Seconds = Annotated[float, Field(ge=0, le=_LAST, allow_inf_nan=False)]
Finite = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class FileError(ValueError):
    """A file that is there and cannot be taken; the message says why."""


def open_regular(path: str | Path) -> IO[bytes]:
    """A regular file, open for reading. OSError where there is none or it cannot be read; FileError for another kind (a pipe, which
    would be waited for without end), and for a path that no file can have."""
    try:
        handle = os.open(path, _FLAGS)
    except ValueError as error:  # a NUL in the path
        raise FileError(f"{error}") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileError("it is not a regular file")
    return os.fdopen(handle, "rb")


def read_small(path: str | Path, most: int = SMALL) -> bytes:
    """What is in a file of at most `most` bytes. OSError and FileError as `open_regular`; FileError for a larger one."""
    with open_regular(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise FileError(f"it has more than {most:,} bytes")
    return data


def is_file(path: Path) -> bool:
    """Whether there is a file. False also for a path that no file can have: one that is too long, or has a NUL in it."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder; else as `is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def expanded(path: str | Path) -> Path:
    """A path whose "~" stands for a home folder; as it is where there is no such person."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def parse_json(data: str | bytes) -> Any:
    """The values in a JSON text; half a character pair in its texts is written as its escape. FileError, in words, for what is
    no JSON."""
    try:
        values = json.loads(data)
        # JSON can name half of a pair, which no file and no stream takes.
        return _writable(values) if (b"\\u" if isinstance(data, bytes) else "\\u") in data else values  # type: ignore[operator]
    except RecursionError:
        raise FileError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise FileError("it is not UTF-8 text") from None
    except ValueError as error:  # no JSON, or a number of thousands of digits
        raise FileError(f"it is not JSON: {error}") from None


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return [_writable(item) for item in value] if isinstance(value, list) else value


def read_json(path: str | Path, most: int = SMALL) -> Any:
    """The values in a JSON file. OSError and FileError as `read_small` and `parse_json`."""
    return parse_json(read_small(path, most))


def read_object(path: str | Path, most: int = SMALL) -> dict[str, Any]:
    """As `read_json`, for a file that holds an object. FileError where it holds another value."""
    values = read_json(path, most)
    if not isinstance(values, dict):
        raise FileError(f"it holds a {type(values).__name__} in place of an object")
    return values


def as_type(kind: type[T], values: Any) -> T:
    """Plain values as a dataclass whose annotations say types and bounds; unknown keys (of a newer version) are left aside.
    FileError, one sentence for the first that does not fit."""
    try:
        parsed: T = _adapter(cast("Any", kind)).validate_python(values)
    except ValidationError as error:
        raise FileError(str(from_pydantic(error, Part).problems[0]).strip()) from None
    except RecursionError:
        raise FileError("it is nested too deeply") from None
    return parsed


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def text_in(values: Mapping[str, Any], *keys: str) -> str:
    """The text at a path of keys; empty where there is none, or something that is no group stands in the way."""
    here: Any = values
    for key in keys:
        here = here.get(key, "") if isinstance(here, Mapping) else ""
    return "" if isinstance(here, (Mapping, list, tuple)) or here is None else str(here)


__all__ = [
    "SMALL",
    "Count",
    "FileError",
    "Finite",
    "Seconds",
    "Share",
    "Whole",
    "as_type",
    "expanded",
    "is_file",
    "is_folder",
    "open_regular",
    "parse_json",
    "read_json",
    "read_object",
    "read_small",
    "text_in",
]
