"""Opens the scenes: rendered images of several shapes, with boxes and class maps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.config.run import DataConfig
from engine.data import outlines, scene_captions, scenes, shape_colours, shapes
from engine.data.image_store import Chunk, Order
from engine.data.rendered_shapes import code_of
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback

_CHUNK = 512


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """`data.count` scenes of `data.size` px (0: the set's own), drawn from `data.seed`, with masks, class maps, boxes, factors and
    captions. The class of a scene is the shape of its largest object: the one property that every scene has, that can be seen in
    all of them, and whose chance level is that of the shapes."""
    side = config.size or row.size
    drawn = scenes.draw(config.seed, np.arange(config.count))
    labels = np.asarray(drawn.of_largest("shape"), np.int64)

    def chunks() -> Iterator[Chunk]:
        for start in range(0, len(drawn), _CHUNK):
            part = slice(start, start + _CHUNK)
            some = drawn.take(part)
            made = scenes.render(some, side)
            yield Chunk(
                made.images,
                some.ground.index,
                labels[part],
                made.masks,
                content=scenes.digests(some),
                class_maps=made.class_maps,
                boxes=made.boxes,
            )

    slow = config.count * max(side, 64) ** 2 > 10_000 * 64**2
    code = code_of(outlines, shape_colours, shapes, scenes)
    name = f"{row.id} {config.seed} {config.count}"
    order = Order(row.id, name, code, config.count, side, slow, masked=True, mapped=True, boxed=True)
    return ImageListing(
        row.id,
        order,
        chunks,
        np.zeros(config.count, np.int8),
        outlines.SHAPES,
        factors=scenes.factors(drawn),
        captions=scene_captions.captions(drawn),
        map_names=scenes.MAP_NAMES,
    )
