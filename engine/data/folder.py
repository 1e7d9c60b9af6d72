"""A folder of images: flat, with a folder a class, or with train, val and test folders above those, as torchvision's ImageFolder
is fed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from os import DirEntry, scandir
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.data.dataset import Bytes
from engine.data.pictures import CHUNK, FOREIGN, READABLE, decode_known, in_threads, middle, reason, short_side
from engine.data.source import Found
from engine.data.splits import TEST, TRAIN, VALIDATION
from engine.data.store import Chunk, Order

LARGEST = 128  # of the size that is chosen for a person who names none
_KEY = "data.source"
_SPLITS = {
    "train": TRAIN, "training": TRAIN, "unlabeled": TRAIN, "unlabelled": TRAIN,
    "val": VALIDATION, "valid": VALIDATION, "validation": VALIDATION,
    "test": TEST, "testing": TEST,
}  # fmt: skip


@dataclass(frozen=True)
class _File:
    path: str
    inside: tuple[str, ...]  # the parts of the path below the folder
    bytes: int
    changed: int


def find(folder: Path, size: int) -> Found:
    """The images of a folder at `size` pixels; 0 takes the median short side of a sample, to the nearest multiple of 8, at most
    128.

    ConfigError, naming data.source, for a folder without images."""
    files, skipped = _list(folder)
    if not files:
        formats = ", ".join(sorted(name[1:] for name in READABLE))
        told = f"{len(skipped)} files there could not be used, the first: {skipped[0]}. " if skipped else "There is none in it. "
        raise complain(
            _KEY, "a folder with images in it, directly or in a folder a class", str(folder), f"{told}Formats: {formats}."
        )
    tags, groups, files, strays = _arrange(files)
    classes = tuple(sorted({group for group in groups if group}, key=_natural))
    notes: list[str] = []
    if len(classes) == 1:
        notes.append(f"All labelled images lie in one folder, {classes[0]!r}: taken as images without labels.")
        classes = ()
    code = {name: place for place, name in enumerate(classes)}
    labels = np.array([code.get(group, -1) for group in groups], dtype=np.int64)
    own = np.array(tags, dtype=np.int8)
    if classes and np.any(own == TEST) and not np.any(labels[own == TEST] >= 0):
        notes.append("The test images have no labels: figures on the test split cannot be computed.")
    side = size or _own_size(files)
    paths = [file.path for file in files]

    def chunks() -> Iterator[Chunk]:
        row = 0
        for results in in_threads(partial(_try, size=side), paths, CHUNK):
            good = np.array([k for k, result in enumerate(results) if not isinstance(result, str)], dtype=np.int64)
            known = [result for result in results if not isinstance(result, str)]
            images = np.stack([image for image, _ in known]) if known else np.empty((0, 3, side, side), np.uint8)
            content = np.array([digest for _, digest in known], np.uint64)
            bad = tuple(f"{'/'.join(files[row + k].inside)}: {r}" for k, r in enumerate(results) if isinstance(r, str))
            yield Chunk(images, good + row, labels[good + row], skipped=bad, content=content)
            row += len(results)

    slow = len(files) > 2000 or sum(file.bytes for file in files) > 32 << 20
    label = "folder-" + re.sub(r"[^A-Za-z0-9]+", "-", folder.name)[:24].strip("-")
    return Found(
        name=folder.name,
        order=Order(label, str(folder), _state(files), len(files), side, slow),
        chunks=chunks,
        own=own,
        classes=classes,
        names=tuple("/".join(file.inside) for file in files),
        skipped=(*skipped, *strays),
        notes=tuple(notes),
    )


def state_of(folder: Path) -> str:
    """What changes when an image file of a folder comes, goes or is written. ConfigError where the folder cannot be read."""
    return _state(_list(folder)[0])


def _state(files: list[_File]) -> str:
    state = hashlib.blake2b(b"2", digest_size=16)  # raised where the same files are decoded otherwise
    for file in files:
        state.update(f"{'/'.join(file.inside)}\0{file.bytes}\0{file.changed}\n".encode("utf-8", "surrogateescape"))
    return state.hexdigest()


def _try(path: str, size: int) -> tuple[Bytes, int] | str:
    try:
        return decode_known(path, size)
    except Exception as error:  # a damaged file makes the decoders raise nearly anything
        return reason(error)


def _list(root: Path) -> tuple[list[_File], list[str]]:
    """Every image file below a folder, in the order of their paths, and what looks like an image and cannot be read."""
    files: list[_File] = []
    skipped: list[str] = []
    seen: set[str] = set()

    def walk(folder: Path, inside: tuple[str, ...]) -> None:
        real = str(folder.resolve())
        if real in seen:  # a link that leads back up
            return
        seen.add(real)
        try:
            with scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not inside:
                raise complain(_KEY, "a folder that can be read", str(root), f"{error.strerror}.") from None
            skipped.append(f"{'/'.join(inside)}: {error.strerror}")
            return
        for entry in listed:
            if not entry.name.startswith((".", "__MACOSX")):
                take(entry, (*inside, entry.name))

    def take(entry: DirEntry[str], inside: tuple[str, ...]) -> None:
        ending = Path(entry.name).suffix.lower()
        try:
            if entry.is_dir():
                walk(Path(entry.path), inside)
            elif ending in READABLE:
                state = entry.stat()
                files.append(_File(entry.path, inside, state.st_size, state.st_mtime_ns))
            elif ending in FOREIGN:
                skipped.append(f"{'/'.join(inside)}: the format {ending[1:]} is not read")
        except OSError as error:
            skipped.append(f"{'/'.join(inside)}: {error.strerror}")

    walk(root, ())
    return files, skipped


def _arrange(files: list[_File]) -> tuple[list[int], list[str], list[_File], list[str]]:
    """Split and class folder ("" where there is none) of each file, the files that belong, and those that lie beside the split
    folders."""
    tops = {file.inside[0] for file in files if len(file.inside) > 1}
    known = {_SPLITS.get(top.lower()) for top in tops}
    if TRAIN not in known or (known == {TRAIN, None}):
        return [TRAIN] * len(files), [file.inside[0] if len(file.inside) > 1 else "" for file in files], files, []
    tags, groups, taken, strays = [], [], [], []
    for file in files:
        tag = _SPLITS.get(file.inside[0].lower()) if len(file.inside) > 1 else None
        if tag is None:
            strays.append(f"{'/'.join(file.inside)}: lies beside the folders of the splits")
            continue
        tags.append(tag)
        groups.append(file.inside[1] if len(file.inside) > 2 else "")
        taken.append(file)
    return tags, groups, taken, strays


def _own_size(files: list[_File], sample: int = 64) -> int:
    sides = []
    for place in np.linspace(0, len(files) - 1, min(sample, len(files))).astype(int):
        try:
            sides.append(short_side(files[place].path))
        except Exception:  # it will be named when it is decoded
            continue
    if not sides:
        return 32
    # Multiples of 8 divide evenly into patches and strides.
    return min(LARGEST, max(8, round(middle(sides) / 8) * 8))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts "2" before "10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", name)] + [(-1, name)]
