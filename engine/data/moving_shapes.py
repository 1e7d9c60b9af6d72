"""Clips of one moving shape before a textured background, with the exact flow of every frame and a sound made from the factors.

Clip i depends on (seed, i) alone; its background, light and colour are those of image i of the shapes with the same seed. Its class
is its motion, drawn by Zipf's law: the i-th motion has the probability 1 / (i^s H), which is the prior that Evolving Losses
(2002.12177) compares clusters with. The sound follows from the factors: a faster shape sounds higher, a larger one louder, the
shape decides the harmonics, and a bounce clicks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.data import shapes
from engine.data.dataset import FRAME, Bytes, Factor, Index
from engine.data.image_store import digest_of
from engine.data.outlines import SHAPES
from engine.data.shape_colours import to_srgb
from engine.data.shapes import World, uniform_at

Floats = npt.NDArray[np.float32]

FRAMES = 8
SHOWN = FRAMES // 2  # the frame that stands for the clip as an image
# From the most frequent to the rarest.
MOTIONS = ("right", "left", "up", "down", "spin right", "spin left", "grow", "shrink", "bounce", "orbit")
EXPONENT = 1.0  # s of Zipf's law
SIZES = (0.13, 0.20)  # radius as a share of the side, at the middle of the clip
SPEEDS = (0.02, 0.06)  # shares of the side a frame
TURN = 400.0  # degrees a frame of a spin, for each unit of speed: at most 24, below half the symmetry of the star and the hexagon
GROWTH = 2.0  # logarithm of the growth a frame, for each unit of speed
ROUND = ("disc", "ring")  # their spin cannot be seen: in a spin another shape is drawn

RATE = 4000  # samples a second
SAMPLES = 4000  # of a clip, which lasts a second
PITCHES = (220.0, 640.0)  # Hz, at the least and the greatest speed: the third harmonic is below half the rate
HARMONICS = 3
_LOUDEST = 0.9 * 32767
_CLICK = 0.006  # seconds in which a click fades by e

_SLOT = 60_000  # of the first draw that the shapes do not have
# Raised when the same factors give another clip.
LOOK = 1


@dataclass(frozen=True, eq=False)
class Clips:
    """n clips. world: (n,) factors as of the shapes: size, x, y and rotation are those at the middle of the clip, in an orbit x and
    y are its centre, in a bounce y is its lowest point. motion: (n,) codes into MOTIONS. speed: (n,) shares of the side a frame.
    turn: (n,) 1 or -1, the sense of an orbit. radius: (n,) of an orbit, a share of the side. phase: (n,) radians, where an orbit is
    at the middle of the clip. contact: (n,) the time of the bounce, in frames."""

    world: World
    motion: Index
    speed: Floats
    turn: Floats
    radius: Floats
    phase: Floats
    contact: Floats

    def __len__(self) -> int:
        return len(self.motion)

    def take(self, rows: slice | Index) -> Clips:
        """Some of the clips."""
        return Clips(self.world.take(rows), *(values[rows] for name, values in vars(self).items() if name != "world"))


def zipf(many: int, exponent: float = EXPONENT) -> npt.NDArray[np.float64]:
    """Zipf's law (many,): 1 / (i^s H), i from 1, H so that it adds up to 1."""
    weights = np.arange(1, many + 1, dtype=np.float64) ** -exponent
    return np.asarray(weights / weights.sum())


def draw(seed: int, index: Index) -> Clips:
    """The clips `index` (n,) of a seed, each independent of all others."""

    def uniform(slot: int, low: float, high: float) -> Floats:
        return (low + (high - low) * uniform_at(seed, index, _SLOT + slot)).astype(np.float32)

    motion = np.searchsorted(np.cumsum(zipf(len(MOTIONS))), uniform_at(seed, index, _SLOT), side="right")
    motion = np.minimum(motion, len(MOTIONS) - 1).astype(np.int64)
    world = shapes.draw(seed, index)
    spins = np.isin(motion, [MOTIONS.index("spin right"), MOTIONS.index("spin left")])
    angular = np.array([code for code, name in enumerate(SHAPES) if name not in ROUND])
    other = angular[np.minimum((uniform_at(seed, index, _SLOT + 1) * len(angular)).astype(np.int64), len(angular) - 1)]
    shape = np.where(spins & ~np.isin(world.shape, angular), other, world.shape)
    bounces = motion == MOTIONS.index("bounce")
    return Clips(
        world=replace(
            world,
            shape=shape,
            size=uniform(2, *SIZES),
            x=uniform(3, 0.42, 0.58),
            y=np.where(bounces, uniform(4, 0.62, 0.76), uniform(4, 0.42, 0.58)),
        ),
        motion=motion,
        speed=uniform(5, *SPEEDS),
        turn=np.where(uniform_at(seed, index, _SLOT + 6) < 0.5, -1, 1).astype(np.float32),
        radius=uniform(7, 0.12, 0.20),
        phase=uniform(8, 0, 2 * np.pi),
        contact=uniform(9, 2, 5),
    )


