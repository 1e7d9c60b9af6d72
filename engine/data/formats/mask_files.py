"""Pictures whose pixels are classes: VOC's SegmentationClass, the trimaps of Oxford Pets, a folder of masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.data.annotations import UNKNOWN
from engine.data.formats.annotated import MaskFiles, Problems, Unusable
from engine.data.formats.text_files import read_text
from engine.data.formats.voc import CLASSES
from engine.data.pictures import values_in

Meaning: TypeAlias = Literal["foreground", "codes", "trimap"]
BACKGROUND = "background"
TRIMAP_NAMES = (BACKGROUND, "pet")
_SAMPLE = 24  # files that decide what the values mean
_MOST_NAMES = 255


@dataclass(frozen=True)
class _Reader:
    """Reads the files of a folder. names: how many codes have one. colours: the code of each colour, in pictures of colours."""

    meaning: Meaning
    names: int
    colours: Mapping[int, int]

    def __call__(self, path: Path) -> npt.NDArray[np.uint8]:
        values = values_in(path)
        if self.meaning == "foreground":
            return ((values if values.ndim == 2 else values.max(axis=2)) > 0).astype(np.uint8)
        if self.meaning == "trimap":
            return trimap_codes(values if values.ndim == 2 else values[..., 0])
        if values.ndim == 3:
            return self._from_colours(values)
        return np.where(values < self.names, values, UNKNOWN).astype(np.uint8)

    def _from_colours(self, values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        packed = values.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1])
        known, where = np.unique(packed, return_inverse=True)
        codes = np.array([self.colours.get(int(colour), UNKNOWN) for colour in known], np.uint8)
        return codes[where.reshape(packed.shape)]


def trimap_codes(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The codes of TRIMAP_NAMES in a trimap's values: 1 is foreground, 2 background, 3 not decided."""
    table = np.full(256, UNKNOWN, np.uint8)
    table[1], table[2] = 1, 0
    return table[values]


def trimaps(paths: Mapping[str, Path]) -> MaskFiles:
    """The trimaps of Oxford Pets, by image."""
    return MaskFiles(paths, TRIMAP_NAMES, _Reader("trimap", 2, {}))


def segmentation_class(paths: Mapping[str, Path], labels: Path | None, notes: list[str]) -> MaskFiles:
    """VOC's pictures of classes: palette indices, or colours, whose names are in labelmap.txt (CVAT) or class_names.txt (labelme);
    without such a file VOC's own twenty."""
    names, colours = _label_file(labels, notes) if labels is not None else ((), {})
    if not names:
        names = (BACKGROUND, *CLASSES)
    return MaskFiles(paths, names, _Reader("codes", len(names), colours or _voc_colours(len(names))))


def masks(paths: Mapping[str, Path], labels: Path | None, folder: str, notes: list[str]) -> MaskFiles:
    """A folder of masks. With a file of names the values are the names' numbers (colours with CVAT's labelmap.txt), without one
    they are codes where they are palette indices above 1, else any value but 0 is foreground."""
    names, colours = _label_file(labels, notes) if labels is not None else ((), {})
    if names:
        return MaskFiles(paths, names, _Reader("codes", len(names), colours or _voc_colours(len(names))))
    highest = _highest_index(list(paths.values()))
    if highest > 1:
        names = (BACKGROUND, *(f"class {code}" for code in range(1, highest + 1)))
        notes.append(f"{folder}: its values are taken for classes, 0 for the background; a file classes.txt in it would name them.")
        return MaskFiles(paths, names, _Reader("codes", len(names), {}))
    return MaskFiles(paths, (BACKGROUND, "foreground"), _Reader("foreground", 2, {}))


def _highest_index(paths: Sequence[Path]) -> int:
    """The highest palette index below UNKNOWN in some of the files; 0 where one of them has no palette."""
    highest = 0
    for index in np.unique(np.linspace(0, len(paths) - 1, _SAMPLE).astype(int)):
        try:
            if not has_palette(paths[index]):
                return 0
            values = values_in(paths[index])
        except Exception:  # a damaged file is named when it is decoded
            continue
        highest = max(highest, int(values[values < UNKNOWN].max(initial=0)))
    return highest


def has_palette(path: Path) -> bool:
    """Whether a picture's values are indices of a palette. Raises whatever the decoder raises."""
    from PIL import Image

    with Image.open(path) as picture:
        return picture.mode == "P"


def _label_file(path: Path, notes: list[str]) -> tuple[tuple[str, ...], Mapping[int, int]]:
    """The names of codes and, in CVAT's labelmap.txt, their colours. A list without a background counts from 1."""
    problems = Problems(path.name)
    try:
        lines = [line.strip() for line in read_text(path).splitlines()]
    except Unusable as error:
        notes.append(f"{path.name} is not used: {error}.")
        return (), {}
    names: list[str] = []
    colours: dict[int, int] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#") or line.strip("_").lower() == "ignore":
            continue
        name, _, rest = line.partition(":")
        if rest:
            try:
                red, green, blue = (int(part) for part in rest.split(":")[0].split(","))
            except ValueError:
                problems.add("lines without a colour of three numbers are left out", f"line {number}")
                continue
            colours[red << 16 | green << 8 | blue] = len(names)
        names.append(BACKGROUND if _is_background(name) else name)
    if names and BACKGROUND not in names:
        names, colours = [BACKGROUND, *names], {colour: code + 1 for colour, code in colours.items()}
    elif colours and names[0] != BACKGROUND:
        # Code 0 is the background everywhere; of indices, which are values in the files, the order stays.
        order = [names.index(BACKGROUND), *(k for k, name in enumerate(names) if name != BACKGROUND)]
        new = {old: code for code, old in enumerate(order)}
        names, colours = [names[k] for k in order], {colour: new[code] for colour, code in colours.items()}
    notes += problems.lines()
    if len(names) > _MOST_NAMES:
        notes.append(f"{path.name} is not used: it must have at most {_MOST_NAMES} names. Got {len(names):,}.")
        return (), {}
    return tuple(names), colours


def _is_background(name: str) -> bool:
    return name.strip("_ ").lower() in ("background", "bg")


def _voc_colours(count: int) -> dict[int, int]:
    """The code of each of VOC's colours: the bits of a code, three by three, are the highest bits left of red, green and blue.

    Source: VOClabelcolormap of the development kit."""
    colours = {}
    for code in range(count):
        red = green = blue = 0
        for bit in range(8):
            red |= (code >> (3 * bit) & 1) << (7 - bit)
            green |= (code >> (3 * bit + 1) & 1) << (7 - bit)
            blue |= (code >> (3 * bit + 2) & 1) << (7 - bit)
        colours[red << 16 | green << 8 | blue] = code
    return colours
