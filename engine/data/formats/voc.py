"""Pascal VOC: one XML file an image with its boxes, lists of images for the splits, pictures with the classes of pixels.

Facts: the development kit of VOC 2012, https://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/. Its boxes name pixels, from 1,
the last one included; those of other tools (labelImg, CVAT, Roboflow) are coordinates from 0. A difficult object is one that a
detector may find or not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from engine.data.formats.annotated import Annotation, Annotations, Marked, Names, Problems, Unusable, clipped, shown
from engine.data.formats.text_files import Element, read_text, read_xml
from engine.data.splits import TEST, TRAIN, VALIDATION

CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse",
    "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
_LISTS = {"train": TRAIN, "trainval": TRAIN, "val": VALIDATION, "test": TEST}


def read_voc(files: Iterable[tuple[Path, str, str]], label: str = "VOC") -> Annotations:
    """The annotations in XML files: path, path below the folder, and the image that each is of. What cannot be used is in the
    notes, by file."""
    result = Annotations(label)
    problems = Problems("XML files")
    pending: list[tuple[str, Annotation, list[tuple[tuple[float, float, float, float], str, bool]]]] = []
    for path, inside, name in files:
        try:
            top = read_xml(path)
            if top.name != "annotation":
                raise Unusable(f"its outermost element must be annotation. Got {shown(top.name)}")
        except Unusable as error:
            problems.add("files that cannot be used", f"{inside}, {error}")
            continue
        if name in result.images:
            problems.add("further files of an image are left out", inside)
            continue
        size = _side(top.get("size", "width")), _side(top.get("size", "height"))
        annotation = Annotation(size if all(size) else (0, 0))
        result.images[name] = annotation
        pending.append((name, annotation, _objects(top, annotation, problems, inside)))
    names = sorted({category for _, _, objects in pending for _, category, _ in objects})
    result.categories = CLASSES if names and set(names) <= set(CLASSES) else tuple(names)
    codes = {category: code for code, category in enumerate(result.categories)}
    for _, annotation, objects in pending:
        annotation.objects += [Marked(box, codes[category], crowd) for box, category, crowd in objects]
    result.notes += problems.lines()
    return result


def _objects(
    top: Element, annotation: Annotation, problems: Problems, inside: str
) -> list[tuple[tuple[float, float, float, float], str, bool]]:
    # The first pixel is 1 in VOC's own files alone.
    first = 1.0 if top.get("source", "database").startswith("The VOC") else 0.0
    width, height = annotation.size or (0, 0)
    objects = []
    for number, thing in enumerate(top.all("object"), 1):
        where = f"{inside} object {number}"
        category = thing.get("name")
        if not category:
            problems.add("objects without a name are left out", where)
            continue
        try:
            x0, y0, x1, y1 = (float(thing.get("bndbox", key)) for key in ("xmin", "ymin", "xmax", "ymax"))
        except ValueError:
            problems.add("objects without a box of four numbers are left out", where)
            continue
        box, wrong = clipped((x0 - first, y0 - first, x1, y1), width or math.inf, height or math.inf)
        if wrong:
            problems.add(wrong, where)
        if box is not None:
            objects.append((box, category, thing.get("difficult") == "1"))
    return objects


def read_lists(files: Iterable[tuple[Path, str]], names: Names, folders: tuple[str, ...], notes: list[str]) -> dict[str, int]:
    """The splits of images from ImageSets: lists called train, val, trainval and test with an image's name without ending on each
    line. The first list that names an image decides, train and val before trainval."""
    splits: dict[str, int] = {}
    for path, inside in sorted(files, key=lambda file: (list(_LISTS).index(file[0].stem) == 1, file[1])):
        problems = Problems(inside)
        try:
            lines = read_text(path).splitlines()
        except Unusable as error:
            notes.append(f"{inside} is not used: {error}.")
            continue
        for line in lines:
            words = line.split()
            if not words:
                continue
            images = next(
                (known for folder in folders if (known := names.of_stem(f"{folder}/{words[0]}" if folder else words[0]))), []
            )
            if not images:
                problems.add("images that it lists are not in the folder", words[0])
            for name in images:
                splits.setdefault(name, _LISTS[path.stem])
        notes += problems.lines()
    return splits


def is_list(name: str) -> bool:
    """Whether a file of ImageSets is the list of a split, and not of a class."""
    return name.endswith(".txt") and name.removesuffix(".txt") in _LISTS


def _side(text: str) -> int:
    try:
        value = float(text)
    except ValueError:
        return 0
    return int(value) if 0 < value < 1e6 else 0
