"""Captions of the rendered shapes, in words of their factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.data import row_draws
from engine.data.captions import Attribute, Captions, LazyTexts
from engine.data.dataset import Index
from engine.data.outlines import SHAPES
from engine.data.shapes import World

COUNT = 5  # captions an image
_STREAM = 7_331  # sets the draws of captions apart from others with the same seed
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
        codes = [1 + int(self._attributes[name].codes[row]) if name in self._attributes else 0 for name in _NAMED]
        draw = np.random.Generator(np.random.PCG64([self._seed, int(self._index[row]), _STREAM]))
        chances = draw.random((COUNT, len(_NAMED) + 1)).tolist()
        texts = []
        for number, (*of_names, of_frame) in enumerate(chances):
            # The first caption names everything; the code 0 is for what is not named.
            parts = zip(codes, of_names, _NAMED.values(), strict=True)
            named = [code if number == 0 or chance < share else 0 for code, chance, share in parts]
            texts.append(_text(named, int(of_frame * len(FRAMES))))
        return tuple(texts)

    def captions_of_all(self, rows: Index) -> list[tuple[str, ...]]:
        index = self._index[rows]
        chances = row_draws.uniform(self._seed, index, _STREAM, COUNT * (len(_NAMED) + 1))
        chances = chances.reshape(len(index), COUNT, len(_NAMED) + 1)
        codes = np.zeros((len(index), COUNT, len(_NAMED)), np.int64)
        for column, (name, share) in enumerate(_NAMED.items()):
            if name in self._attributes:
                named = chances[:, :, column] < share
                named[:, 0] = True
                codes[:, :, column] = np.where(named, 1 + self._attributes[name].codes[rows][:, None], 0)
        frames = (chances[:, :, -1] * len(FRAMES)).astype(np.int64)
        return [
            tuple(_text(named, frame) for named, frame in zip(of_image, of_frames, strict=True))
            for of_image, of_frames in zip(codes.tolist(), frames.tolist(), strict=True)
        ]


def _text(codes: Sequence[int], frame: int) -> str:
    """One caption. `codes`: of the attributes that it names, 1 more than in their words, 0 for those that it does not name."""
    size, hue, shape, position, background = codes
    return FRAMES[frame].format(_noun(size, hue, shape) + _rest(position, background))


@cache
def _noun(size: int, hue: int, shape: int) -> str:
    words = [*([SIZES[size - 1]] if size else []), *([HUES[hue - 1]] if hue else []), SHAPES[shape - 1] if shape else "shape"]
    return with_article(" ".join(words))


@cache
def _rest(position: int, background: int) -> str:
    return (f" {PLACES[position - 1]}" if position else "") + (f" on a {GROUNDS[background - 1]} background" if background else "")
