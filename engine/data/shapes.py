"""A procedural data set: one shape before a textured background, with its own light, every factor drawn independently and known.

Image i depends on (seed, i) alone, so that a larger count keeps the images of a smaller one; the same factors give the same
picture at any resolution. Shape and colour are independent.

The simple world has the same shapes, sizes, positions, colours and lights, but upright and on a plain dark background: texture,
tone and free rotation tell images apart more easily than the shape does, so that a short contrastive run learns those first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Factor, Index
from engine.data.image_store import digest_of
from engine.data.outlines import SHAPES, lookup
from engine.data.shape_colours import from_oklch, to_srgb, vivid

Floats = npt.NDArray[np.float32]

BACKGROUNDS = ("plain", "stripes", "checker", "dots", "noise", "gradient")
_OCTAVES = (5, 10, 20)
HUE_SPREAD = 6  # degrees to either side of the hue of a background that the shape decides
UPRIGHT = 30  # degrees to either side of upright in the simple world, and where shapes stand upright
FINEST = 64  # pixels a side below which an image is rendered larger and averaged


@dataclass(frozen=True, eq=False)
class World:
    """Factors of n images; every array is (n,).

    shape, background: codes into SHAPES, BACKGROUNDS. hue, ground_hue: OKLCh degrees. size: radius as a share of the side. x, y:
    centre as shares of the side, from the top left. rotation: degrees, clockwise. light: degrees, where the light comes from (0
    right, 90 above). tone: OKLab lightness of the ground. angle, period, phase_x, phase_y: of the texture; they are drawn
    and not reported. index, seed: identify the images.
    """

    seed: int
    index: Index
    shape: Index
    background: Index
    hue: Floats
    ground_hue: Floats
    size: Floats
    x: Floats
    y: Floats
    rotation: Floats
    light: Floats
    tone: Floats
    angle: Floats
    period: Floats
    phase_x: Floats
    phase_y: Floats

    def __len__(self) -> int:
        return len(self.index)

    def take(self, rows: slice | npt.NDArray[np.generic]) -> World:
        """Some of the images."""
        values = {name: value if name == "seed" else value[rows] for name, value in vars(self).items()}
        return World(**values)


# Raised when the same factors give another picture: then a run's images are no longer those that it was trained on.
LOOK = 1


def digests(world: World) -> npt.NDArray[np.uint64]:
    """Digest of each image, (n,), from its factors. Not from its pixels, which can differ by one grey level between processors,
    whose cosines differ."""
    values = [value for name, value in sorted(vars(world).items()) if name not in ("seed", "index")]
    table = np.stack([np.asarray(value, np.float32) for value in values], axis=1)
    head = f"{LOOK} {world.seed}".encode()
    # The factors are drawn by exact arithmetic and rounded once: the same bytes on every machine.
    return np.array(
        [digest_of(head, int(i).to_bytes(8, "little"), row.tobytes()) for i, row in zip(world.index, table, strict=True)], np.uint64
    )


def draw(seed: int, index: Index, simple: bool = False, bias: float = 0.0, upright: bool = False) -> World:
    """The factors of images `index` (n,) of the world `seed`, each independent of all others. `simple`: upright shapes on a plain
    dark background. `bias`: the probability, 0 to 1, that the shape decides its background: the hue (a tenth of the circle for each
    shape) and the pattern. All other factors are those of the world without bias. `upright`: the shapes are turned by at most
    UPRIGHT degrees, and the light comes from straight above or at most as far from it. Otherwise both angles are uniform on the
    circle, so that an image that was turned by 90 degrees is as likely as before."""

    def uniform(slot: int, low: float, high: float) -> Floats:
        return (low + (high - low) * uniform_at(seed, index, slot)).astype(np.float32)

    def choice(slot: int, many: int) -> Index:
        return np.minimum((uniform_at(seed, index, slot) * many).astype(np.int64), many - 1)

    dark = uniform_at(seed, index, 10) < 0.5
    tone = np.where(dark, uniform(9, 0.32, 0.46), uniform(9, 0.82, 0.93)).astype(np.float32)
    shape, ground_hue = choice(0, len(SHAPES)), uniform(3, 0, 360)
    background = np.zeros(len(index), np.int64) if simple else choice(1, len(BACKGROUNDS))
    if bias:
        decided = uniform_at(seed, index, 15) < bias
        own_hue = (shape * (360 / len(SHAPES)) + uniform(3, -HUE_SPREAD, HUE_SPREAD)) % 360
        ground_hue = np.where(decided, own_hue, ground_hue).astype(np.float32)
        background = np.where(decided, shape % len(BACKGROUNDS), background)
    return World(
        seed=seed,
        index=index,
        shape=shape,
        background=background,
        hue=uniform(2, 0, 360),
        ground_hue=ground_hue,
        size=uniform(4, 0.19, 0.34),
        x=uniform(5, 0.35, 0.65),
        y=uniform(6, 0.35, 0.65),
        rotation=uniform(7, -UPRIGHT, UPRIGHT) % 360 if simple or upright else uniform(7, 0, 360),
        light=uniform(8, 90 - UPRIGHT, 90 + UPRIGHT) if upright else uniform(8, 0, 360),
        tone=uniform(9, 0.28, 0.50) if simple else tone,
        angle=uniform(11, 0, 360),
        period=uniform(12, 0.17, 0.30),
        phase_x=uniform(13, 0, 1),
        phase_y=uniform(14, 0, 1),
    )


def factors(world: World, simple: bool = False) -> Mapping[str, Factor]:
    """The factors of the images, by name. In the simple world all backgrounds are of one kind, which is therefore no factor."""
    table = {
        "shape": Factor(world.shape, "category", SHAPES),
        "hue": Factor(world.hue, "angle", unit="°"),
        "size": Factor(world.size, "number", unit="of the side"),
        "x": Factor(world.x, "number", unit="of the side"),
        "y": Factor(world.y, "number", unit="of the side"),
        "rotation": Factor(world.rotation, "angle", unit="°"),
        "background": Factor(world.background, "category", BACKGROUNDS),
        "background hue": Factor(world.ground_hue, "angle", unit="°"),
        "background tone": Factor(world.tone, "number"),
        "light": Factor(world.light, "angle", unit="°"),
    }
    if simple:
        del table["background"]
    return table


def render(world: World, size: int) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Images (n, 3, size, size) uint8 and foreground masks (n, size, size) bool."""
    images = np.empty((len(world), 3, size, size), np.uint8)
    masks = np.empty((len(world), size, size), np.bool_)
    fine = size * max(1, -(-FINEST // size))
    step = max(1, 200_000 // (fine * fine))  # as many at once as fit in the processor's cache
    for start in range(0, len(world), step):
        part = slice(start, start + step)
        colour, cover = _paint(world.take(part), fine)
        images[part] = to_srgb(shrink(colour, size))
        masks[part] = shrink(cover, size) > 0.5
    return images, masks


def shrink(fine: Floats, size: int) -> Floats:
    """Means over squares of pixels: (..., side, side) to (..., size, size), where `side` is a multiple of `size`."""
    many = fine.shape[-1] // size
    if many == 1:
        return fine
    rows = fine.reshape(*fine.shape[:-1], size, many).sum(-1)
    return np.asarray(rows.reshape(*rows.shape[:-2], size, many, size).sum(-2) / np.float32(many * many))


def _paint(world: World, side: int) -> tuple[Floats, Floats]:
    """Linear light (n, 3, side, side) and how much of each pixel the shape covers (n, side, side)."""
    colour = lit_ground(world, side)
    return colour, draw_shape(colour, world)


def lit_ground(world: World, side: int) -> Floats:
    """The textured background, a little brighter towards the light, as linear light (n, 3, side, side)."""
    px, py = _centres(side)
    light_x, light_y = _towards_light(world)
    ground = _ground(world, px, py, side)
    ground *= (1 + 0.12 * ((px - 0.5) * light_x + (py - 0.5) * light_y))[:, None]
    return ground


def draw_shape(colour: Floats, world: World) -> Floats:
    """Draw the shapes of n images, and the soft shadow that falls away from the light, over what `colour` (n, 3, side, side) has
    there, in place. Returns how much of each pixel the shape covers, (n, side, side)."""
    side = colour.shape[-1]
    px, py = _centres(side)
    dx, dy = px - _wide(world.x), py - _wide(world.y)
    radius = _wide(world.size)
    light_x, light_y = _towards_light(world)

    distance, slope_x, slope_y = _measure(world, dx, dy)
    pixel = np.float32(1 / side) / radius
    cover = _step(0.5 - distance / pixel)

    cast, _, _ = _measure(world, dx + light_x * radius * 0.20, dy + light_y * radius * 0.20)
    colour *= (1 - 0.42 * _step((0.26 - cast) / 0.52))[:, None]

    # The shape: a rounded rim with a highlight, a slight gradient over the whole shape, a gloss near the light.
    rim = np.clip(1 + distance / 0.42, 0, 1)
    rim *= rim
    tilt = (slope_x * light_x + slope_y * light_y) * rim
    along = (dx * light_x + dy * light_y) / radius
    shade = 0.92 + 0.34 * tilt + 0.16 * along
    gloss_x, gloss_y = dx / radius - 0.42 * light_x, dy / radius - 0.42 * light_y
    gloss = 0.20 * np.exp(-(gloss_x * gloss_x + gloss_y * gloss_y) * 7) * (1 - rim)
    gloss += 0.22 * np.maximum(tilt - 0.30, 0)
    body = vivid(world.hue)[:, :, None, None] * np.clip(shade, 0.25, 1.35)[:, None]
    body += (1 - body) * gloss[:, None]
    colour += (body - colour) * cover[:, None]
    return cover


def _centres(side: int) -> tuple[Floats, Floats]:
    """x (1, 1, side) and y (1, side, 1) of the pixels' centres, as shares of the side."""
    centre = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
    return centre[None, None, :], centre[None, :, None]


def _towards_light(world: World) -> tuple[Floats, Floats]:
    return _wide(np.cos(np.deg2rad(world.light))), _wide(-np.sin(np.deg2rad(world.light)))


def _measure(world: World, dx: Floats, dy: Floats) -> tuple[Floats, Floats, Floats]:
    """Distance to the outline in radii, negative inside, and its slope along the image's x and y, each (n, side, side)."""
    cos, sin = np.cos(np.deg2rad(world.rotation)), np.sin(np.deg2rad(world.rotation))
    c, s = _wide(cos / world.size), _wide(sin / world.size)
    measured = lookup(world.shape, dx * c + dy * s, dy * c - dx * s)
    c, s = _wide(cos), _wide(sin)
    return measured[..., 0], measured[..., 1] * c - measured[..., 2] * s, measured[..., 1] * s + measured[..., 2] * c


def _ground(world: World, px: Floats, py: Floats, side: int) -> Floats:
    """The textured background as linear light, (n, 3, side, side)."""
    value = np.zeros((len(world), side, side), np.float32)
    for code, name in enumerate(BACKGROUNDS):
        rows = np.flatnonzero(world.background == code)
        if len(rows) and name != "plain":
            value[rows] = _texture(name, world.take(rows), px, py, side)
    # Muted: little colour, and two tones close to each other, of one hue.
    chroma = np.where(world.tone < 0.6, 0.056, 0.042)
    spread = np.where(world.tone < 0.6, 0.055, 0.048)
    low = from_oklch(world.tone - spread, chroma * 0.95, world.ground_hue).astype(np.float32)
    high = from_oklch(world.tone + spread, chroma * 0.9, world.ground_hue).astype(np.float32)
    middle, half = (low + high) / 2, (high - low) / 2
    return np.asarray(np.clip(middle, 0, 1)[:, :, None, None] + half[:, :, None, None] * value[:, None])


def _texture(name: str, world: World, px: Floats, py: Floats, side: int) -> Floats:
    """A pattern between -1 and 1, edges a pixel wide, (n, side, side)."""
    if name == "noise":
        return _noise(world, side)
    cos, sin = _wide(np.cos(np.deg2rad(world.angle))), _wide(np.sin(np.deg2rad(world.angle)))
    u, v = px * cos + py * sin, py * cos - px * sin
    if name == "gradient":
        middle_u, middle_v = px - 0.5, py - 0.5
        return np.asarray(np.clip((middle_u * cos + middle_v * sin) * 2.4, -1.6, 1.6), dtype=np.float32)
    period = _wide(world.period)
    u = u / period + _wide(world.phase_x)
    v = v / period + _wide(world.phase_y)
    edge = period * np.float32(side)  # pixels a period
    if name == "stripes":
        return _band(u, edge)
    if name == "checker":
        return np.asarray(_band(u * 0.7, edge / 0.7) * _band(v * 0.7, edge / 0.7))
    # Dots in staggered rows.
    row = np.floor(v)
    across = u + 0.5 * (row % 2)
    distance = np.hypot(across - np.floor(across) - 0.5, v - row - 0.5)
    return np.asarray(np.clip((0.29 - distance) * 2 * edge, -1, 1), dtype=np.float32)


def _band(position: npt.NDArray[np.floating], edge: npt.NDArray[np.floating]) -> Floats:
    """A square wave of period 1 whose flanks are one pixel wide; `edge` is pixels a period."""
    saw = np.abs(position - np.floor(position) - 0.5) - 0.25
    return np.asarray(np.clip(saw * 2 * edge, -1, 1), dtype=np.float32)


def _noise(world: World, side: int) -> Floats:
    """Clouds: lattices of drawn values, smoothly interpolated and summed over octaves."""
    total = np.zeros((len(world), side, side), np.float32)
    centre = (np.arange(side) + 0.5) / side
    for octave, cells in enumerate(_OCTAVES):
        nodes = cells + 1
        slots = 100 + 1000 * octave + np.arange(nodes * nodes)
        lattice = uniform_at(world.seed, world.index[:, None], slots[None, :]).reshape(-1, nodes, nodes).astype(np.float32) * 2 - 1
        low = np.minimum((centre * cells).astype(np.int64), cells - 1)
        share = centre * cells - low
        share = share * share * (3 - 2 * share)
        weights = np.zeros((side, nodes), np.float32)
        weights[np.arange(side), low] = 1 - share
        weights[np.arange(side), low + 1] = share
        total += (0.55**octave) * (weights @ lattice @ weights.T)
    return np.asarray(np.clip(total * 1.45, -1.4, 1.4))


def _wide(values: npt.NDArray[np.floating]) -> Floats:
    return values.astype(np.float32)[:, None, None]


def _step(value: npt.NDArray[np.floating]) -> Floats:
    inside = np.clip(value, 0, 1)
    return np.asarray(inside * inside * (3 - 2 * inside), dtype=np.float32)


def uniform_at(seed: int, index: npt.NDArray[np.int64], slot: int | npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1), a pure function of (seed, index, slot): a counter-based generator, so that any image can be drawn alone.

    The mixing is SplitMix64 (Steele, Lea, Flood, 2014), chained over the three numbers."""
    with np.errstate(over="ignore"):
        state = _mix(np.asarray(seed, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15))
        state = _mix(state + np.asarray(index).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        state = _mix(state + np.asarray(slot).astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) + np.uint64(1))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(value ^ (value >> np.uint64(31)))
