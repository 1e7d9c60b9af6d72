"""The list of a run's images: digests of their content, and their splits. Does not import torch.

It is stored in the run's folder as data_manifest.npz. An index into it is an index in the run's snapshots."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from engine.runs import formats
from engine.runs.atomic_write import atomic_write

FILE = "data_manifest.npz"
OTHER_FILE = "other_manifest.npz"  # of the second set, where the run has one
SPLITS = ("train", "validation", "test")
_KEPT = 4
_DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile, UnicodeError, MemoryError)


@dataclass(frozen=True, eq=False)
class Manifest:
    """N images in the order in which the run numbers them.

    digests: (N,) uint64, of an image's content as its source holds it (see image_store.py). split: (N,) int8, indices into SPLITS,
    -1 for none. labels: (N,) int64, -1 where unknown. names: N file names below the data folder, or an empty tuple. classes: the
    names that labels index. source: where the images came from, as the config names it."""

    digests: npt.NDArray[np.uint64]
    split: npt.NDArray[np.int8]
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    source: str = ""

    def __len__(self) -> int:
        return len(self.digests)


def manifest_path(folder: Path, other: bool = False) -> Path:
    """The path of a run's list of images; `other`: of its second set."""
    return Path(folder) / (OTHER_FILE if other else FILE)


def write_manifest(folder: Path, manifest: Manifest, other: bool = False) -> None:
    """Replace a run's list of images, atomically. OSError where the folder cannot be written."""
    with atomic_write(manifest_path(folder, other)) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            format=np.int64(formats.MANIFEST),
            digests=manifest.digests.astype(np.uint64),
            split=manifest.split.astype(np.int8),
            labels=manifest.labels.astype(np.int64),
            names=_packed(manifest.names),
            classes=_packed(manifest.classes),
            source=_packed((manifest.source,)),
        )


def read_manifest(folder: Path, other: bool = False) -> Manifest | None:
    """A run's list of images; None where it has none (an older version wrote the run) or one that cannot be read. `other`: that of
    its second set."""
    return _READ.get(manifest_path(folder, other))


class _Read:
    """Cache of the lists that were read last."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, int, int], Manifest | None] = OrderedDict()

    def get(self, path: Path) -> Manifest | None:
        try:
            state = path.stat()
        except OSError:
            return None
        key = str(path), state.st_mtime_ns, state.st_size
        with self._guard:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        manifest = _load(path)
        with self._guard:
            self._known[key] = manifest
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return manifest


_READ = _Read()


def _load(path: Path) -> Manifest | None:
    with contextlib.suppress(*_DAMAGE), np.load(path, allow_pickle=False) as file:
        digests, split, labels = (file[name].reshape(-1) for name in ("digests", "split", "labels"))
        names, classes, source = (_unpacked(file[name]) for name in ("names", "classes", "source"))
        kinds = [array.dtype.kind for array in (digests, split, labels)]
        if kinds == ["u", "i", "i"] and len(digests) == len(split) == len(labels) and len(names) in (0, len(digests)):
            return Manifest(
                digests.astype(np.uint64), split.astype(np.int8), labels.astype(np.int64), names, classes, "".join(source)
            )
    return None


def _packed(texts: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    # One array of bytes, separated by zeros, which no name contains: an array of strings would have the longest one's length for
    # each.
    return np.frombuffer("".join(text.replace("\0", "") + "\0" for text in texts).encode("utf-8", "surrogateescape"), np.uint8)


def _unpacked(data: np.ndarray) -> tuple[str, ...]:
    return tuple(data.astype(np.uint8).tobytes().decode("utf-8", "surrogateescape").split("\0")[:-1])
