"""Captions of the rendered shapes, in words of their factors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.data.captions import Attribute, Captions, LazyTexts
from engine.data.dataset import Index
from engine.data.outlines import SHAPES
from engine.data.shapes import World

COUNT = 5  # captions an image
# Names of hues and where each begins, in OKLCh degrees: half-way between the colours that people call so.
HUES = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink")
_HUE_EDGES = (5, 45, 85, 125, 168, 222, 285, 325)
SIZES = ("small", "medium", "large")
_SIZE_EDGES = (0.24, 0.29)  # radius as a share of the side
PLACES = (
    "at the upper left", "at the top", "at the upper right",
    "at the left", "in the middle", "at the right",
    "at the lower left", "at the bottom", "at the lower right",
)  # fmt: skip
_PLACE_EDGES = (0.45, 0.55)  # of the side
GROUNDS = ("plain", "striped", "checkered", "dotted", "cloudy", "shaded")
# How often each attribute is named in the captions after the first.
_NAMED = {"size": 0.6, "hue": 0.75, "shape": 0.85, "place": 0.5, "background": 0.5}
FRAMES = (
    "{}", "a picture of {}", "an image of {}", "there is {}", "this is {}", "here is {}", "this shows {}", "we see {}",
)  # fmt: skip
_PROMPTS = {
    "shape": ("a {}", "a picture of a {}", "an image of a {}", "there is a {}"),
    "hue": ("a {} shape", "a picture of a {} shape", "there is a {} shape"),
    "size": ("a {} shape", "a picture of a {} shape", "there is a {} shape"),
    "place": ("a shape {}", "a picture of a shape {}", "there is a shape {}"),
    "background": ("a shape on a {} background", "a picture of a shape on a {} background"),
}


def captions(world: World, simple: bool = False) -> Captions:
    """Five captions of each image of a world, the first of which names all attributes: size, hue, shape, position and background.
    The others leave some out, as captions by people do. A pure function of the world's seed, the image and the caption's number.
    `simple`: all backgrounds are plain, and no caption names them."""
    rows, columns = np.searchsorted(_PLACE_EDGES, world.y), np.searchsorted(_PLACE_EDGES, world.x)
    codes = {
        "size": np.searchsorted(_SIZE_EDGES, world.size),
        "hue": hue_codes(world.hue),
        "shape": world.shape,
        "place": 3 * rows + columns,
        "background": world.background,
    }
    words: dict[str, tuple[str, ...]] = {
        "size": SIZES,
        "hue": HUES,
        "shape": SHAPES,
        "place": PLACES,
        "background": GROUNDS,
    }
    if simple:
        del codes["background"], words["background"]
    known = {name: np.asarray(values, np.int64) for name, values in codes.items()}
    attributes = {name: Attribute(words[name], known[name], _PROMPTS[name]) for name in words}
    return Captions(_ShapeTexts(world.seed, world.index, attributes), attributes)


def hue_codes(hue: npt.NDArray[np.floating]) -> Index:
    """The name of each hue in OKLCh degrees, as codes into HUES."""
    return np.asarray((np.searchsorted(_HUE_EDGES, hue % 360, side="right") - 1) % len(HUES), np.int64)


def with_article(noun: str) -> str:
    """The noun after "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


class _ShapeTexts(LazyTexts):
    """The captions, written when they are read."""

    def __init__(self, seed: int, index: Index, attributes: Mapping[str, Attribute]) -> None:
        self._seed, self._index, self._attributes = seed, index, attributes

    def __len__(self) -> int:
        return len(self._index)

    def captions_of(self, row: int) -> tuple[str, ...]:
        values = {name: attribute.words[int(attribute.codes[row])] for name, attribute in self._attributes.items()}
        # The last number sets this stream apart from others with the same seed.
        draw = np.random.Generator(np.random.PCG64([self._seed, int(self._index[row]), 7_331]))
        chances: npt.NDArray[np.float64] = draw.random((COUNT, len(_NAMED) + 1))
        return tuple(_text(values, numbers, complete=number == 0) for number, numbers in enumerate(chances))


def _text(values: Mapping[str, str], chances: npt.NDArray[np.float64], complete: bool) -> str:
    """One caption. `chances`: (6,) in [0, 1), one for each attribute and one for the frame."""
    named = {
        name: values[name]
        for (name, share), chance in zip(_NAMED.items(), chances, strict=False)
        if name in values and (complete or chance < share)
    }
    noun = " ".join([*(named[name] for name in ("size", "hue") if name in named), named.get("shape", "shape")])
    parts = [with_article(noun)]
    if "place" in named:
        parts.append(named["place"])
    if "background" in named:
        parts.append(f"on a {named['background']} background")
    return FRAMES[int(chances[-1] * len(FRAMES))].format(" ".join(parts))
