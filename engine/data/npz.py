"""An .npz file in the layout of MedMNIST: train_images, train_labels, val_images, ..., test_labels.

Source of the layout: Yang et al., MedMNIST v2, Scientific Data 2023."""

from __future__ import annotations

import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from engine.config.errors import ConfigError, complain
from engine.data.class_labels import numbered_classes
from engine.data.dataset import Bytes, Index
from engine.data.image_store import Chunk, Order, digest_of
from engine.data.pictures import CHUNK, square
from engine.data.source import ImageListing
from engine.data.splits import TEST, TRAIN, VALIDATION

_KEY = "data.source"
_PARTS = {"train": TRAIN, "val": VALIDATION, "test": TEST}
_NEEDED = "an .npz file with train_images, and where there are any train_labels, val_images, val_labels, test_images, test_labels"
_MOST_LABELS = 1 << 33
_MOST_BYTES = 10**13  # more than any disk here has: a header with more is wrong
_DAMAGE = (
    *(OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError, RuntimeError),
    *(SyntaxError, tokenize.TokenError),  # numpy reads an array's header as Python
)


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    kind: np.dtype

    @property
    def bytes(self) -> int:
        """Of the whole array; more than any memory has where the shape makes no sense."""
        sound = all(type(side) is int and side >= 0 for side in self.shape)
        return math.prod(self.shape) * self.kind.itemsize if sound else 2**80


def find(path: Path, size: int) -> ImageListing:
    """The images of an .npz file at `size` pixels; 0 takes the short side of its images.

    ConfigError, naming data.source, for a file that is no .npz, is damaged, lacks arrays, or holds other than uint8 images and
    whole-number labels. Nothing pickled is ever loaded."""
    headers = _headers(path)
    if not any(f"{part}_images" in headers for part in _PARTS):
        names = ", ".join(headers) or "none"
        raise complain(_KEY, _NEEDED, str(path), f"Arrays found: {names}. Rename them.")
    if "train_images" not in headers:
        raise complain(_KEY, _NEEDED, str(path), f"Arrays found: {', '.join(headers)}. train_images is missing.")
    parts = [part for part in _PARTS if f"{part}_images" in headers]
    for part in parts:
        _check_images(path, f"{part}_images", headers[f"{part}_images"])
    counts = {part: headers[f"{part}_images"].shape[0] for part in parts}
    labels, classes, notes = _labels(path, headers, counts)
    side = size or min(headers["train_images"].shape[1:3])
    total = sum(counts.values())
    own = np.concatenate([np.full(counts[part], _PARTS[part], np.int8) for part in parts])

    def chunks() -> Iterator[Chunk]:
        row = 0
        for part in parts:
            for block in _stream(path, f"{part}_images", headers[f"{part}_images"]):
                rows = np.arange(row, row + len(block))
                content = np.array(
                    [digest_of(str(image.shape).encode(), np.ascontiguousarray(image).data) for image in block], np.uint64
                )
                yield Chunk(_fit(block, side), rows, labels[rows], content=content)
                row += len(block)

    state = path.stat()
    resized = any(headers[f"{part}_images"].shape[1:3] != (side, side) for part in parts)
    label = "npz-" + re.sub(r"[^A-Za-z0-9]+", "-", path.stem)[:24].strip("-")
    order = Order(label, str(path), f"2 {state.st_size} {state.st_mtime_ns}", total, side, slow=resized and total > 20_000)
    return ImageListing(path.stem, order, chunks, own, classes, notes=tuple(notes), labels=labels)


def _headers(path: Path) -> dict[str, _Header]:
    """Name, shape and type of every array, without reading the arrays."""
    try:
        with zipfile.ZipFile(path) as archive:
            headers = {}
            for name in archive.namelist():
                if name.endswith(".npy"):
                    with archive.open(name) as file:
                        headers[name.removesuffix(".npy")] = _header(file)
            return headers
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise complain(_KEY, "a file that can be read", str(path), f"{error.strerror}.") from None
        remedy = "It is a single .npy array: put it into an .npz as train_images." if _starts(path, b"\x93NUMPY") else ""
        remedy = remedy or "The file is no .npz, or it is cut off. Write it with numpy.savez, or copy it again."
        raise complain(_KEY, _NEEDED, str(path), remedy) from None


