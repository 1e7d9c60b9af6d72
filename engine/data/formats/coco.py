"""COCO's JSON: objects with boxes, polygons and run lengths (instances), and captions.

Facts: https://cocodataset.org/#format-data; pycocotools/coco.py and pycocotools/mask.py of https://github.com/cocodataset/cocoapi.
Boxes are x, y, width, height in pixels from the image's upper left corner, polygons likewise; run lengths go down the columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.formats.annotated import (
    Annotation,
    Annotations,
    Marked,
    Names,
    Problems,
    Region,
    Runs,
    Unusable,
    clipped,
    shown,
)
from engine.data.formats.json_stream import entries
from engine.data.formats.regions import from_runs, run_lengths
from engine.data.image_store import free_memory
from engine.data.pictures import MOST_PIXELS
from engine.execute.progress import ProgressCallback, no_progress, part_of

_LONGEST = 2000  # characters of a caption
_READ = 0.9  # of the time that a file takes: its text is read; then its objects are joined with their images
_EVERY = 1000  # images between two reports
_MOST_CATEGORIES = 100_000
# About the bytes of memory that an image, an object without its region, and a caption without its text take.
_IMAGE, _OBJECT, _TEXT = 600, 900, 200


@dataclass
class _File:
    """What a file holds, by the ids that it uses. images: file name, width, height. names: the images of the folder that these
    are, None for one that is not there. bytes: about the memory that all takes, at most `most`."""

    most: int
    bytes: int = 0
    images: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    objects: dict[str, list[tuple[str, tuple[float, float, float, float], bool, Region | None, str]]] = field(default_factory=dict)
    captions: dict[str, list[str]] = field(default_factory=dict)
    has_objects: bool = False

    def grow(self, size: int) -> None:
        """Count memory before it is taken. Unusable where it would be too much."""
        self.bytes += size
        if self.bytes > self.most:
            raise Unusable(
                f"its images and objects take more than {self.most / 2**30:.1f} GB, half of the memory that is free. "
                "Split it, or leave objects out"
            )


def read_coco(
    files: Sequence[tuple[Path, str, int | None]],
    names: Names,
    folders: Mapping[str, tuple[str, ...]],
    progress: ProgressCallback = no_progress,
) -> Annotations:
    """The annotations in JSON files: path, path below the folder, and the split that the file's name says. folders: for each of
    them the folders where its images may lie. An unusable file is named in the notes and the others are read."""
    result = Annotations("COCO")
    codes: dict[str, int] = {}
    sizes = [_bytes(path) for path, _, _ in files]
    total = max(1, sum(sizes))
    for number, (path, inside, split) in enumerate(files):
        problems = Problems(inside)
        part = part_of(progress, sum(sizes[:number]) / total, sum(sizes[: number + 1]) / total)
        try:
            content = _read(
                path, problems, names, folders.get(inside, ()), part_of(part, 0.0, _READ, _reading(inside, sizes[number]))
            )
        except Unusable as error:
            result.notes.append(f"{inside} is not used: {error}.")
            continue
        _join(content, result, codes, split, problems, part_of(part, _READ, 1.0, f"Joining the objects of {inside}"))
        result.notes += problems.lines()
    result.categories = tuple(codes)
    return result


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # reading it says why
        return 0


def _reading(inside: str, size: int) -> str:
    return f"Reading {inside} ({size / 2**20:,.0f} MB)"


def _read(path: Path, problems: Problems, names: Names, folders: tuple[str, ...], progress: ProgressCallback) -> _File:
    content = _File(free_memory() // 2)
    ids: set[str] = set()
    kinds: set[str] = set()
    for number, (key, entry) in enumerate(entries(path, progress), 1):
        if key not in ("images", "annotations", "categories"):
            continue
        kinds.add(key)
        where = f"entry {number}"
        if not isinstance(entry, dict):
            problems.add(f"{key} that are no objects are left out", where)
        elif key == "images":
            _add_image(content, entry, names, folders, problems, where)
        elif key == "categories":
            id, name = _id(entry.get("id")), entry.get("name")
            if id is None or not isinstance(name, str) or not name.strip():
                problems.add("categories without id or name are left out", where)
            elif id in content.categories:
                problems.add("categories whose id is used before are left out", shown(name))
            elif len(content.categories) < _MOST_CATEGORIES:
                content.categories[id] = name.strip()
        else:
            _add_annotation(content, entry, ids, problems, where)
    if "images" not in kinds:
        raise Unusable('it must have a list "images". Got none')
    return content


def _add_image(
    content: _File, entry: Mapping[str, Any], names: Names, folders: tuple[str, ...], problems: Problems, where: str
) -> None:
    id, name = _id(entry.get("id")), entry.get("file_name")
    if id is None or not isinstance(name, str) or not name.strip():
        problems.add("images without id or file name are left out", where)
        return
    if id in content.images:
        if content.images[id][0] != name:
            problems.add("images whose id is used before are left out", name)
        return
    width, height = _side(entry.get("width")), _side(entry.get("height"))
    content.grow(_IMAGE + 2 * len(name))
    content.images[id] = name, width, height if width else 0
    content.names[id] = names.find(name, *folders)


def _add_annotation(content: _File, entry: Mapping[str, Any], ids: set[str], problems: Problems, where: str) -> None:
    image = _id(entry.get("image_id"))
    id = _id(entry.get("id"))
    where = f"annotation {shown(id)}" if id is not None else where
    if image in content.images and content.names[image] is None:
        # Of an image that is not in the folder, as where only a part of a set is copied.
        content.has_objects |= "bbox" in entry
        return
    if id is not None and id in ids:
        problems.add("annotations whose id is used before are read all the same", where)
    elif id is not None:
        ids.add(id)
    if image is None:
        problems.add("annotations without an image's id are left out", where)
    elif "caption" in entry and "bbox" not in entry:
        text = entry["caption"]
        if isinstance(text, str) and text.strip():
            text = " ".join(text.split())[:_LONGEST]
            content.grow(_TEXT + 2 * len(text))
            content.captions.setdefault(image, []).append(text)
        else:
            problems.add("captions without a text are left out", where)
    else:
        region = _region(entry.get("segmentation"), problems, where)
        box = _box(entry.get("bbox"), region)
        if box is None:
            problems.add("annotations without a box of four numbers are left out", where)
            return
        content.grow(_OBJECT + _size(region))
        content.has_objects = True
        category = _id(entry.get("category_id"))
        thing = ("" if category is None else category, box, entry.get("iscrowd") in (1, True, "1"), region, where)
        content.objects.setdefault(image, []).append(thing)


def _join(
    content: _File,
    result: Annotations,
    codes: dict[str, int],
    split: int | None,
    problems: Problems,
    progress: ProgressCallback,
) -> None:
    for _, category in sorted(content.categories.items(), key=lambda item: (not item[0].isdigit(), len(item[0]), item[0])):
        codes.setdefault(category, len(codes))
    for image in (content.objects.keys() | content.captions.keys()) - content.images.keys():
        count = len(content.objects.get(image, ())) + len(content.captions.get(image, ()))
        for _ in range(count):
            problems.add("annotations of images that the file does not list are left out", f"image {shown(image)}")
    for number, (id, (file, width, height)) in enumerate(content.images.items()):
        if number % _EVERY == 0:
            progress(number / len(content.images))
        name = content.names[id]
        if name is None:
            problems.add("images that it lists are not in the folder", file)
            continue
        if split is not None:
            result.splits.setdefault(name, split)
        if id in content.captions:
            result.captions.setdefault(name, []).extend(content.captions[id])
        # A file of captions, or of images alone, does not say which objects an image shows.
        if not content.has_objects:
            continue
        annotation = result.images.setdefault(name, Annotation((width, height)))
        if annotation.size != (width, height):
            problems.add("images that are listed twice with other sides are left out the second time", file)
            continue
        for category, box, crowd, region, where in content.objects.pop(id, ()):
            if category not in content.categories:
                problems.add("annotations of a category that the file does not list are left out", where)
                continue
            inside, wrong = clipped(box, width or math.inf, height or math.inf)
            if wrong:
                problems.add(wrong, where)
            if inside is None:
                continue
            if isinstance(region, Runs) and width and (region.width, region.height) != (width, height):
                problems.add("run lengths of another size than their image are left out", where)
                region = None
            annotation.objects.append(Marked(inside, codes[content.categories[category]], crowd, region))


def _id(value: object) -> str | None:
    """An id as text: numbers and texts of the same digits are the same."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else None
    return str(value) if isinstance(value, int) else value.strip() or None if isinstance(value, str) else None


