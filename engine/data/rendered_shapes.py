"""Opens the two sets that are rendered from known factors: shapes and simple_shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from engine.config.run import DataConfig
from engine.data import outlines, shape_captions, shape_colours, shapes
from engine.data.image_store import Chunk, Order
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """`data.count` images of `data.size` px (0: the set's own), drawn from `data.seed`, with masks, factors and captions;
    in `shapes` the shape decides the background with the probability `data.bias`, and `data.upright` shapes stand."""
    simple = row.id == "simple_shapes"
    bias, upright = (0.0, False) if simple else (config.bias, config.upright)
    world = shapes.draw(config.seed, np.arange(config.count), simple, bias, upright)
    name = f"{row.id} {config.seed} {config.count}" + (f" bias {bias}" if bias else "") + " upright" * upright
    listing = listing_of_world(row, config, world, name, code_of(outlines, shape_colours, shapes))
    return replace(listing, factors=shapes.factors(world, simple), captions=shape_captions.captions(world, simple))


def listing_of_world(row: Source, config: DataConfig, world: shapes.World, name: str, code: str) -> ImageListing:
    """The images of a world with their masks. `name`, `code`: what identifies the world, and what is rendered of it."""
    side = config.size or row.size

    def chunks() -> Iterator[Chunk]:
        for start in range(0, len(world), 512):
            part = world.take(slice(start, start + 512))
            images, masks = shapes.render(part, side)
            yield Chunk(images, part.index, part.shape, masks, content=shapes.digests(part))

    slow = config.count * max(side, 64) ** 2 > 20_000 * 64**2
    order = Order(row.id, name, code, config.count, side, slow, masked=True)
    return ImageListing(row.id, order, chunks, np.zeros(config.count, np.int8), outlines.SHAPES)


def code_of(*modules: ModuleType) -> str:
    """What identifies the content of rendered images: the code alone determines what is rendered."""
    try:
        # The number is that of what is kept beside the pixels.
        return "2" + "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in modules)
    except OSError:  # packed into an archive, where it does not change
        return "packed"
