"""The shapes in two looks that no image has in common, for methods that translate one set into the other: blue_shapes and
orange_shapes.

Shape, size, position, rotation and light are drawn as in the world of shapes; hue, pattern and ground are those of the look."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.config.run import DataConfig
from engine.data import outlines, shape_colours, shapes
from engine.data.dataset import Index
from engine.data.rendered_shapes import code_of, listing_of_world
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback


@dataclass(frozen=True)
class Look:
    """Ranges of the factors of one set: `hue` of the shape and `ground_hue` in OKLCh degrees, `tone` of the ground in OKLab
    lightness; `background`: one of shapes.BACKGROUNDS. `stream` is added to the seed, so that image i of one set has not the shape
    and the position of image i of the other: the sets are unpaired."""

    hue: tuple[float, float]
    background: str
    ground_hue: tuple[float, float]
    tone: tuple[float, float]
    stream: int


LOOKS = {
    "blue_shapes": Look((245, 275), "plain", (320, 350), (0.40, 0.50), 1_000_003),
    "orange_shapes": Look((52, 72), "stripes", (140, 160), (0.40, 0.50), 2_000_003),
}


def draw(seed: int, index: Index, look: Look) -> shapes.World:
    """The factors of images `index` (n,) of a look."""
    world = shapes.draw(seed + look.stream, index)

    def spread(values: np.ndarray, whole: float, to: tuple[float, float]) -> shapes.Floats:
        return np.asarray(to[0] + (to[1] - to[0]) * values / whole, dtype=np.float32)

    return replace(
        world,
        hue=spread(world.hue, 360, look.hue),
        background=np.full(len(index), shapes.BACKGROUNDS.index(look.background), np.int64),
        ground_hue=spread(world.ground_hue, 360, look.ground_hue),
        tone=spread(shapes.uniform_at(world.seed, index, 9), 1, look.tone),
    )


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """`data.count` images of `data.size` px (0: the set's own) of the row's look, from `data.seed`, with masks and factors."""
    look = LOOKS[row.id]
    world = draw(config.seed, np.arange(config.count), look)
    name = f"{row.id} {config.seed} {config.count} {look}"
    listing = listing_of_world(row, config, world, name, code_of(outlines, shape_colours, shapes))
    # All backgrounds are of one kind, which is therefore no factor.
    return replace(listing, factors=shapes.factors(world, simple=True))
