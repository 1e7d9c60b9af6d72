"""Scenes: one to four shapes before a textured background, with the box of each and the class of each pixel.

Image i depends on (seed, i) alone. Its background and light are those of image i of the shapes with the same seed; a scene with one
object is rendered as an image of the shapes is. The largest object of a scene is larger than all others by far, so that "its shape"
is a class that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.data import shapes
from engine.data.annotations import Boxes
from engine.data.dataset import Bytes, Factor, Index
from engine.data.image_store import digest_of
from engine.data.outlines import SHAPES
from engine.data.shape_colours import to_srgb
from engine.data.shapes import BACKGROUNDS, World, uniform_at

MOST = 4  # objects in a scene
MAP_NAMES = ("background", *SHAPES)
# Radii as shares of the side: of the largest object, and of the others.
LARGE, SMALL = (0.16, 0.24), (0.09, 0.14)
MARGIN = 0.08  # of the objects' centres from the edge: objects are cut off there
LEAST_DISTANCE = 0.8  # of two centres, in sums of the two radii: objects may touch and cover each other, and none is hidden
_OF_OBJECTS = ("shape", "hue", "size", "x", "y", "rotation")  # factors that each object has
_TRIES = 64  # positions that are drawn for an object
_SLOT = 10_000  # of the objects' first draw; the shapes' own are below
_SLOTS = 1_000  # of one object

# Raised when the same factors give another picture.
LOOK = 1

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scenes:
    """n scenes. ground: their background and light, (n,) each, and no shape. objects: MOST worlds of n, in the order in which they
    are drawn over each other; the first `count` of a scene are there. count: (n,) from 1 to MOST. largest: (n,) which object is the
    largest."""

    ground: World
    objects: tuple[World, ...]
    count: Index
    largest: Index

    def __len__(self) -> int:
        return len(self.count)

    def take(self, rows: slice | Index) -> Scenes:
        """Some of the scenes."""
        objects = tuple(one.take(rows) for one in self.objects)
        return Scenes(self.ground.take(rows), objects, self.count[rows], self.largest[rows])

    def of_largest(self, name: str) -> np.ndarray:
        """A factor of the largest object of each scene, (n,)."""
        table = np.stack([getattr(one, name) for one in self.objects])
        return np.asarray(table[self.largest, np.arange(len(self))])


@dataclass(frozen=True, eq=False)
class Rendered:
    """images: (n, 3, S, S) uint8. masks: (n, S, S) bool, where objects are. class_maps: (n, S, S) uint8 codes into MAP_NAMES.
    boxes: of the visible part of each object."""

    images: Bytes
    masks: npt.NDArray[np.bool_]
    class_maps: Bytes
    boxes: Boxes


def draw(seed: int, index: Index) -> Scenes:
    """The scenes `index` (n,) of a seed, each independent of all others. An object for which no position is at the least distance
    from those before it is left out."""
    none = np.zeros(len(index), np.float32)
    shape = np.zeros(len(index), np.int64)
    ground = replace(shapes.draw(seed, index), shape=shape, hue=none, size=none, x=none, y=none, rotation=none)
    rows = np.arange(len(index))

    def uniform(which: int, number: int, low: float, high: float) -> Floats:
        return (low + (high - low) * uniform_at(seed, index, _SLOT + _SLOTS * which + number)).astype(np.float32)

    def choice(slot: int, many: int) -> Index:
        return np.minimum((uniform_at(seed, index, slot) * many).astype(np.int64), many - 1)

    wanted = 1 + choice(_SLOT - 1, MOST)
    there = np.zeros((MOST, len(index)), np.bool_)
    order = np.full((MOST, len(index)), np.inf)  # in which they are drawn over each other
    drawn: list[World] = []
    tries = np.arange(_TRIES)
    for which in range(MOST):  # the largest first, which always finds a position
        size = uniform(which, 0, *(SMALL if which else LARGE))
        free = np.ones((len(index), _TRIES), np.bool_)
        slots = _SLOT + _SLOTS * which + 100 + 2 * tries
        x, y = (
            (MARGIN + (1 - 2 * MARGIN) * uniform_at(seed, index[:, None], (slots + axis)[None])).astype(np.float32)
            for axis in (0, 1)
        )
        for number, other in enumerate(drawn):
            least = LEAST_DISTANCE * (size + other.size)
            near = np.hypot(x - other.x[:, None], y - other.y[:, None]) < least[:, None]
            free &= ~(near & there[number][:, None])
        there[which] = (which < wanted) & free.any(1)
        order[which] = np.where(there[which], uniform(which, 1, 0, 1), np.inf)
        first = free.argmax(1)
        drawn.append(
            replace(
                ground,
                shape=choice(_SLOT + _SLOTS * which + 2, len(SHAPES)),
                hue=uniform(which, 3, 0, 360),
                rotation=uniform(which, 4, 0, 360),
                size=size,
                x=x[rows, first],
                y=y[rows, first],
            )
        )
    layers = np.argsort(order, axis=0, kind="stable")  # (MOST, n)
    return Scenes(ground, tuple(_chosen(drawn, number) for number in layers), there.sum(0), layers.argmin(0))


def _chosen(drawn: list[World], number: Index) -> World:
    """For each scene the object of this number (n,)."""
    rows = np.arange(len(number))
    values = {name: np.stack([getattr(one, name) for one in drawn])[number, rows] for name in _OF_OBJECTS}
    return World(**{**vars(drawn[0]), **values})


def digests(scenes: Scenes) -> npt.NDArray[np.uint64]:
    """Digest of each scene, (n,), from its factors."""
    ground = shapes.digests(scenes.ground)
    tables = [np.stack([np.asarray(getattr(one, name), np.float32) for name in _OF_OBJECTS], axis=1) for one in scenes.objects]
    return np.array(
        [
            digest_of(f"{LOOK}".encode(), int(below).to_bytes(8, "little"), *(table[row].tobytes() for table in tables[:count]))
            for row, (below, count) in enumerate(zip(ground.tolist(), scenes.count.tolist(), strict=True))
        ],
        np.uint64,
    )


def factors(scenes: Scenes) -> Mapping[str, Factor]:
    """How many objects there are, the factors of the largest one, and those of the background, by name."""
    ground = scenes.ground
    return {
        "objects": Factor(scenes.count - 1, "category", tuple(str(count + 1) for count in range(MOST))),
        "shape": Factor(scenes.of_largest("shape"), "category", SHAPES),
        "hue": Factor(scenes.of_largest("hue"), "angle", unit="°"),
        "size": Factor(scenes.of_largest("size"), "number", unit="of the side"),
        "x": Factor(scenes.of_largest("x"), "number", unit="of the side"),
        "y": Factor(scenes.of_largest("y"), "number", unit="of the side"),
        "rotation": Factor(scenes.of_largest("rotation"), "angle", unit="°"),
        "background": Factor(ground.background, "category", BACKGROUNDS),
        "background hue": Factor(ground.ground_hue, "angle", unit="°"),
        "background tone": Factor(ground.tone, "number"),
        "light": Factor(ground.light, "angle", unit="°"),
    }


def render(scenes: Scenes, size: int) -> Rendered:
    """The scenes at a side of `size` pixels. A pixel belongs to the objects where these cover more than half of it, and there to
    the object that shows most of itself."""
    count = len(scenes)
    images = np.empty((count, 3, size, size), np.uint8)
    owners = np.empty((count, size, size), np.int8)  # the object of each pixel, -1 for the background
    fine = size * max(1, -(-shapes.FINEST // size))
    step = max(1, 200_000 // (fine * fine))  # as many at once as fit in the processor's cache
    for start in range(0, count, step):
        part = slice(start, start + step)
        colour, visible = _paint(scenes.take(part), fine)
        images[part] = to_srgb(shapes.shrink(colour, size))
        shares = shapes.shrink(visible, size)
        owners[part] = np.where(shares.sum(1) > 0.5, shares.argmax(1), -1)
    codes = np.stack([np.zeros(count, np.int64), *(one.shape + 1 for one in scenes.objects)]).astype(np.uint8)
    class_maps = codes[owners + 1, np.arange(count)[:, None, None]]
    return Rendered(images, owners >= 0, class_maps, _boxes(scenes, owners))


def _paint(scenes: Scenes, side: int) -> tuple[Floats, Floats]:
    """Linear light (n, 3, side, side), and how much of each pixel shows each object, (n, MOST, side, side)."""
    colour = shapes.lit_ground(scenes.ground, side)
    visible = np.zeros((len(scenes), MOST, side, side), np.float32)
    for number, objects in enumerate(scenes.objects):
        rows = np.flatnonzero(scenes.count > number)
        if not len(rows):
            break
        below = colour[rows]
        cover = shapes.draw_shape(below, objects.take(rows))
        colour[rows] = below
        visible[rows] *= (1 - cover)[:, None]
        visible[rows, number] = cover
    return colour, visible


def _boxes(scenes: Scenes, owners: npt.NDArray[np.int8]) -> Boxes:
    """The boxes around the pixels of each object, from the lowest to the uppermost; an object without a pixel has none."""
    size = owners.shape[-1]
    corners = np.zeros((len(owners), MOST, 4), np.float32)
    seen = np.zeros((len(owners), MOST), np.bool_)
    for number in range(MOST):
        own = owners == number
        down, across = own.any(2), own.any(1)
        seen[:, number] = down.any(1)
        corners[:, number] = np.stack(
            [across.argmax(1), down.argmax(1), size - across[:, ::-1].argmax(1), size - down[:, ::-1].argmax(1)], axis=1
        ) / np.float32(size)
    classes = np.stack([one.shape for one in scenes.objects], axis=1)
    starts = np.concatenate([[0], np.cumsum(seen.sum(1))]).astype(np.int64)
    return Boxes(starts, corners[seen], classes[seen], SHAPES, np.zeros(starts[-1], np.bool_), np.ones(len(owners), np.bool_))
