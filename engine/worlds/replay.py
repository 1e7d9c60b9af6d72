"""What an agent did: states, actions and rewards of the last steps, and the pictures that can be rendered from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.data.dataset import Bytes, Index
from engine.worlds.world import TIME, Flags, Moved, State, World, margin_of


class Replay:
    """The last `ticks` steps of `worlds` episodes that go on side by side.

    A tick is one step of each; its rows are the states before it, the actions, rewards and ends. Pictures are kept in memory while
    they are there, and rendered again after a resume: `state_dict` has none, unless the world can render the present alone
    (`World.keeps_frames`). `size`: side of what the encoder sees; pictures have a margin around it. `keeps_ends`: whether the
    states with which episodes end by the world's rules are kept, as those after a time limit always are."""

    def __init__(self, world: World, ticks: int, worlds: int, size: int, keeps_ends: bool = False) -> None:
        self.world, self.ticks, self.worlds, self.size, self.keeps_ends = world, ticks, worlds, size, keeps_ends
        side = size + 2 * margin_of(size)
        self.count = 0  # ticks so far
        self.states = np.zeros((ticks, worlds, len(world.columns)))
        self.actions = np.zeros((ticks, worlds), np.int64)
        self.rewards = np.zeros((ticks, worlds), np.float32)
        self.over = np.zeros((ticks, worlds), np.bool_)
        self.ended = np.zeros((ticks, worlds), np.bool_)
        self._frames = np.zeros((ticks, worlds, 3, side, side), np.uint8)  # memory is taken as it is written
        self._known = np.zeros((ticks, worlds), np.bool_)
        # The states at the ends of episodes, and their pictures, by tick and environment: the next row is of another episode.
        self._after: dict[tuple[int, int], State] = {}
        self._after_frames: dict[tuple[int, int], Bytes] = {}

    def begin(self, state: State, frames: Bytes) -> None:
        """Store the states (W, D) before a tick and their pictures (W, 3, s, s)."""
        slot = self.count % self.ticks
        self.states[slot], self._frames[slot], self._known[slot] = state, frames, True

    def finish(self, actions: Index, moved: Moved, frames: Bytes) -> None:
        """Store what came of the tick. `frames`: pictures of the states after it; those that are kept are copied."""
        slot = self.count % self.ticks
        self.actions[slot], self.rewards[slot], self.over[slot], self.ended[slot] = actions, moved.reward, moved.over, moved.ended
        for env in np.flatnonzero(self.last(moved.over, moved.ended)).tolist():
            self._after[self.count, env] = moved.state[env]
            self._after_frames[self.count, env] = frames[env].copy()
        self.count += 1
        for key in [key for key in self._after if key[0] < self.count - self.ticks]:
            del self._after[key]
            self._after_frames.pop(key, None)

    def last(self, over: Flags, ended: Flags) -> Flags:
        """Whether the state after a step is the last one of its episode and is kept."""
        return over if self.keeps_ends else over & ~ended

    def present(self, stack: int) -> Bytes:
        """The last `stack` pictures of each episode, the newest last: (W, stack, 3, s, s). At the beginning of an episode the first
        is repeated. After `begin`."""
        envs = np.arange(self.worlds)
        return self._stacked(np.full(self.worlds, self.count), envs, stack)

    def window(self, count: int, stack: int) -> tuple[int, int]:
        """The first tick, and that after the last, from which could be drawn when `count` ticks were done: those with `stack`
        pictures and a next one. ValueError where some of them are no longer there."""
        if count != self.count and self.count > self.ticks:
            raise ValueError("the steps from which this batch was drawn are no longer in the replay")
        return max(0, count - self.ticks + stack - 1) if count >= self.ticks else 0, count - 1

    def whole(self, first: int, last: int, stack: int) -> tuple[Index, Index]:
        """Ticks and environments (n,) of all steps from the tick `first` to before `last` whose episode has `stack` pictures before
        them."""
        ticks = np.arange(first, last)
        row, env = np.nonzero(self.states[ticks % self.ticks, :, TIME] >= stack - 1)
        return ticks[row], env

    def before(self, tick: Index, env: Index, stack: int) -> Index:
        """The actions (n, stack - 1) between the `stack` last pictures before each step; -1 where the episode had not begun."""
        back = np.arange(stack - 1, 0, -1)
        begun = self.states[tick % self.ticks, env, TIME][:, None] >= back[None]
        return np.where(begun, self.actions[(tick[:, None] - back[None]) % self.ticks, env[:, None]], -1)

    def pictures(self, tick: Index, env: Index, stack: int) -> Bytes:
        """The pictures (n, stack + 1, 3, s, s) of steps: the `stack` last before the step, and the one after it. After a step with
        which an episode ended by the world's rules the picture before it is repeated, for its value is not asked, unless
        `keeps_ends`."""
        before = self._stacked(tick, env, stack)
        slot = tick % self.ticks
        after = before[:, -1].copy()
        goes_on = ~self.over[slot, env]
        if goes_on.any():
            after[goes_on] = self._rendered(tick[goes_on] + 1, env[goes_on])
        for row in np.flatnonzero(self.last(self.over[slot, env], self.ended[slot, env])).tolist():
            after[row] = self._after_picture((int(tick[row]), int(env[row])))
        return np.concatenate([before, after[:, None]], axis=1)

    def since_reset(self, env: int, time: int) -> Index:
        """The last `time` actions of an episode. ValueError where they are no longer there."""
        if time > min(self.count, self.ticks):
            raise ValueError("the replay does not reach back to the beginning of an episode")
        return np.asarray(self.actions[np.arange(self.count - time, self.count) % self.ticks, env])

    def state_dict(self) -> dict[str, Any]:
        """The ticks that are there, the oldest first."""
        order = self._order()
        keys = sorted(self._after)
        state: dict[str, Any] = {
            "count": self.count,
            "states": torch.from_numpy(self.states[order]),
            "actions": torch.from_numpy(self.actions[order]).to(torch.int16),
            "rewards": torch.from_numpy(self.rewards[order]),
            "over": torch.from_numpy(self.over[order]),
            "ended": torch.from_numpy(self.ended[order]),
            "after": torch.tensor(keys, dtype=torch.int64).reshape(-1, 2),
            "after_states": torch.from_numpy(np.stack([self._after[key] for key in keys])) if keys else torch.zeros(0),
        }
        if self.world.keeps_frames:
            state["frames"] = torch.from_numpy(self._frames[order])
            state["after_frames"] = (
                torch.from_numpy(np.stack([self._after_frames[key] for key in keys])) if keys else torch.zeros(0)
            )
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore it. ValueError, KeyError or TypeError for a state of another shape."""
        count = int(state["count"])
        kept = min(max(count, 0), self.ticks)
        order = np.arange(count - kept, count) % self.ticks
        for name, target in (
            ("states", self.states),
            ("actions", self.actions),
            ("rewards", self.rewards),
            ("over", self.over),
            ("ended", self.ended),
            *((("frames", self._frames),) if self.world.keeps_frames else ()),
        ):
            given = _array(state[name], (kept, *target.shape[1:]), name)
            target[order] = given
        if self.actions.size and not 0 <= int(self.actions.min()) <= int(self.actions.max()) < len(self.world.actions):
            raise ValueError("the replay has actions that the world does not have")
        self._known[:] = False
        if self.world.keeps_frames:
            self._known[order] = True
        keys = [(int(tick), int(env)) for tick, env in state["after"].tolist()]
        rows = _array(state["after_states"], (len(keys), self.states.shape[-1]), "after_states") if keys else ()
        self._after = dict(zip(keys, rows, strict=True))
        self._after_frames = {}
        if keys and self.world.keeps_frames:
            self._after_frames = dict(
                zip(keys, _array(state["after_frames"], (len(keys), *self._frames.shape[2:]), "after_frames"), strict=True)
            )
        self.count = count

    def _order(self) -> Index:
        kept = min(self.count, self.ticks)
        return np.arange(self.count - kept, self.count) % self.ticks

    def _stacked(self, tick: Index, env: Index, stack: int) -> Bytes:
        time = self.states[tick % self.ticks, env, TIME].astype(np.int64)
        back = np.arange(stack - 1, -1, -1)
        ticks = tick[:, None] - np.minimum(back[None], time[:, None])  # (n, stack)
        envs = np.repeat(env[:, None], stack, axis=1)
        return self._rendered(ticks.reshape(-1), envs.reshape(-1)).reshape(len(tick), stack, *self._frames.shape[2:])

    def _rendered(self, tick: Index, env: Index) -> Bytes:
        slot = tick % self.ticks
        missing = np.unique(np.stack([slot, env], axis=1)[~self._known[slot, env]], axis=0)
        if len(missing):
            rows = missing[:, 0], missing[:, 1]
            self._frames[rows] = self.world.render(self.states[rows], self.size, missing[:, 1])
            self._known[rows] = True
        return self._frames[slot, env]

    def _after_picture(self, key: tuple[int, int]) -> Bytes:
        if key not in self._after_frames:
            self._after_frames[key] = self.world.render(self._after[key][None], self.size, np.array([key[1]]))[0]
        return self._after_frames[key]


def _array(given: Any, shape: tuple[int, ...], name: str) -> npt.NDArray[Any]:
    if not isinstance(given, Tensor) or tuple(given.shape) != shape:
        got = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise ValueError(f"the replay's {name} must have the shape {shape}, and have {got}")
    return given.numpy()
