"""How the states of the rendered worlds are drawn: some shapes before a background, by the renderer of the data set `shapes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.data import shapes
from engine.data.dataset import Bytes, Factor, Index
from engine.data.outlines import SHAPES
from engine.data.shape_colours import to_srgb
from engine.worlds.world import margin_of

Numbers = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

FIXED = 0  # the look of a world whose scene does not change
OWN = 90  # degrees to either side by which the hues of things differ between scenes
_REACH = 1.5  # radii from the middle of a thing to the end of its shadow
_CHUNK = 200_000  # pixels that are drawn at once: as many as fit in the processor's cache


@dataclass(frozen=True, eq=False)
class Thing:
    """Something in n scenes. x, y: (n,) shares of the side, from the top left. size: radius as a share of the side. shape: (n,)
    codes into SHAPES. hue: (n,) degrees."""

    x: Numbers
    y: Numbers
    size: float
    shape: Index
    hue: Floats


def looks(seed: int, look: Numbers) -> shapes.World:
    """Background, light and first hue of scenes (n,) by number."""
    return shapes.draw(seed, look.astype(np.int64))


def hues(seed: int, world: shapes.World, look: Numbers) -> tuple[Floats, Floats, Floats]:
    """The hues (n,), in degrees, of the disc, of the target (in `catch` the paddle) and of the distractor. The disc has the same in
    all scenes, so that it can be told from the target, wherever it is: in 32 px their shapes are too small for that. The others lie
    150 and 250 degrees from it, and in scenes that change up to OWN degrees less or more, both alike."""
    disc = np.full(len(world), looks(seed, np.zeros(1)).hue[0], np.float32)
    own = np.where(look == FIXED, 0, (world.hue / 180 - 1) * OWN)
    target, other = (((disc + turn + own) % 360).astype(np.float32) for turn in (150.0, 250.0))
    return disc, target, other


def shape_at(world: shapes.World, position: int) -> Index:
    """One of the shapes other than the disc for each scene, (n,): another for each `position`."""
    return 1 + (world.shape + position) % (len(SHAPES) - 1)


def render(world: shapes.World, things: Sequence[Thing], size: int) -> Bytes:
    """Pictures (n, 3, s, s) of scenes, the later things over the earlier, s = `size` + 2 * `margin_of(size)`. The middle of `size`
    px shows the scene from 0 to 1; the background goes on around it."""
    margin = margin_of(size)
    side = size + 2 * margin
    inner, offset = size / side, margin / side
    fine = side * max(1, -(-shapes.FINEST // side))
    images = np.empty((len(world), 3, side, side), np.uint8)
    step = max(1, _CHUNK // (fine * fine))
    none = np.zeros(len(world), np.float32)
    bare = replace(world, shape=np.zeros(len(world), np.int64), size=none, x=none, y=none, rotation=none)
    drawn = [
        replace(
            bare,
            shape=thing.shape,
            hue=thing.hue,
            size=np.full(len(world), thing.size * inner, np.float32),
            x=(thing.x * inner + offset).astype(np.float32),
            y=(thing.y * inner + offset).astype(np.float32),
        )
        for thing in things
    ]
    for start in range(0, len(world), step):
        part = slice(start, start + step)
        some = bare.take(part)
        _, first, which = np.unique(some.index, return_index=True, return_inverse=True)
        colour = shapes.lit_ground(some.take(first), fine)[which]
        for one in drawn:
            _draw(colour, one.take(part))
        images[part] = to_srgb(shapes.shrink(colour, side))
    return images


def _draw(colour: npt.NDArray[np.float32], things: shapes.World) -> None:
    """Draw one thing in each of the pictures (n, 3, s, s), in place: in a square around it alone, as far as its shadow reaches."""
    side = colour.shape[-1]
    wide = min(side, int(np.ceil(2 * _REACH * float(things.size.max(initial=0)) * side)) + 2)
    left, top = (
        np.clip(np.round(at * side - wide / 2).astype(np.int64), 0, side - wide)
        for at in (things.x.astype(float), things.y.astype(float))
    )
    across = np.arange(wide)
    rows = np.arange(len(colour))[:, None, None, None]
    env = (
        rows,
        np.arange(3)[None, :, None, None],
        (top[:, None] + across)[:, None, :, None],
        (left[:, None] + across)[:, None, None, :],
    )
    square = colour[env]
    own = replace(
        things,
        x=((things.x * side - left) / wide).astype(np.float32),
        y=((things.y * side - top) / wide).astype(np.float32),
        size=(things.size * side / wide).astype(np.float32),
    )
    shapes.draw_shape(square, own)
    colour[env] = square


def look_factors(seed: int, look: Numbers) -> dict[str, Factor]:
    """What is known of the looks (n,) of scenes that change, by name. `hue` is that of the target."""
    world = looks(seed, look)
    return {
        "hue": Factor(hues(seed, world, look)[1], "angle", unit="°"),
        "background": Factor(world.background, "category", shapes.BACKGROUNDS),
        "background hue": Factor(world.ground_hue, "angle", unit="°"),
        "background tone": Factor(world.tone, "number"),
    }


def drawn_position(seed: int, episodes: Index, slot: int, low: float, high: float) -> Numbers:
    """Numbers (n,) between `low` and `high`, each a function of (seed, episode, slot)."""
    return np.asarray(low + (high - low) * shapes.uniform_at(seed, episodes, slot))


def far_from(seed: int, episodes: Index, slot: int, x: Numbers, y: Numbers, least: float, low: float, high: float) -> Numbers:
    """Positions (n, 2) between `low` and `high`, at least `least` from (x, y): the first of 32 drawn that is."""
    tries = np.stack([drawn_position(seed, episodes, slot + number, low, high) for number in range(64)], axis=1).reshape(-1, 32, 2)
    good = np.hypot(tries[..., 0] - x[:, None], tries[..., 1] - y[:, None]) >= least
    chosen: Numbers = tries[np.arange(len(tries)), good.argmax(1)]
    return chosen
