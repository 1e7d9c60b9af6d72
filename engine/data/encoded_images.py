"""Images as their files encode them, on the disk or inside larger files: the size and the scale that suit them, and their
decoding into chunks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from engine.data.dataset import Bytes, Index
from engine.data.image_store import Chunk
from engine.data.pictures import (
    CHUNK,
    Encoded,
    Scale,
    decode_known,
    in_threads,
    loses_bits,
    middle,
    range_of,
    reason,
    scale_of,
    short_side,
)

LARGEST = 128  # the largest size that is chosen where the config has none
_SCALE_SAMPLE = 200  # images
_SIZE_SAMPLE = 64  # images

# The image of a row. Raises anything where it cannot be read.
Read: TypeAlias = Callable[[int], Encoded]
# A decoded image and the digest of its content, or why it could not be decoded.
Decoded: TypeAlias = tuple[Bytes, int] | str


def decoded(read: Read, row: int, size: int, scale: Scale | None = None, as_before: bool = False) -> Decoded:
    """The image of a row, as `engine.data.pictures.decode_known` gives it, or in words why it cannot be decoded."""
    image: Encoded = ""
    try:
        image = read(row)
        return decode_known(image, size, scale, as_before)
    except Exception as error:  # a damaged file makes the decoders raise nearly anything
        return reason(error, image)


def own_scale(read: Read, count: int, notes: list[str], sample: int = _SCALE_SAMPLE) -> Scale | None:
    """One scale for all images deeper than 8 bits, from a sample of them; None where the sample has no such image."""
    ranges, coloured = [], 0
    for row in _evenly(count, sample):
        with contextlib.suppress(Exception):  # a damaged file will be named when it is decoded
            image = read(row)
            if (known := range_of(image)) is not None:
                ranges.append(known)
            else:
                coloured += loses_bits(image)
    if coloured:
        notes.append("Colours of 16 bits are read with 8 bits: the lower half of each value is left out.")
    if not ranges:
        return None
    return scale_of(min(low for low, _ in ranges), max(high for _, high in ranges))


def scale_note(scale: Scale) -> str:
    """What becomes of images deeper than 8 bits, in a sentence."""
    return f"Images deeper than 8 bits are brought to 256 grey levels, all on one scale: {scale.words()}."


def own_size(read: Read, count: int, sample: int = _SIZE_SAMPLE) -> int:
    """The median short side of a sample of images, to the nearest multiple of 8, at most LARGEST; 32 where none can be read."""
    sides = []
    for row in _evenly(count, sample):
        with contextlib.suppress(Exception):  # it will be named when it is decoded
            sides.append(short_side(read(row)))
    # Multiples of 8 divide evenly into patches and strides.
    return min(LARGEST, max(8, round(middle(sides) / 8) * 8)) if sides else 32


def _evenly(count: int, most: int) -> list[int]:
    return [int(row) for row in np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))] if count else []


def image_chunks(
    decode_row: Callable[[int], tuple[Decoded, Bytes | None, str]],
    names: Sequence[str],
    labels: Index,
    side: int,
    mapped: bool = False,
    masked: bool = False,
) -> Iterator[Chunk]:
    """The images `names` in chunks. decode_row: for the number of an image its pixels (3, side, side), its class map (side, side)
    where `mapped`, and a problem with that, "" for none. masked: whether what has a class is the foreground."""
    row = 0
    for results in in_threads(decode_row, range(len(names)), CHUNK):
        good = np.array([k for k, (image, _, _) in enumerate(results) if not isinstance(image, str)], dtype=np.int64)
        known = [image for image, _, _ in results if not isinstance(image, str)]
        bad = [f"{names[row + k]}: {image}" for k, (image, _, _) in enumerate(results) if isinstance(image, str)]
        bad += [problem for _, _, problem in results if problem]
        known_maps = [one for _, one, _ in results if one is not None]
        class_maps = np.stack(known_maps) if known_maps else np.empty((0, side, side), np.uint8)
        yield Chunk(
            np.stack([image for image, _ in known]) if known else np.empty((0, 3, side, side), np.uint8),
            good + row,
            labels[good + row],
            masks=class_maps > 0 if masked else None,
            class_maps=class_maps if mapped else None,
            skipped=tuple(bad),
            content=np.array([digest for _, digest in known], np.uint64),
        )
        row += len(results)
