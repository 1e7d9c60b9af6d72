"""Decoded images as uint8, with what else is known of each pixel or frame: in memory where they fit, else in memory-mapped files;
stored on disk where decoding them again would be slow.

An entry is a folder `<label>-<origin>-<content>`: the label is for people, the origin a hash of the source and of the stored size,
the content a hash of the source's content. It is written under a temporary name and renamed, so that an incomplete entry is never
read; newer content of the same origin replaces the older."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from numpy.lib.npyio import NpzFile

from engine.config.errors import complain
from engine.data.annotations import Boxes, joined
from engine.data.dataset import Bytes, Index

Storage = Literal["auto", "memory", "disk"]
# Errors that numpy and zipfile raise for a truncated or overwritten file.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    BadZipFile,
    zlib.error,
    NotImplementedError,
    MemoryError,
    RuntimeError,
)
# Arrays of an entry, the type of their values, and their files.
_TYPES: dict[str, type[np.generic]] = {
    "images": np.uint8,
    "masks": np.bool_,
    "class_maps": np.uint8,
    "clips": np.uint8,
    "clip_masks": np.bool_,
    "flow": np.float16,
    "sound": np.int16,
}
_FILES = {
    "images": "images.u8",
    "masks": "masks.u8",
    "class_maps": "class_maps.u8",
    "clips": "clips.u8",
    "clip_masks": "clip_masks.u8",
    "flow": "flow.f16",
    "sound": "sound.i16",
}
_BOXES = ("starts", "corners", "classes", "crowd", "known")


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some decoded images in order. images: (k, 3, S, S) uint8. rows, labels: (k,), their index in the source's own list and
    their label.
    masks: (k, S, S) bool or None. class_maps: (k, S, S) uint8 or None (see ClassMaps). boxes: of the k images, where they are known
    from their pixels alone; None else. content: (k,) uint64, digests of the images as the source holds them, at no chosen size;
    None where the images here are all that is known. skipped: "path: reason" of files of this chunk that could not be decoded.
    clips: (k, T, 3, S, S) uint8, clip_masks: (k, T, S, S) bool, flow: (k, T - 1, 2, S, S) float16, sound: (k, L) int16, or None
    (see Dataset)."""

    images: Bytes
    rows: Index
    labels: Index
    masks: npt.NDArray[np.bool_] | None = None
    skipped: tuple[str, ...] = ()
    content: npt.NDArray[np.uint64] | None = None
    class_maps: Bytes | None = None
    boxes: Boxes | None = None
    clips: Bytes | None = None
    flow: npt.NDArray[np.float16] | None = None
    clip_masks: npt.NDArray[np.bool_] | None = None
    sound: npt.NDArray[np.int16] | None = None

    def array(self, name: str) -> np.ndarray | None:
        """One of the arrays that are stored as they are, by its name in `Order.shapes`."""
        array: np.ndarray | None = getattr(self, name)
        return array


@dataclass(frozen=True, eq=False)
class Stored:
    """All images that could be decoded, with what is needed to tell which they are. digests: (N,) uint64, equal for equal images.
    content: (N,) uint64, of the images as the source holds them: the same at every stored size. The digests, where the source gave
    none. arrays: the images and what else is stored as it is, by its name in `Order.shapes`."""

    arrays: Mapping[str, np.ndarray]
    rows: Index
    labels: Index
    digests: npt.NDArray[np.uint64]
    content: npt.NDArray[np.uint64]
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    boxes: Boxes | None = None

    @property
    def images(self) -> Bytes:
        """(N, 3, S, S) uint8."""
        return self.arrays["images"]


