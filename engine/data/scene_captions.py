"""Captions of the rendered scenes: which objects they show, and how these lie to each other."""

from __future__ import annotations

import numpy as np

from engine.data.captions import Attribute, Captions, LazyTexts
from engine.data.outlines import SHAPES
from engine.data.scenes import MOST, Scenes
from engine.data.shape_captions import COUNT, FRAMES, GROUNDS, HUES, hue_codes, with_article

COUNTS = ("one shape", "two shapes", "three shapes", "four shapes")
# How often a caption after the first names each of these.
_HUE, _SHAPE, _GROUND = 0.75, 0.85, 0.4
# Of those captions: how many give the number of the objects, and how many name a single one.
_COUNTING, _SINGLE = 0.15, 0.25
# Frames that fit one object and several.
_FRAMES = tuple(frame for frame in FRAMES if " is " not in frame)
_PROMPTS = ("a {}", "a picture of a {}", "an image of a {}", "this shows a {}")


def captions(scenes: Scenes) -> Captions:
    """Five captions of each scene. The first names the hue and the shape of all objects, how the first two of them lie to each
    other ("a red star left of a blue ring"), and the background; the others leave some out, or give only the number of the objects.
    A pure function of the seed, the image and the caption's number."""
    attributes = {
        "shape": Attribute(SHAPES, np.asarray(scenes.of_largest("shape"), np.int64), _PROMPTS),
        "hue": Attribute(HUES, hue_codes(scenes.of_largest("hue")), tuple(f"{prompt} shape" for prompt in _PROMPTS)),
        "objects": Attribute(COUNTS, scenes.count - 1, ("{}", "a picture of {}", "an image of {}", "this shows {}")),
        "background": Attribute(GROUNDS, scenes.ground.background, ("a shape on a {} background", "shapes on a {} background")),
    }
    return Captions(_SceneTexts(scenes), attributes)


class _SceneTexts(LazyTexts):
    """The captions, written when they are read."""

    def __init__(self, scenes: Scenes) -> None:
        self._seed, self._index, self._count = scenes.ground.seed, scenes.ground.index, scenes.count
        self._largest, self._ground = scenes.largest, scenes.ground.background
        self._shapes = np.stack([one.shape for one in scenes.objects], axis=1)
        self._hues = np.stack([hue_codes(one.hue) for one in scenes.objects], axis=1)
        self._x, self._y = (np.stack([getattr(one, axis) for one in scenes.objects], axis=1) for axis in ("x", "y"))

    def __len__(self) -> int:
        return len(self._count)

    def captions_of(self, row: int) -> tuple[str, ...]:
        # The last number sets this stream apart from others with the same seed.
        draw = np.random.Generator(np.random.PCG64([self._seed, int(self._index[row]), 9_127]))
        chances = draw.random((COUNT, 3 + 3 * MOST))
        return tuple(self._text(row, list(numbers), complete=number == 0) for number, numbers in enumerate(chances.tolist()))

    def _text(self, row: int, chances: list[float], complete: bool) -> str:
        """One caption. `chances`: (3 + 3 MOST,) in [0, 1): for its kind, the background and the frame; then for the order of the
        objects, and for the hue and the shape of each."""
        count, largest = int(self._count[row]), int(self._largest[row])
        kind, ground, frame = chances[:3]
        order, hues, shapes = (chances[3 + MOST * part :][:MOST] for part in range(3))
        objects = sorted(range(count), key=lambda one: (one != largest, order[one]) if complete else (order[one],))
        nouns = [
            with_article(
                " ".join(
                    [
                        *([HUES[self._hues[row, one]]] if complete or hues[one] < _HUE else []),
                        SHAPES[self._shapes[row, one]] if complete or shapes[one] < _SHAPE else "shape",
                    ]
                )
            )
            for one in objects
        ]
        if not complete and kind < _COUNTING:
            text = COUNTS[count - 1]
        elif count == 1 or (not complete and kind < _COUNTING + _SINGLE):
            text = nouns[0]
        else:
            text = f"{nouns[0]} {self._relation(row, *objects[:2])} {nouns[1]}"
            rest = nouns[2:] if complete else []
            text += f" with {' and '.join(rest)}" if rest else ""
        if complete or ground < _GROUND:
            text += f" on a {GROUNDS[self._ground[row]]} background"
        return _FRAMES[int(frame * len(_FRAMES))].format(text)

    def _relation(self, row: int, one: int, other: int) -> str:
        """Where an object lies, seen from another: along the axis on which they are further apart."""
        across, down = self._x[row, one] - self._x[row, other], self._y[row, one] - self._y[row, other]
        if abs(across) >= abs(down):
            return "left of" if across < 0 else "right of"
        return "above" if down < 0 else "below"