def _header(file: IO[bytes]) -> _Header:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, kind = read(file)
    return _Header(shape, fortran, kind)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _check_images(path: Path, name: str, header: _Header) -> None:
    shape = header.shape
    good = len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3))
    if not good or any(type(side) is not int or side < 1 for side in shape):
        remedy = "Put the channels last." if len(shape) == 4 and shape[1] in (1, 3) else ""
        raise complain(
            f"{name} in data.source",
            "an array of (N, H, W), (N, H, W, 1) or (N, H, W, 3), N above 0",
            shape,
            f"{remedy} File: {path}.",
        )
    if math.prod(shape) > _MOST_BYTES:
        remedy = f"The file is damaged, or of another kind. File: {path}."
        raise complain(f"{name} in data.source", f"an array of at most {_MOST_BYTES / 1e12:.0f} TB", shape, remedy)
    if header.kind != np.uint8:
        remedy = "Scale it to 0..255 and save it as uint8." if header.kind.kind == "f" else "Save it as uint8."
        raise complain(f"{name} in data.source", "of type uint8", str(header.kind), f"{remedy} File: {path}.")


def _labels(path: Path, headers: dict[str, _Header], counts: dict[str, int]) -> tuple[Index, tuple[str, ...], list[str]]:
    """Labels of all parts in order, -1 where there are none; the names of the classes; notes."""
    by_part: dict[str, Index] = {}
    notes: list[str] = []
    for part, count in counts.items():
        name = f"{part}_labels"
        if name not in headers:
            continue
        if headers[name].bytes > _MOST_LABELS:
            raise complain(f"{name} in data.source", "one label an image", headers[name].shape, f"File: {path}.")
        values = _read(path, name)
        if values.ndim == 2 and values.shape[1] > 1 and len(values) == count:
            notes.append(f"{name} holds {values.shape[1]} labels an image: taken as images without labels.")
            continue
        if values.shape not in ((count,), (count, 1)):
            allowed = f"an array of ({count},) or ({count}, 1), one label an image"
            raise complain(f"{name} in data.source", allowed, values.shape, f"File: {path}.")
        values = values.reshape(-1)
        if values.dtype.kind == "f" and not (np.isfinite(values).all() and (np.abs(values) < 2**62).all()):
            raise complain(f"{name} in data.source", "whole numbers below 2^62", "inf, nan or larger", f"File: {path}.")
        if values.dtype.kind == "u" and values.size and int(values.max()) > 2**62:
            raise complain(f"{name} in data.source", "whole numbers below 2^62", int(values.max()), f"File: {path}.")
        if values.dtype.kind not in "uib" and not (values.dtype.kind == "f" and np.array_equal(values, np.round(values))):
            raise complain(f"{name} in data.source", "whole numbers", str(values.dtype), f"File: {path}.")
        by_part[part] = values.astype(np.int64)
    names = next((tuple(str(n) for n in _read(path, key).reshape(-1)) for key in ("class_names", "classes") if key in headers), ())
    values = np.concatenate([by_part.get(part, np.full(count, -1, np.int64)) for part, count in counts.items()])
    classes, labels = numbered_classes(values, names, notes)
    return labels, classes, notes


def _read(path: Path, name: str) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return np.asarray(archive[name])
    except _DAMAGE as error:
        raise _damaged(path, name, error) from None


def _stream(path: Path, name: str, header: _Header) -> Iterator[Bytes]:
    """The array in blocks of (k, H, W) or (k, H, W, C), never all of it in memory."""
    try:
        if header.fortran:
            whole = _read(path, name)
            for start in range(0, len(whole), CHUNK):
                yield whole[start : start + CHUNK]
            return
        each = math.prod(header.shape[1:])
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            _header(file)
            for start in range(0, header.shape[0], CHUNK):
                many = min(CHUNK, header.shape[0] - start)
                raw = file.read(many * each)
                if len(raw) != many * each:
                    raise EOFError("cut off")
                yield np.frombuffer(raw, np.uint8).reshape(many, *header.shape[1:])
            file.read()  # to the end, where the checksum is compared
    except ConfigError:
        raise
    except _DAMAGE as error:
        raise _damaged(path, name, error) from None


def _damaged(path: Path, name: str, error: BaseException) -> ConfigError:
    message = (
        "holds pickled objects, which are not loaded: save plain numbers"
        if "allow_pickle" in str(error)
        else f"cannot be read ({error})"
    )
    return complain(_KEY, "an .npz file that is whole", str(path), f"Its array {name} {message}. Copy or write the file again.")


def _fit(block: Bytes, side: int) -> Bytes:
    """A block of images as (k, 3, side, side), resized on the short side and centre cropped where it has another size."""
    if block.ndim == 4 and block.shape[3] == 1:
        block = block[..., 0]
    if block.shape[1:3] == (side, side):
        last = block[..., None].repeat(3, axis=3) if block.ndim == 3 else block
        return np.ascontiguousarray(last.transpose(0, 3, 1, 2))
    from PIL import Image

    return np.stack([square(Image.fromarray(image), side) for image in block])