@dataclass(frozen=True)
class Order:
    """What to store: `expected` images at most, of `size` pixels. `origin` and `content` identify them (see above). `slow`:
    decoding takes long enough to store the result. `masked`, `mapped`, `boxed`, `flowing`: the chunks have masks, class maps,
    boxes, flow. `frames`: of a clip, 0 for images; `frames_masked`: with the mask of each. `samples`: of a clip's sound, 0 where
    there is none."""

    label: str
    origin: str
    content: str
    expected: int
    size: int
    slow: bool
    masked: bool = False
    mapped: bool = False
    boxed: bool = False
    frames: int = 0
    flowing: bool = False
    frames_masked: bool = False
    samples: int = 0

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """What is stored as it is for each image, by name, and its shape."""
        side = self.size, self.size
        shapes: dict[str, tuple[int, ...]] = {
            "images": (3, *side),
            "masks": side if self.masked else (),
            "class_maps": side if self.mapped else (),
            "clips": (self.frames, 3, *side) if self.frames else (),
            "clip_masks": (self.frames, *side) if self.frames_masked else (),
            "flow": (self.frames - 1, 2, *side) if self.flowing else (),
            "sound": (self.samples,) if self.samples else (),
        }
        return {name: shape for name, shape in shapes.items() if shape}

    @property
    def bytes(self) -> int:
        """Decoded bytes at most."""
        return self.expected * sum(math.prod(shape) * np.dtype(_TYPES[name]).itemsize for name, shape in self.shapes.items())

    def folder(self, root: Path) -> Path:
        """The entry's folder below the store's root."""
        return root / f"{self.label}-{_hash(self.origin, str(self.size))}-{_hash(self.content)}"