def _side(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) and math.isfinite(value) and 0 < value <= MOST_PIXELS else 0


def _number(value: object) -> float:
    """A number, also one in quotes; nan for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _box(value: object, region: Region | None) -> tuple[float, float, float, float] | None:
    """x0 y0 x1 y1; from the region where there is no box."""
    if isinstance(value, list) and len(value) == 4:
        x, y, width, height = map(_number, value)
        return x, y, x + width, y + height
    if isinstance(region, Runs):
        rows, columns = np.nonzero(from_runs(region))
        if not len(rows):
            return None
        return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)
    if region is not None and value in (None, []):
        points = np.concatenate(region)
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)
    return None


def _region(value: Any, problems: Problems, where: str) -> Region | None:
    if isinstance(value, dict):
        try:
            return _runs(value)
        except (Unusable, ValueError, OverflowError, TypeError) as error:
            why = str(error) if isinstance(error, Unusable) else "they are no list of whole numbers"
            problems.add("run lengths that cannot be used are left out", f"{where}, {why}")
            return None
    if value in (None, []):
        return None
    try:
        polygons = tuple(np.array(points, np.float32).reshape(-1, 2) for points in value)
        if all(len(points) >= 3 and np.isfinite(points).all() for points in polygons):
            return polygons
    except (ValueError, TypeError, OverflowError):
        pass
    problems.add("regions that are no polygons of three or more points are left out", where)
    return None


def _size(region: Region | None) -> int:
    """About the bytes of memory that a region takes."""
    if isinstance(region, Runs):
        return 200 + (len(region.counts) if isinstance(region.counts, bytes) else region.counts.nbytes)
    return sum(130 + polygon.nbytes for polygon in region or ())


def _runs(value: Mapping[str, Any]) -> Runs:
    size, counts = value.get("size"), value.get("counts")
    if not isinstance(size, list) or len(size) != 2 or not all(_side(side) for side in size):
        raise Unusable("their size must be height and width")
    height, width = _side(size[0]), _side(size[1])
    if height * width > MOST_PIXELS:
        raise Unusable(f"their size must be at most {MOST_PIXELS:,} pixels")
    if isinstance(counts, str):
        text = counts.encode("ascii", "replace")
        known = run_lengths(text)
    else:
        text, known = b"", np.array(counts, np.int64).reshape(-1)
    if (known < 0).any() or int(known.sum()) != height * width:
        raise Unusable(f"they have {int(known.sum()):,} pixels in place of {height * width:,}")
    return Runs(text or known, height, width)
