"""Boxes and class maps: which objects an image shows, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Index

# The value of a class map where the class is not known: such pixels count neither in training nor in measurements.
UNKNOWN = 255
_PART = 1024


@dataclass(frozen=True, eq=False)
class Boxes:
    """The boxes of N images.

    starts: (N + 1,) int64, the boxes of image i are the rows starts[i] to starts[i + 1] of the M rows. corners: (M, 4) float32 x0,
    y0, x1, y1 as shares of the stored image, from the top left. classes: (M,) int64 codes into `names`. crowd: (M,) bool, boxes of
    a group of objects, which a detector may find or not (COCO's iscrowd, VOC's difficult). known: (N,) bool, whether the image was
    annotated: an annotated image without a box shows no object."""

    starts: Index
    corners: npt.NDArray[np.float32]
    classes: Index
    names: tuple[str, ...]
    crowd: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, image: int) -> slice:
        """The rows of one image's boxes."""
        return slice(int(self.starts[image]), int(self.starts[image + 1]))

    def take(self, images: Index) -> Boxes:
        """The boxes of images (n,), in this order; -1 for an image without annotation."""
        there = images >= 0
        first = np.where(there, self.starts[images], 0)
        counts = np.where(there, self.starts[images + 1] - self.starts[images], 0)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        rows = np.repeat(first - starts[:-1], counts) + np.arange(starts[-1])
        return Boxes(starts, self.corners[rows], self.classes[rows], self.names, self.crowd[rows], there & self.known[images])


@dataclass(frozen=True, eq=False)
class BoxRows:
    """Boxes that were predicted in m images. image: (k,) int64 which of them, from 0; corners: (k, 4) float32 x0, y0, x1, y1 as
    shares of the image; classes: (k,) int64; scores: (k,) float32 from 0 to 1."""

    image: Index
    corners: npt.NDArray[np.float32]
    classes: Index
    scores: npt.NDArray[np.float32]


def boxes_of(
    images: Iterable[Sequence[tuple[float, float, float, float, int]] | None],
    names: tuple[str, ...],
    crowd: Iterable[bool] | None = None,
) -> Boxes:
    """Boxes from lists: for each image its boxes (x0, y0, x1, y1, class), None where it was not annotated. `crowd`: one value for
    each box."""
    lists = list(images)
    counts = [len(boxes or ()) for boxes in lists]
    rows = [row for boxes in lists for row in boxes or ()]
    return Boxes(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([row[:4] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[4] for row in rows], np.int64),
        names,
        np.zeros(len(rows), np.bool_) if crowd is None else np.array(list(crowd), np.bool_),
        np.array([boxes is not None for boxes in lists], np.bool_),
    )


def joined(parts: Sequence[Boxes]) -> Boxes:
    """The boxes of several groups of images, one group after the other; all have the names of the first."""
    if not parts:
        return boxes_of([], ())
    ends = np.cumsum([len(part.corners) for part in parts])
    starts = [part.starts[1:] + end - len(part.corners) for part, end in zip(parts, ends.tolist(), strict=True)]
    return Boxes(
        np.concatenate([[0], *starts]).astype(np.int64),
        np.concatenate([part.corners for part in parts]),
        np.concatenate([part.classes for part in parts]),
        parts[0].names,
        np.concatenate([part.crowd for part in parts]),
        np.concatenate([part.known for part in parts]),
    )


@dataclass(frozen=True, eq=False)
class ClassMaps:
    """The class of each pixel of N images. values: (N, S, S) uint8 codes into `names`, UNKNOWN where the class is not known; memory
    or a read-only memory map. Code 0 is the background where `names[0]` is "background"."""

    values: Bytes
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def known(self) -> npt.NDArray[np.bool_]:
        """(N,) whether the class of at least one pixel is known. Read once, in parts."""
        parts = (self.values[start : start + _PART] for start in range(0, len(self), _PART))
        known = [part.reshape(len(part), -1).min(1, initial=UNKNOWN) < UNKNOWN for part in parts]
        return np.concatenate(known) if known else np.zeros(0, np.bool_)
