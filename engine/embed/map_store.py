"""Maps kept with their run: what took minutes is there again at once. Each file is written whole or not at all."""

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
from engine.runs.arrays import count_of, number_of, places_of, read_arrays, rows_of
from engine.runs.atomic_write import atomic_write

_EPOCH = re.compile(r"epoch_([0-9]{1,9})\.npz")


@dataclass(frozen=True, eq=False)
class Kept:
    """`xy`: (n, 2) float32; `index`: (n,) int64 places in the data set; the rest as `Quality` has it, and what the map cost."""

    xy: np.ndarray
    index: np.ndarray
    trustworthiness: float
    kept: float
    measured: int
    seconds: float


def stamp(features: np.ndarray) -> int:
    """What tells these features from others of the same epoch."""
    return zlib.crc32(np.ascontiguousarray(features).tobytes())


class EpochFiles:
    """Arrays of one run that were made of its snapshots with the same settings, one file an epoch, in the run's folder `place`.
    `settings` are told from others by what they say; a `format` among them keeps what is made otherwise apart."""

    def __init__(self, folder: Path, place: str, kind: str, settings: Mapping[str, Any]) -> None:
        text = json.dumps(settings, sort_keys=True)
        self._folder = Path(folder)
        self._place = self._folder / place / f"{kind}_{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"

    def epochs(self) -> list[int]:
        """The epochs that have one, in order."""
        try:
            names = [path.name for path in self._place.iterdir()]
        except OSError:
            return []
        return sorted(int(found.group(1)) for name in names if (found := _EPOCH.fullmatch(name)))

    def read(self, epoch: int, of: int | None, names: Sequence[str]) -> tuple[np.ndarray, ...] | None:
        """The named arrays of an epoch; None where they cannot all be read, or they are not `of` features with this stamp."""
        try:
            stamp, *found = read_arrays(self._path(epoch), ("stamp", *names))
            return tuple(found) if of is None or count_of(stamp) == of else None
        except (OSError, FileError):
            return None

    def write(self, epoch: int, of: int, **arrays: Any) -> None:
        """Keep arrays. A folder that cannot be written to keeps none."""
        write_arrays(self._path(epoch), self._folder, stamp=np.int64(of), **arrays)

    def _path(self, epoch: int) -> Path:
        return self._place / f"epoch_{epoch:03d}.npz"


class MapStore:
    """The maps of one run with the same settings, one an epoch."""

    def __init__(self, folder: Path, kind: str, settings: Mapping[str, Any]) -> None:
        self._files = EpochFiles(folder, "maps", kind, {"format": formats.MAPS, **settings})

    def epochs(self) -> list[int]:
        """The epochs that have one, in order."""
        return self._files.epochs()

    def read(self, epoch: int, of: int | None = None) -> Kept | None:
        """The map of an epoch; None where there is none that can be read, or it is not `of` features with this stamp."""
        found = self._files.read(epoch, of, ("xy", "index", "trustworthiness", "kept", "measured", "seconds"))
        if found is None:
            return None
        xy, index, trust, kept, measured, seconds = found
        try:
            places = places_of(index)
            figures = number_of(trust), number_of(kept), count_of(measured), number_of(seconds)
            return Kept(rows_of(xy, len(places), 2), places, *figures)
        except FileError:
            return None

    def write(self, epoch: int, of: int, made: Kept) -> None:
        """Keep a map. A folder that cannot be written to keeps none."""
        self._files.write(epoch, of, **vars(made))


def write_arrays(path: Path, within: Path | None = None, /, **arrays: Any) -> None:
    """Write arrays as .npz in one move. Nothing happens where the folder cannot be written to, nor where `within`, the run's own,
    is gone: a run that was deleted meanwhile does not come back as a folder with nothing but this in it."""
    if within is not None and not within.is_dir():
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as part, part.open("wb") as file:
            np.savez(file, **arrays)
