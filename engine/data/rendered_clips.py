"""Opens the moving shapes: rendered clips with flow and sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.config.run import DataConfig
from engine.data import moving_shapes, outlines, shape_colours, shapes
from engine.data.image_store import Chunk, Order
from engine.data.rendered_shapes import code_of
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback

_CHUNK = 128


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """`data.count` clips of `data.size` px (0: the set's own), drawn from `data.seed`, with flow, sound, masks and factors;
    the class of a clip is its motion. As an image, a clip is its middle frame."""
    side = config.size or row.size
    drawn = moving_shapes.draw(config.seed, np.arange(config.count))

    def chunks() -> Iterator[Chunk]:
        for start in range(0, len(drawn), _CHUNK):
            part = drawn.take(slice(start, start + _CHUNK))
            frames, masks = moving_shapes.render(part, side)
            shown = moving_shapes.SHOWN
            yield Chunk(
                np.ascontiguousarray(frames[:, shown]),
                part.world.index,
                part.motion,
                np.ascontiguousarray(masks[:, shown]),
                content=moving_shapes.digests(part),
                clips=frames,
                clip_masks=masks,
                flow=moving_shapes.flow(part, masks),
                sound=moving_shapes.sound(part),
            )

    frames, samples = moving_shapes.FRAMES, moving_shapes.SAMPLES
    slow = config.count * frames * max(side, 64) ** 2 > 10_000 * 64**2
    code = code_of(outlines, shape_colours, shapes, moving_shapes)
    name = f"{row.id} {config.seed} {config.count}"
    order = Order(
        row.id, name, code, config.count, side, slow, masked=True, frames=frames, flowing=True, samples=samples, frames_masked=True
    )
    return ImageListing(
        row.id,
        order,
        chunks,
        np.zeros(config.count, np.int8),
        moving_shapes.MOTIONS,
        factors=moving_shapes.factors(drawn),
        rate=moving_shapes.RATE,
    )
