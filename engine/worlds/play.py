"""An agent in a world: what it must be able to do, and episodes that it plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from torch import Generator, Tensor

from engine.data.dataset import Bytes, Index
from engine.worlds.frames import HELD_OUT, random_actions
from engine.worlds.world import State, World, margin_of


@dataclass(frozen=True, eq=False)
class Seen:
    """n episodes at a time, as a policy knows them. pictures: (n, stack, 3, s, s) uint8, the newest last; where fewer are `known`
    the first is repeated. taken: (n, stack - 1) the actions between them, of which the last `known` - 1 were taken. goals:
    (n, 3, s, s) uint8, pictures of states in which the goal is reached, where they are asked for. `left`: steps before the time
    limit."""

    pictures: Bytes
    taken: Index
    known: int
    left: int
    goals: Bytes | None


_CORNERS = (0.2, 0.8)  # of a scene, where something is put
# The values (n, A) of the actions.
Policy = Callable[[Seen], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Acting:
    """How a method acts while it learns. `worlds`: episodes that go on side by side, one step of each in a training step. `start`:
    steps by a random policy before the first training step. `replay`: steps that are kept. `stack`: pictures that it is given of an
    episode. `explore`: environment steps in which the share of random actions falls from 1 to `least`; with a `least` of 1 all
    actions are random, and the method need not be an `Agent`. `whole`: only steps are drawn whose episode has `stack` pictures
    before them, and the picture after a step with which an episode ended is its true one."""

    worlds: int
    start: int
    replay: int
    stack: int
    explore: int
    least: float = 0.05
    whole: bool = False


@runtime_checkable
class Agent(Protocol):
    """A method that acts in a world."""

    @property
    def acting(self) -> Acting:
        """How it acts while it learns."""
        ...

    def values(self, views: Sequence[Tensor]) -> Tensor:
        """The value (n, A) of each action, from the last pictures (n, 3, s, s) of n episodes, normalised, the newest last, with the
        margin of the world's pictures. Without gradient, in eval mode."""
        ...


@runtime_checkable
class Planner(Protocol):
    """A method that learns from random actions, and then finds actions that lead to a state which it is shown."""

    @property
    def acting(self) -> Acting:
        """Random actions, and whole histories."""
        ...

    def plan_values(self, views: Sequence[Tensor], taken: Tensor, goals: Tensor, left: int, generator: Generator) -> Tensor:
        """The value (n, A) of each action as the first of a plan to come to the goals (n, 3, s, s) within `left` steps. views: the
        last pictures (n, 3, s, s) of n episodes, normalised, the newest last, at most `stack`; taken: the actions (n, views - 1)
        between them. All pictures have the margin of the world's. Draws are made on the CPU by the generator. Without gradient, in
        eval mode."""
        ...


@dataclass(frozen=True, eq=False)
class Moves:
    """Steps (N,) of an agent, on the device of the batch, whose views are the pictures: `stack` before the step and one after it.
    actions: int64 indices. before: (N, stack - 1) int64, the actions between the pictures before the step, -1 where the episode
    had not begun. rewards: float32. ended: bool, the episode ended by the rules of the world, so that nothing is gained
    after the step. `measures`: by name, of the run so far: environment steps, the share of random actions, and of the last
    training episodes the mean return and the share that reached their goal."""

    actions: Tensor
    before: Tensor
    rewards: Tensor
    ended: Tensor
    measures: Mapping[str, float]


class Scenes(Protocol):
    """Held-out episodes, which a method plays for its pictures and its score. `actions`: the names of the world's actions.
    `has_goals`: whether the world knows the goals of its episodes, without which no planner can play them."""

    actions: tuple[str, ...]
    has_goals: bool

    def play(self) -> Played:
        """The episodes, played by the method as it is, always by the action of the largest value. ConfigError for a planner where
        the world knows no goals."""
        ...

    def baseline(self) -> float:
        """The share of the episodes that random actions solve."""
        ...

    def wander(self) -> Played:
        """The first episode alone, by random actions."""
        ...

    def jump(self, played: Played, at: int) -> Bytes | None:
        """Pictures (T + 1, 3, s, s) of the first of these episodes with the same actions, but what moves in the world is put to
        another corner of the scene before the picture `at`; None for a world where it cannot be."""
        ...

    def over_scene(self, side: int) -> Bytes | None:
        """Pictures (side * side, 3, s, s) of the first scene with what moves in the world put to every cell of a grid over it, row
        by row from the upper left; None for a world where it cannot be."""
        ...

    def views(self, pictures: Bytes) -> Tensor:
        """Pictures (n, 3, s, s) normalised, on the device."""
        ...

    def map_of_values(self, side: int) -> tuple[Bytes, npt.NDArray[np.float32]] | None:
        """The first picture of the first episode, (3, s, s), and the values (side, side, A) of all actions where what moves in the
        world is put to every cell of a grid over the scene, at rest; None for a world where it cannot be."""
        ...


