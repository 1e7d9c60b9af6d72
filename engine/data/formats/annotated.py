"""What annotation files say of the images of a folder, as it stands in them: before the images are cropped and scaled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

_SHOWN = 3

Polygon: TypeAlias = npt.NDArray[np.float32]  # (n, 2) x, y


class Runs(NamedTuple):
    """A region as run lengths: column by column from the top left, pixels outside and inside the region by turns. counts: (n,)
    int64, or COCO's compressed text. height, width: of the picture."""

    counts: npt.NDArray[np.int64] | bytes
    height: int
    width: int


Region: TypeAlias = tuple[Polygon, ...] | Runs


class Marked(NamedTuple):
    """An object in an image: x0 y0 x1 y1 in pixels of `Annotation.size` (or shares of the image), its category's code, whether it
    is a group of objects, and the region that it covers, where that is known."""

    box: tuple[float, float, float, float]
    category: int
    crowd: bool = False
    region: Region | None = None


@dataclass(slots=True)
class Annotation:
    """The objects of an image. `size`: width and height of the image as the file of annotations has them, in whose pixels the
    coordinates are; (0, 0) where it does not have them; None where the coordinates are shares of the image's sides, 0 to 1."""

    size: tuple[int, int] | None
    objects: list[Marked] = field(default_factory=list)


class Pixels(Protocol):
    """The classes of the pixels of an image, from a file."""

    def __call__(self, path: Path) -> npt.NDArray[np.uint8]:
        """(H, W) codes, UNKNOWN where the class is not known."""


@dataclass(frozen=True)
class MaskFiles:
    """The files with the classes of pixels, by image. names: what the codes mean, the background first. read: the codes in one."""

    paths: Mapping[str, Path]
    names: tuple[str, ...]
    read: Pixels


class Problems:
    """What of a file could not be used, collected by kind. A kind is a sentence without its end."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: Counter[str] = Counter()
        self.first: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, kind: str, where: object) -> None:
        """One more of a kind. where: the line, the entry or the file."""
        self.counts[kind] += 1
        if len(self.first[kind]) < _SHOWN:
            self.first[kind].append(shown(where, 160))

    def lines(self) -> list[str]:
        """A sentence for each kind."""
        return [f"{self.file}: {kind}: {self._where(kind, count)}." for kind, count in self.counts.items()]

    def _where(self, kind: str, count: int) -> str:
        more = count - len(self.first[kind])
        return ", ".join(self.first[kind]) + (f" and {more:,} more" if more else "")


@dataclass
class Annotations:
    """What the files of one format say. images: by the image's name (its path below the folder); an image that is there without
    objects shows none. captions: by name. splits: by name, see engine.data.splits. classes: of each image as a whole, by name.
    notes: for the person, what could not be used among them."""

    format: str
    images: dict[str, Annotation] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    captions: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, int] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    masks: MaskFiles | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def regions(self) -> bool:
        """Whether an object has a region."""
        return any(thing.region is not None for image in self.images.values() for thing in image.objects)


class Unusable(Exception):
    """A whole file cannot be used; the message says why."""


def shown(value: object, most: int = 60) -> str:
    """A value of a file in a message: one line of at most `most` characters."""
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value)[: most + 1])
    return text if len(text) <= most else text[: most - 3] + "..."


class Names:
    """The images of a folder by what a file calls them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._all = frozenset(names)
        last = Counter(name.rpartition("/")[2] for name in names)
        self._alone = {short: name for name in names if last[short := name.rpartition("/")[2]] == 1}
        self._stems: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._stems[stem(name)].append(name)

    def find(self, name: str, *folders: str) -> str | None:
        """The image that a file names: by its path below the folder, or below one of `folders`, else by the end of its path, else
        by its file name, where only one image has it. None where there is none. No file is opened, whatever the name leads to."""
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        if not parts:
            return None
        inside = "/".join(parts)
        for folder in ("", *folders):
            path = f"{folder}/{inside}" if folder else inside
            if path in self._all:
                return path
        for at in range(1, len(parts) - 1):
            if (path := "/".join(parts[at:])) in self._all:
                return path
        return self._alone.get(parts[-1])

    def of_stem(self, path: str) -> list[str]:
        """The images of a path without an ending."""
        return self._stems.get(path, [])


def stem(path: str) -> str:
    """A path below the folder without the file's ending."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{name.rpartition('.')[0] or name}" if folder else name.rpartition(".")[0] or name


def clipped(
    box: tuple[float, float, float, float], width: float, height: float, slack: float = 1.0
) -> tuple[tuple[float, float, float, float] | None, str]:
    """A box x0 y0 x1 y1 within an image, and what was wrong with it: "" for nothing, else a kind for `Problems`. None for one that
    cannot be used. Up to `slack` beyond the edge is rounding."""
    x0, y0, x1, y1 = box
    if not np.isfinite(box).all():
        return None, "boxes with values that are no numbers are left out"
    if x1 < x0 or y1 < y0:
        return None, "boxes of negative width or height are left out"
    if x1 == x0 or y1 == y0:
        return None, "boxes without an area are left out"
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        return None, "boxes outside the image are left out"
    beyond = max(inside[0] - x0, inside[1] - y0, x1 - inside[2], y1 - inside[3])
    return inside, "boxes that reach beyond the image are cut at its edge" if beyond > slack else ""
