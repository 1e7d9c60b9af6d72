"""What is known of a source of images before any image is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.catalogue import Column
from engine.data.captions import Captions
from engine.data.dataset import Factor, Index
from engine.data.image_store import Chunk, Order
from engine.data.world_goals import shows_goal

if TYPE_CHECKING:
    from engine.data.annotations import Boxes
    from engine.data.pictures import Scale


@dataclass(frozen=True, eq=False)
class ImageListing:
    """A source that was checked and can be used. `order.expected` images are listed; `own`, `names` and the factors' values
    follow that list, and so do `captions` and `boxes`.

    chunks: decodes the images, in order, from the start each time it is called. own: (expected,) int8, the split that the source
    gives each image (see engine.data.splits). boxes: where they are known before anything is decoded; the chunks have them else.
    map_names: what the codes in the chunks' class maps are. rate: samples a second of the chunks' sound. seconds: of a folder of
    videos, of the part of each file that is read, 0 for all of it. together: (expected,) numbers, equal for clips that were cut
    from one video, which belong in one split; None where nothing is known of that. skipped, notes: as in Dataset.

    labels: (expected,) where they are known before anything is decoded, else None. paths: the file of each image, where each has
    one. read: what is in the file of an image, where that lies inside a larger one; it raises what reading raises. meanings: of a
    folder, the classes that its images have by each value of `data.folders`. suggested: the value that suits the folders better
    than the one that was given, "" where there is none."""

    name: str
    order: Order
    chunks: Callable[[], Iterator[Chunk]]
    own: npt.NDArray[np.int8]
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    factors: Mapping[str, Factor] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    captions: Captions | None = None
    boxes: Boxes | None = None
    map_names: tuple[str, ...] = ()
    rate: int = 0
    seconds: float = 0.0
    together: Index | None = None
    scale: Scale | None = None  # of images deeper than 8 bits, where there are any
    labels: Index | None = None
    paths: tuple[str, ...] = ()
    read: Callable[[int], bytes] | None = None
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: str = ""
    world: str | None = None  # the id of the world of which they are pictures, in which a method can act
    whole: int = 0  # how many images a complete copy of a published set has; 0 where that is not known

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the set brings beside images."""
        has: dict[Column, bool] = {
            "captions": self.captions is not None,
            "masks": self.order.masked,
            "class_maps": self.order.mapped,
            "boxes": self.order.boxed or self.boxes is not None,
            "world": self.world is not None,
            "visible_goal": shows_goal(self.world),
            "clips": self.order.frames > 0,
            "clip_masks": self.order.frames_masked,
            "flow": self.order.flowing,
            "sound": self.order.samples > 0,
        }
        return tuple(column for column, there in has.items() if there)
