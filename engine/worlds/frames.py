"""Pictures of a world as a data set: states that a random policy comes to, each with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.config.run import DataConfig
from engine.data import outlines, shape_colours, shapes
from engine.data.dataset import Bytes, Index
from engine.data.image_store import Chunk, Order, digest_of
from engine.data.rendered_shapes import code_of
from engine.data.source import ImageListing
from engine.data.source_table import Source
from engine.execute.progress import ProgressCallback
from engine.worlds import catch, reach, scene, visit
from engine.worlds.open_world import open_world
from engine.worlds.world import State, World, middle

# Numbers of episodes: those of training are below, those that a run is tested on begin here, those of the data set there.
HELD_OUT, OF_FRAMES = 1 << 40, 1 << 41
_NEXT = 1 << 32  # between the numbers of an episode and the one that follows it
LONGEST = 32  # steps of the random policy before a picture
_SLOT = 50_000
_CHUNK = 512


def open_source(row: Source, config: DataConfig, progress: ProgressCallback) -> ImageListing:
    """`data.count` pictures of `data.size` px (0: the world's own) of a world, with the states as factors."""
    side = config.size or row.size
    world = open_world(config)
    states, pictures = frames(world, config.count, config.seed, side if world.keeps_frames else 0, progress)
    labels, classes = world.labels(states)
    content = np.array([digest_of(row.tobytes()) for row in (states if pictures is None else pictures)], np.uint64)
    rows = np.arange(config.count)

    def chunks() -> Iterator[Chunk]:
        for start in range(0, config.count, _CHUNK):
            part = slice(start, start + _CHUNK)
            made = pictures[part] if pictures is not None else middle(world.render(states[part], side, rows[part]), side)
            yield Chunk(made, rows[part], labels[part], content=content[part])

    name = f"{row.id} {config.seed} {config.count} {config.scene} {config.distractor}"
    code = code_of(outlines, shape_colours, shapes, scene, reach, catch, visit)
    order = Order(row.id.replace(":", "_").replace("/", "_"), name, code, config.count, side, slow=False)
    own = np.zeros(config.count, np.int8)
    return ImageListing(row.id, order, chunks, own, classes, factors=world.factors(states), world=row.id)


def frames(
    world: World, count: int, seed: int, size: int = 0, progress: ProgressCallback | None = None
) -> tuple[State, Bytes | None]:
    """States (count, D), each after its own number of steps, 0 to 31, of a random policy from the beginning of an episode of its
    own, or of the next one where that was over; and with a `size` pictures (count, 3, size, size) of them, which a world that is an
    object with a state can only make at the moment."""
    states = np.zeros((count, len(world.columns)))
    pictures = np.zeros((count, 3, size, size), np.uint8) if size else None
    longest = min(world.limit, LONGEST)
    for start in range(0, count, _CHUNK):
        number = np.arange(start, min(start + _CHUNK, count))
        envs = number - start
        wanted = (shapes.uniform_at(seed, number, _SLOT) * longest).astype(np.int64)
        state = world.reset(OF_FRAMES + number, envs)
        for time in range(longest):
            now = wanted == time
            states[number[now]] = state[now]
            if pictures is not None and now.any():
                pictures[number[now]] = middle(world.render(state[now], size, envs[now]), size)
            going = wanted > time
            if not going.any():
                break
            state = state.copy()
            state[going] = _moved(world, state[going], number[going], envs[going], seed, time)
        if progress is not None:
            progress(min(1.0, (start + _CHUNK) / count), "")
    return states, pictures


def _moved(world: World, state: State, number: Index, envs: Index, seed: int, time: int) -> State:
    """The states after a random action; where the episode is over, the first state of another one."""
    moved = world.step(state, random_actions(world, seed, OF_FRAMES + number, time), envs)
    after = moved.state.copy()
    if moved.over.any():
        following = OF_FRAMES + _NEXT * (time + 1) + number[moved.over]
        after[moved.over] = world.reset(following, envs[moved.over])
    return after


def random_actions(world: World, seed: int, episodes: Index, time: int) -> npt.NDArray[np.int64]:
    """An action (n,) for each episode at a time, each as likely as any other: a function of (seed, episode, time)."""
    return (shapes.uniform_at(seed, episodes, _SLOT + 1 + time) * len(world.actions)).astype(np.int64)
