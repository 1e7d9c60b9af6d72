"""Maps stored with their run, because they take minutes to make. Each file is written atomically."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.small_files import FileError
from engine.runs import formats
from engine.runs.arrays import count_of, indices_of, number_of, read_arrays, rows_of
from engine.runs.atomic_write import atomic_write

_EPOCH = re.compile(r"epoch_([0-9]{1,9})\.npz")


@dataclass(frozen=True, eq=False)
class StoredMap:
    """`xy`: (n, 2) float32; `index`: (n,) int64 indices into the data set; `trustworthiness`, `kept`, `measured`: see `Quality`;
    `seconds`: the time that the map took."""

    xy: np.ndarray
    index: np.ndarray
    trustworthiness: float
    kept: float
    measured: int
    seconds: float


def stamp(features: np.ndarray) -> int:
    """A checksum that identifies these features among others of the same epoch."""
    return zlib.crc32(np.ascontiguousarray(features).tobytes())


class EpochFiles:
    """Arrays that were computed from a run's snapshots with the same settings, one file an epoch, in `directory` of the run's
    folder. The directory's name has a hash of `settings`; a `format` among them keeps different versions apart."""

    def __init__(self, folder: Path, directory: str, kind: str, settings: Mapping[str, Any]) -> None:
        text = json.dumps(settings, sort_keys=True)
        self._folder = Path(folder)
        self._directory = self._folder / directory / f"{kind}_{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"

    def epochs(self) -> list[int]:
        """The epochs that have one, in order."""
        try:
            names = [path.name for path in self._directory.iterdir()]
        except OSError:
            return []
        return sorted(int(match.group(1)) for name in names if (match := _EPOCH.fullmatch(name)))

    def read(self, epoch: int, of: int | None, names: Sequence[str]) -> tuple[np.ndarray, ...] | None:
        """The named arrays of an epoch; None where one cannot be read, or where the stamp of their features is not `of`."""
        try:
            stamp, *values = read_arrays(self._path(epoch), ("stamp", *names))
            return tuple(values) if of is None or count_of(stamp) == of else None
        except (OSError, FileError):
            return None

    def write(self, epoch: int, of: int, **arrays: Any) -> None:
        """Store arrays. Does nothing where the folder cannot be written to."""
        write_arrays(self._path(epoch), self._folder, stamp=np.int64(of), **arrays)

    def _path(self, epoch: int) -> Path:
        return self._directory / f"epoch_{epoch:03d}.npz"


class MapStore:
    """The maps of one run with the same settings, one an epoch."""

    def __init__(self, folder: Path, kind: str, settings: Mapping[str, Any]) -> None:
        self._files = EpochFiles(folder, "maps", kind, {"format": formats.MAPS, **settings})

    def epochs(self) -> list[int]:
        """The epochs that have one, in order."""
        return self._files.epochs()

    def read(self, epoch: int, of: int | None = None) -> StoredMap | None:
        """The map of an epoch; None where it cannot be read, or where the stamp of its features is not `of`."""
        arrays = self._files.read(epoch, of, ("xy", "index", "trustworthiness", "kept", "measured", "seconds"))
        if arrays is None:
            return None
        xy, index, trust, kept, measured, seconds = arrays
        try:
            indices = indices_of(index)
            figures = number_of(trust), number_of(kept), count_of(measured), number_of(seconds)
            return StoredMap(rows_of(xy, len(indices), 2), indices, *figures)
        except FileError:
            return None

    def write(self, epoch: int, of: int, made: StoredMap) -> None:
        """Store a map. Does nothing where the folder cannot be written to."""
        self._files.write(epoch, of, **vars(made))


def write_arrays(path: Path, within: Path | None = None, /, **arrays: Any) -> None:
    """Write arrays as .npz, atomically. Does nothing where the folder cannot be written to, or where `within`, the run's folder,
    does not exist: writing must not create the folder of a deleted run again."""
    if within is not None and not within.is_dir():
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as part, part.open("wb") as file:
            np.savez(file, **arrays)