@dataclass(frozen=True, eq=False)
class Path:
    """Where the shapes of n clips are at `k` times: (n, k) each, in the units of `World`."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]
    rotation: npt.NDArray[np.float64]


def path(clips: Clips, times: npt.NDArray[np.floating] | Index) -> Path:
    """Positions, sizes and rotations at `times` (k,), in frames from the first, 0, to the last."""
    late = times[None, :] - (FRAMES - 1) / 2  # (1, k)
    speed, world = clips.speed[:, None].astype(np.float64), clips.world
    way = speed * late  # (n, k)
    does = {name: (clips.motion == code)[:, None] for code, name in enumerate(MOTIONS)}
    angle = clips.phase[:, None] + clips.turn[:, None] * way / clips.radius[:, None]
    radius = np.where(does["orbit"], clips.radius[:, None], 0.0)
    x = world.x[:, None] + np.where(does["right"], way, 0) - np.where(does["left"], way, 0) + radius * np.cos(angle)
    y = world.y[:, None] + np.where(does["down"], way, 0) - np.where(does["up"], way, 0) + radius * np.sin(angle)
    y = y - np.where(does["bounce"], speed * np.abs(times[None, :] - clips.contact[:, None]), 0)
    size = world.size[:, None].astype(np.float64) * np.exp(
        GROWTH * (np.where(does["grow"], way, 0) - np.where(does["shrink"], way, 0))
    )
    turned = TURN * (np.where(does["spin right"], way, 0) - np.where(does["spin left"], way, 0))
    return Path(x, y, size, world.rotation[:, None] + turned)


def render(clips: Clips, size: int) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Frames (n, FRAMES, 3, size, size) uint8 and masks of the shape in them (n, FRAMES, size, size) bool."""
    frames = np.empty((len(clips), FRAMES, 3, size, size), np.uint8)
    masks = np.empty((len(clips), FRAMES, size, size), np.bool_)
    fine = size * max(1, -(-shapes.FINEST // size))
    step = max(1, 200_000 // (FRAMES * fine * fine))  # as many at once as fit in the processor's cache
    where = path(clips, np.arange(FRAMES))
    for start in range(0, len(clips), step):
        part = np.arange(start, min(start + step, len(clips)))
        each = np.repeat(part, FRAMES)
        colour = np.repeat(shapes.lit_ground(clips.world.take(part), fine), FRAMES, axis=0)
        moved = {name: getattr(where, name)[part].reshape(-1).astype(np.float32) for name in ("x", "y", "size", "rotation")}
        cover = shapes.draw_shape(colour, replace(clips.world.take(each), **moved))
        frames[part] = to_srgb(shapes.shrink(colour, size)).reshape(-1, FRAMES, 3, size, size)
        masks[part] = (shapes.shrink(cover, size) > 0.5).reshape(-1, FRAMES, size, size)
    return frames, masks


def flow(clips: Clips, masks: npt.NDArray[np.bool_]) -> npt.NDArray[np.float16]:
    """Optical flow (n, FRAMES - 1, 2, S, S): how far, in pixels to the right and down, what is at a pixel's centre in frame t has
    moved in frame t + 1; 0 outside the shape, `masks` (n, FRAMES, S, S) of `render`."""
    side = masks.shape[-1]
    where = path(clips, np.arange(FRAMES))
    centre = (np.arange(side) + 0.5) / side
    x, y, grown = where.x[:, :, None, None], where.y[:, :, None, None], where.size[:, 1:] / where.size[:, :-1]
    dx, dy = centre[None, None, None, :] - x[:, :-1], centre[None, None, :, None] - y[:, :-1]  # from the shape's centre
    turned = np.deg2rad(np.diff(where.rotation, axis=1))
    cos, sin = (grown * np.cos(turned))[:, :, None, None], (grown * np.sin(turned))[:, :, None, None]
    # The shape is moved, turned clockwise (y points down) and scaled: p' = c' + k R (p - c).
    right = x[:, 1:] - x[:, :-1] + (cos - 1) * dx - sin * dy
    down = y[:, 1:] - y[:, :-1] + sin * dx + (cos - 1) * dy
    moved = np.stack([right, down], axis=2) * side
    return np.asarray(np.where(masks[:, :-1, None], moved, 0), dtype=np.float16)


def pitch(clips: Clips) -> npt.NDArray[np.float64]:
    """The fundamental frequency of each clip's sound, (n,) in Hz: geometric in the speed."""
    share = (clips.speed.astype(np.float64) - SPEEDS[0]) / (SPEEDS[1] - SPEEDS[0])
    return np.asarray(PITCHES[0] * (PITCHES[1] / PITCHES[0]) ** share)


def timbre(shape: Index) -> npt.NDArray[np.float64]:
    """The amplitudes of the harmonics of each shape, (n, HARMONICS), the first the largest."""
    second, third = shape % 4 / 4, shape // 4 / 3
    return np.stack([np.ones(len(shape)), 0.9 * second, 0.9 * third], axis=1)


def sound(clips: Clips) -> npt.NDArray[np.int16]:
    """The sound of each clip, (n, SAMPLES) int16 at RATE samples a second."""
    times = np.arange(SAMPLES) / RATE  # seconds
    moments = times * FRAMES * RATE / SAMPLES - 0.5  # frame t is the middle of its part of the sound
    where = path(clips, moments)
    amplitudes = timbre(clips.world.shape)
    tones = np.zeros((len(clips), SAMPLES))
    for number in range(HARMONICS):
        tones += amplitudes[:, number, None] * np.sin(2 * np.pi * (number + 1) * pitch(clips)[:, None] * times)
    largest = SIZES[1] * np.exp(GROWTH * SPEEDS[1] * FRAMES / 2)
    tones *= where.size / largest / amplitudes.sum(1, keepdims=True) * 0.7
    after = times[None] - ((clips.contact + 0.5) / FRAMES * SAMPLES / RATE)[:, None]  # seconds since the bounce
    bounces = (clips.motion == MOTIONS.index("bounce"))[:, None] & (after >= 0)
    # A click holds all frequencies: its samples have alternating and irregular signs, the same for every clip.
    signs = np.where(uniform_at(0, np.arange(SAMPLES), _SLOT) < 0.5, -1.0, 1.0)
    tones += np.where(bounces, 0.3 * signs * np.exp(-np.maximum(after, 0) / _CLICK), 0)
    return np.asarray(np.round(np.clip(tones, -1, 1) * _LOUDEST), dtype=np.int16)


def digests(clips: Clips) -> npt.NDArray[np.uint64]:
    """Digest of each clip, (n,), from its factors."""
    own = [np.asarray(values, np.float32) for name, values in sorted(vars(clips).items()) if name != "world"]
    table = np.stack(own, axis=1)
    below = shapes.digests(clips.world)
    return np.array(
        [
            digest_of(f"clip {LOOK}".encode(), int(one).to_bytes(8, "little"), row.tobytes())
            for one, row in zip(below, table, strict=True)
        ],
        np.uint64,
    )


def factors(clips: Clips) -> Mapping[str, Factor]:
    """The factors of the clips, by name: of the shape at the frame that is shown, its speed, when it bounces, and those of the
    background."""
    world, at = clips.world, path(clips, np.array([SHOWN]))
    moved = {name: getattr(at, name)[:, 0].astype(np.float32) for name in ("x", "y", "size")}
    table = dict(shapes.factors(replace(world, **moved, rotation=(at.rotation[:, 0] % 360).astype(np.float32))))
    bounces = clips.motion == MOTIONS.index("bounce")
    moment = np.where(bounces, clips.contact, np.nan).astype(np.float32)
    own = {"speed": Factor(clips.speed, "number", unit="of the side a frame"), "bounce": Factor(moment, "number", unit=FRAME)}
    return {**own, **table}