def keep(order: Order, chunks: Callable[[], Iterator[Chunk]], storage: Storage, root: Path) -> Stored:
    """The images of `chunks` from memory or from a file, read from an entry of the store where there is one.

    `auto` takes memory up to a quarter of what is free. If the store cannot be written, the images are returned in memory with
    a note; ConfigError for data.root where memory is too small for them."""
    in_memory = storage == "memory" or (storage == "auto" and order.bytes <= free_memory() // 4)
    entry = read(order, root, in_memory)
    if entry is not None:
        return entry
    if in_memory and not order.slow:
        return _gather(order, chunks())
    try:
        _write(order, chunks(), root)
        entry = read(order, root, in_memory)
    except OSError as error:
        reason = f"{error.strerror or error}"
    else:
        if entry is not None:
            return entry
        reason = "what was written could not be read back"
    if storage == "disk" or order.bytes > free_memory() * 3 // 4:
        raise complain(
            "data.root",
            f"a folder with {order.bytes / 1e9:.1f} GB free to write decoded images to",
            str(root.parent),
            f"{reason}. Name another folder in data.root, free space, or lower data.size.",
        )
    stored = _gather(order, chunks())
    note = f"Decoded images are not kept on disk, they will be decoded again next time: {root}: {reason}."
    return Stored(**{**vars(stored), "notes": (note,)})


def free_memory() -> int:
    """Bytes that can be taken without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def read(order: Order, root: Path, in_memory: bool) -> Stored | None:
    """The entry of the store, or None where there is none or it is damaged."""
    folder = order.folder(root)
    try:
        with np.load(folder / "known.npz", allow_pickle=False) as known:
            rows, labels, digests = known["rows"], known["labels"], known["digests"]
            # Entries of older versions have no content. Where the source has digests of its own, they are not read: Order.content
            # differs.
            content = known["content"] if "content" in known.files else digests
            skipped = tuple(json.loads(str(known["skipped"])))
            if not len(rows) == len(labels) == len(digests) == len(content):
                raise ValueError("not as many labels and digests as images")
            boxes = _stored_boxes(known, len(rows)) if order.boxed else None
        arrays = {
            name: _load(folder / _FILES[name], _TYPES[name], (len(rows), *shape), in_memory) for name, shape in order.shapes.items()
        }
    except _DAMAGE:
        return None
    return Stored(arrays, rows, labels, digests, content, skipped, boxes=boxes)


def _stored_boxes(known: NpzFile, count: int) -> Boxes:
    """The boxes of an entry. ValueError or KeyError where they are not those of so many images."""
    starts, corners, classes, crowd, annotated = (known[f"box_{name}"] for name in _BOXES)
    rows = len(corners)
    sound = starts.shape == (count + 1,) and starts[0] == 0 and starts[-1] == rows and bool((np.diff(starts) >= 0).all())
    if not sound or corners.shape != (rows, 4) or not len(classes) == len(crowd) == rows or len(annotated) != count:
        raise ValueError("not the boxes of the images")
    return Boxes(starts, corners, classes, tuple(json.loads(str(known["box_names"]))), crowd, annotated)


def _load(path: Path, kind: type[np.generic], shape: tuple[int, ...], in_memory: bool) -> np.ndarray:
    if path.stat().st_size != math.prod(shape) * np.dtype(kind).itemsize:
        raise ValueError(f"{path} is not {shape}")
    if in_memory or 0 in shape:
        return np.fromfile(path, dtype=kind).reshape(shape)
    return np.memmap(path, dtype=kind, mode="r", shape=shape)


class _Collected:
    """Rows, labels and digests of the images, collected chunk by chunk."""

    def __init__(self) -> None:
        self.rows: list[Index] = []
        self.labels: list[Index] = []
        self.digests: list[int] = []
        self.content: list[npt.NDArray[np.uint64]] = []
        self.skipped: list[str] = []
        self.boxes: list[Boxes] = []

    def add(self, chunk: Chunk) -> None:
        self.rows.append(chunk.rows)
        self.labels.append(chunk.labels)
        self.skipped += chunk.skipped
        if chunk.boxes is not None:
            self.boxes.append(chunk.boxes)
        for image in np.ascontiguousarray(chunk.images):
            self.digests.append(digest_of(image.data))
        own = np.array(self.digests[len(self.digests) - len(chunk.images) :], dtype=np.uint64)
        self.content.append(own if chunk.content is None else chunk.content)

    def arrays(self) -> tuple[Index, Index, npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        none = np.empty(0, np.int64)
        rows, labels = (np.concatenate([none, *parts]).astype(np.int64) for parts in (self.rows, self.labels))
        content = np.concatenate([np.empty(0, np.uint64), *self.content]).astype(np.uint64)
        return rows, labels, np.array(self.digests, dtype=np.uint64), content


def _gather(order: Order, chunks: Iterator[Chunk]) -> Stored:
    arrays = {name: np.empty((order.expected, *shape), _TYPES[name]) for name, shape in order.shapes.items()}
    known, count = _Collected(), 0
    for chunk in chunks:
        known.add(chunk)
        part = slice(count, count + len(chunk.images))
        for name, array in arrays.items():
            array[part] = chunk.array(name)
        count = part.stop
    rows, labels, digests, content = known.arrays()
    arrays = {name: array[:count] for name, array in arrays.items()}
    boxes = joined(known.boxes) if order.boxed else None
    return Stored(arrays, rows, labels, digests, content, tuple(known.skipped), boxes=boxes)


def _write(order: Order, chunks: Iterator[Chunk], root: Path) -> None:
    """Write an entry. OSError where there is too little space or no permission."""
    root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root).free
    if free < order.bytes * 1.02 + (64 << 20):
        raise OSError(f"{free / 1e9:.1f} GB free, {order.bytes / 1e9:.1f} GB needed")
    final = order.folder(root)
    half = Path(tempfile.mkdtemp(prefix=f".{final.name}.", dir=root))
    try:
        known = _Collected()
        # Ordinary writes, not writes through a memory map: a full disk then is an error and does not kill the process.
        with ExitStack() as stack:
            files = {name: stack.enter_context((half / _FILES[name]).open("wb")) for name in order.shapes}
            for chunk in chunks:
                known.add(chunk)
                for name, file in files.items():
                    _append(file, chunk.array(name))
        rows, labels, digests, content = known.arrays()
        with (half / "known.npz").open("wb") as archive:
            skipped_json = np.array(json.dumps(known.skipped))
            arrays = {"rows": rows, "labels": labels, "digests": digests, "content": content, "skipped": skipped_json}
            if order.boxed:
                arrays |= _box_arrays(joined(known.boxes))
            np.savez(archive, allow_pickle=False, **arrays)
            archive.flush()
            os.fsync(archive.fileno())
        if final.exists():  # damaged, or just written by another process
            shutil.rmtree(final, ignore_errors=True)
        try:
            half.rename(final)
        except OSError:
            if not (final / "known.npz").exists():
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
    for older in root.glob(f"{order.label}-{_hash(order.origin, str(order.size))}-*"):
        if older != final:
            shutil.rmtree(older, ignore_errors=True)


def _box_arrays(boxes: Boxes) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {f"box_{name}": getattr(boxes, name) for name in _BOXES}
    return {**arrays, "box_names": np.array(json.dumps(boxes.names))}


def digest_of(*parts: bytes | memoryview) -> int:
    """A 64-bit hash of some bytes."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part)
    return int.from_bytes(digest.digest(), "little")


def _append(file: IO[bytes], array: np.ndarray | None) -> None:
    assert array is not None, "a chunk has what its order says"
    file.write(np.ascontiguousarray(array).data)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
