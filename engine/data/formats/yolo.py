"""YOLO's text files: beside each image a line an object, its class and then shares of the image's sides.

A line is "class cx cy w h" or, for regions, "class x1 y1 x2 y2 x3 y3 ...". Facts: the data set pages and verify_image_label of
https://github.com/ultralytics/ultralytics: coordinates are of the image as it is seen (turned by its EXIF orientation), an empty
file says that the image shows no object. One without a file, which Ultralytics takes for the same, is not annotated here: it may be
one of those that are not done yet. Names stand in data.yaml, classes.txt or obj.names (darknet, CVAT)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.formats.annotated import Annotation, Annotations, Marked, Problems, Unusable, clipped, shown
from engine.data.formats.text_files import numbers, read_text

_MOST_BEYOND = 1.01  # a coordinate, as in verify_image_label
_MOST_CLASS = 100_000


def read_yolo(files: Iterable[tuple[Path, str, str]], names: tuple[str, ...], keypoints: int = 0) -> Annotations:
    """The annotations in text files: path, path below the folder, and the image that each is of. names: of the classes, by their
    numbers; those that have none are named by their number. keypoints: numbers after each box that are not read."""
    result = Annotations("YOLO")
    problems = Problems("Label files")
    most = len(names)
    for path, inside, name in files:
        annotation = result.images.setdefault(name, Annotation(None))
        try:
            lines = read_text(path).splitlines()
        except Unusable as error:
            problems.add("files that cannot be read", f"{inside}, {error}")
            del result.images[name]
            continue
        seen: set[tuple[float, ...]] = set()
        for number, line in enumerate(lines, 1):
            where = f"{inside} line {number}"
            try:
                values = tuple(numbers(line))
            except ValueError:
                problems.add("lines with words that are no numbers are left out", where)
                continue
            if not values:
                continue
            if values in seen:
                problems.add("lines that repeat another one are left out", where)
                continue
            seen.add(values)
            marked = _marked(values, keypoints, len(names), problems, where)
            if marked is not None:
                annotation.objects.append(marked)
                most = max(most, marked.category + 1)
    result.categories = (*names, *(f"class {code}" for code in range(len(names), most)))
    result.notes += problems.lines()
    return result


def _marked(values: tuple[float, ...], keypoints: int, named: int, problems: Problems, where: str) -> Marked | None:
    code, shares = values[0], np.array(values[1:])
    if not np.isfinite(values).all() or code != int(code) or not 0 <= code < _MOST_CLASS:
        problems.add("lines whose class is no whole number from 0 are left out", where)
        return None
    if named and code >= named:
        problems.add(f"lines of a class beyond the {named:,} that have a name are left out", where)
        return None
    if keypoints and len(shares) == 4 + keypoints:
        shares = shares[:4]
    region = None
    if len(shares) == 4:
        x, y, width, height = shares
        box = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    elif len(shares) >= 6 and len(shares) % 2 == 0:
        points = shares.reshape(-1, 2).astype(np.float32)
        region = (points,)
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        box = float(x0), float(y0), float(x1), float(y1)
    else:
        problems.add("lines must have a class and 4 numbers, or 3 and more points; others are left out", where)
        return None
    if (shares > _MOST_BEYOND).any() or (shares < -0.01).any():
        problems.add("lines whose coordinates are no shares of the image, 0 to 1, are left out", where)
        return None
    inside, wrong = clipped(box, 1.0, 1.0, slack=0.005)
    if wrong:
        problems.add(wrong, where)
    return Marked(inside, int(code), False, region) if inside is not None else None


def names_of(path: Path, notes: list[str], inside: str) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """The names of the classes in data.yaml, or in a text file with a name a line; and the other values of the YAML file."""
    try:
        text = read_text(path)
        if path.suffix.lower() not in (".yaml", ".yml"):
            return tuple(line.strip() for line in text.splitlines() if line.strip()), {}
        values = _yaml(text)
    except Unusable as error:
        notes.append(f"{inside} is not used: {error}.")
        return (), {}
    names = values.get("names")
    if isinstance(names, dict):
        if not names or not all(isinstance(key, int) and 0 <= key < _MOST_CLASS for key in names):
            notes.append(f"{inside}: its names must have whole numbers from 0. They are not used.")
            return (), values
        return tuple(str(names.get(code, f"class {code}")) for code in range(max(names) + 1)), values
    if isinstance(names, list):
        return tuple(str(name) for name in names), values
    return (), values


def _yaml(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        # Aliases can grow a small file to gigabytes.
        if "*" in text and any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise Unusable("it has YAML aliases, which are not read")
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unusable(f"it is not YAML, {shown(' '.join(str(error).split()))}") from None
    return values if isinstance(values, dict) else {}
