"""The data set of every source: one frozen object of uint8 arrays, whose indices never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from engine.catalogue import Column
from engine.data.world_goals import shows_goal

if TYPE_CHECKING:
    from engine.data.annotations import Boxes, ClassMaps
    from engine.data.captions import Captions
    from engine.data.clips import Sound
    from engine.data.pictures import Scale
    from engine.data.run_images import Changes

FactorKind = Literal["category", "number", "angle"]
SplitName = Literal["train", "validation", "test"]

Bytes = npt.NDArray[np.uint8]
Index = npt.NDArray[np.int64]

# The names of the values of a label that an image has or has not.
NO_YES = ("no", "yes")
# The unit of a moment in a clip.
FRAME = "frame"


@dataclass(frozen=True, eq=False)
class Factor:
    """A property of each image beside its class.

    `values` (N,): int64 codes into `names` for a category, float32 else. An angle is in degrees, in [0, 360), and 359 is next
    to 0."""

    values: np.ndarray
    kind: FactorKind
    names: tuple[str, ...] = ()
    unit: str = ""

    @property
    def moment(self) -> bool:
        """Whether it is when something happens in a clip, as the number of a frame; NaN where it does not."""
        return self.kind == "number" and self.unit == FRAME

    @property
    def yes_or_no(self) -> bool:
        """Whether it is a label that an image has or has not, of which it may have several."""
        return self.kind == "category" and self.names == NO_YES


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with their labels, splits, factors, masks, boxes, class maps and captions, or clips with their flow and sound.

    images: (N, 3, S, S) uint8, contiguous; memory or a read-only memory map.
    labels: (N,) int64, -1 where unknown. classes: the names that labels index.
    names: (N) file names, or an empty tuple. masks: (N, S, S) bool, the foreground, where it is known.
    captions, boxes, class_maps: (N) the captions of each image, its boxes, the class of each of its pixels, where the source has
    them.
    clips: (N, T, 3, S, S) uint8, the frames of each clip, whose image is one of them. flow: (N, T - 1, 2, S, S) float16, how far
    each pixel of a frame moves to the next one, in pixels to the right and down. clip_masks: (N, T, S, S) bool, the foreground
    of each frame. sound: of each clip. Where the source has them.
    splits: "train", "validation" and "test" to disjoint int64 indices into the N images, each in rising order.
    skipped: files that could not be read, as "path: reason". notes: other messages for the user.
    mean, std: (3,) float32 of the training images, in units of 0..1.
    digests: (N,) uint64, of each image's content as its source holds it (see image_store.py); None where that is not known.
    source: `data.source` of the config. changes: for the images of a run, how they differ from those that it was made with.
    scale: on which images deeper than 8 bits were brought to 8, None where there are none. own_splits: the names of the splits
    that the source itself has; the others were cut from its training images. world: the id of the world of which the images are
    pictures, in which a method can act (engine.worlds). other: the second set (`data.other`), at the same size, with splits and
    indices of its own. seconds: of a folder of videos, of the part of each file that is read, 0 for all of it.
    """

    name: str
    images: Bytes
    labels: Index
    classes: tuple[str, ...]
    splits: Mapping[str, Index]
    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]
    factors: Mapping[str, Factor] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    masks: npt.NDArray[np.bool_] | None = None
    captions: Captions | None = None
    boxes: Boxes | None = None
    class_maps: ClassMaps | None = None
    clips: Bytes | None = None
    flow: npt.NDArray[np.float16] | None = None
    clip_masks: npt.NDArray[np.bool_] | None = None
    sound: Sound | None = None
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    digests: npt.NDArray[np.uint64] | None = None
    source: str = ""
    changes: Changes | None = None
    scale: Scale | None = None
    own_splits: tuple[str, ...] = ()
    world: str | None = None
    other: Dataset | None = None
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.images)

    @property
    def size(self) -> int:
        """Side of the stored images in pixels."""
        return int(self.images.shape[-1])

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the data have beside images."""
        has: dict[Column, bool] = {
            "captions": self.captions is not None,
            "masks": self.masks is not None,
            "class_maps": self.class_maps is not None,
            "boxes": self.boxes is not None,
            "world": self.world is not None,
            "visible_goal": shows_goal(self.world),
            "clips": self.clips is not None,
            "clip_masks": self.clip_masks is not None,
            "flow": self.flow is not None,
            "sound": self.sound is not None,
        }
        return tuple(column for column, there in has.items() if there)

    @property
    def on_disk(self) -> bool:
        """Whether the images are a memory map rather than in memory."""
        return isinstance(self.images, np.memmap)

    def describe(self) -> str:
        """The set in one line: name, number and size of the images, classes, splits, skipped files."""
        parts = [f"{self.name}: {len(self):,} images of {self.size} px"]
        parts.append(f"{len(self.classes)} classes" if self.classes else "no labels")
        parts += [f"{name} {len(index):,}" for name, index in self.splits.items()]
        if self.skipped:
            parts.append(f"{len(self.skipped)} skipped")
        return ", ".join(parts)


def statistics(images: Bytes, index: Index, sample: int = 4096) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mean and standard deviation per channel, (3,) each in units of 0..1, over at most `sample` evenly spaced images of `index`.

    A constant channel gets a standard deviation of 1/255, so that dividing by it stays finite."""
    if len(index) > sample:
        index = index[np.linspace(0, len(index) - 1, sample).astype(np.int64)]
    total, squares = np.zeros(3), np.zeros(3)
    for start in range(0, len(index), 256):
        values = images[index[start : start + 256]].astype(np.float64)
        total += values.sum(axis=(0, 2, 3))
        squares += np.square(values).sum(axis=(0, 2, 3))
    pixels = max(len(index) * images.shape[-1] * images.shape[-2], 1)
    mean = total / pixels
    deviation = np.sqrt(np.maximum(squares / pixels - np.square(mean), 1.0))
    return (mean / 255).astype(np.float32), (deviation / 255).astype(np.float32)