@dataclass(frozen=True, eq=False)
class Played:
    """n episodes, T steps at most. success, returns: (n,). lengths: (n,) steps. Of the first episode: pictures (T + 1, 3, s, s),
    the last of its end, states (T + 1, D), actions (T,), rewards (T,) and values (T, A) of all actions; and the picture of its goal
    (3, s, s), where that was asked for."""

    success: npt.NDArray[np.bool_]
    returns: npt.NDArray[np.float32]
    lengths: Index
    pictures: Bytes
    states: State
    actions: Index
    rewards: npt.NDArray[np.float32]
    values: npt.NDArray[np.float32]
    goal: Bytes | None = None


def play(
    world: World, policy: Policy | None, episodes: Index, size: int, stack: int, seed: int = 0, to_goals: bool = False
) -> Played:
    """Play episodes (n,) to their ends, side by side: by the action of the largest value, or by random ones where `policy` is None.
    `size`: side of what the encoder sees. `to_goals`: the policy is shown the goals, which the world must know. The world must be
    one that nobody else uses."""
    n, envs = len(episodes), np.arange(len(episodes))
    state = world.reset(episodes, envs)
    # Random actions need no pictures; those of the first episode are shown.
    drawn = envs if policy is not None else envs[:1]
    pictures = world.render(state[drawn], size, drawn)
    last = np.repeat(pictures[:, None], stack, axis=1)  # (n, stack, 3, s, s)
    taken = np.full((n, stack - 1), -1)
    goals = _goals(world, state, size) if to_goals else None
    going = np.ones(n, np.bool_)
    success, returns, lengths = np.zeros(n, np.bool_), np.zeros(n, np.float32), np.zeros(n, np.int64)
    shown, states, actions, rewards, values = [pictures[0]], [state[0]], list[int](), list[float](), list[npt.NDArray[np.float32]]()
    for time in range(world.limit):
        rows = np.flatnonzero(going)
        if policy is None:
            chosen = random_actions(world, seed, episodes[rows], time)
        else:
            shown_goals = None if goals is None else goals[rows]
            value = policy(Seen(last[rows], taken[rows], min(time + 1, stack), world.limit - time, shown_goals))
            chosen = value.argmax(1).astype(np.int64)
        moved = world.step(state[rows], chosen, envs[rows])
        state = state.copy()
        state[rows] = moved.state
        returns[rows] += moved.reward
        lengths[rows] += 1
        success[rows] = moved.success
        if policy is not None or going[0]:
            drawn = rows if policy is not None else rows[:1]
            seen = world.render(moved.state[: len(drawn)], size, drawn)
            last[drawn] = np.concatenate([last[drawn, 1:], seen[:, None]], axis=1)
            taken[drawn] = np.concatenate([taken[drawn], chosen[: len(drawn), None]], axis=1)[:, 1:]
        if going[0]:
            shown.append(last[0, -1].copy())
            states.append(state[0])
            actions.append(int(chosen[0]))
            rewards.append(float(moved.reward[0]))
            values.append(value[0] if policy is not None else np.zeros(len(world.actions), np.float32))
        going[rows] = ~moved.over
        if not going.any():
            break
    return Played(
        success,
        returns,
        lengths,
        np.stack(shown),
        np.stack(states),
        np.array(actions, np.int64),
        np.array(rewards, np.float32),
        np.stack(values),
        None if goals is None else goals[0],
    )


def _goals(world: World, state: State, size: int) -> Bytes:
    states = world.goals(state)
    assert states is not None, "the world knows no goals"
    return world.render(states, size, np.arange(len(states)))


def held_out(number: int, count: int) -> Index:
    """The numbers of `count` episodes that no training comes to, the `number`-th such group."""
    return np.arange(HELD_OUT + number * count, HELD_OUT + (number + 1) * count)


def over_scene(world: World, state: State, side: int, size: int, chunk: int = 256) -> Bytes | None:
    """Pictures (side * side, 3, s, s) of the first state with what moves in this world put to every cell of a grid over the scene,
    row by row from the upper left; None for a world where it cannot be."""
    centres = (np.arange(side) + 0.5) / side
    y, x = (axis.reshape(-1) for axis in np.meshgrid(centres, centres, indexing="ij"))
    states = world.moved_over(state, x, y)
    if states is None:
        return None
    envs = np.arange(len(states))
    wide = size + 2 * margin_of(size)
    pictures = np.empty((len(states), 3, wide, wide), np.uint8)
    for start in range(0, len(states), chunk):
        part = slice(start, start + chunk)
        pictures[part] = world.render(states[part], size, envs[part])
    return pictures


def jumped(world: World, played: Played, at: int) -> State | None:
    """The states (T + 1, D) of the first of these episodes, but before the state `at` what moves in the world is put to the corner
    of the scene that is the farthest from it; then the same actions go on. None for a world where it cannot be."""
    states = played.states[: at + 1]
    corners = np.array([[x, y] for x in _CORNERS for y in _CORNERS])
    candidates = world.moved_over(states[-1:], corners[:, 0], corners[:, 1])
    if candidates is None:
        return None
    apart = np.abs(candidates - states[-1]).sum(1)
    rows = [*states[:-1], candidates[apart.argmax()]]
    for action in played.actions[at:]:
        rows.append(world.step(rows[-1][None], np.array([action]), np.zeros(1, np.int64)).state[0])
    return np.stack(rows)
