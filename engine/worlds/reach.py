"""A world: move a disc to a shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Factor, Index
from engine.worlds import scene
from engine.worlds.world import TIME, Moved, State

AGENT_X, AGENT_Y, TARGET_X, TARGET_Y, OTHER_X, OTHER_Y, LOOK = range(1, 8)
STEP = 0.1  # of the agent, as a share of the side
LOW, HIGH = 0.1, 0.9  # where things may be
NEAR = 0.1  # of the target: it is reached
FAR = 0.35  # of the target from the agent at the beginning
APART = 0.25  # of the distractor from both
LIMIT = 16
GAIN = 5.0  # reward for a distance of 1 that is gained
_SLOT = 30_000  # of the draws; those of the shapes are below
_MOVES = np.array([[STEP, 0.0], [0.0, -STEP], [-STEP, 0.0], [0.0, STEP]])


class Reach:
    """The agent, a disc, moves a tenth of the side right, up, left or down; the episode ends when it is near the target, a shape
    of another hue, or after 16 steps. Reward: five times the distance that a step gained, and 1 for reaching the target.

    `seed`: of positions and look. `changing`: whether each episode has another background, light, and hue and shape of all but the
    agent. `distractor`: whether there is another shape, which does nothing."""

    actions: tuple[str, ...] = ("right", "up", "left", "down")
    columns: tuple[str, ...] = ("time", "agent x", "agent y", "target x", "target y", "other x", "other y", "look")
    limit = LIMIT
    keeps_frames = False

    def __init__(self, seed: int, changing: bool = False, distractor: bool = False) -> None:
        self.seed, self.changing, self.distractor = seed, changing, distractor

    def reset(self, episodes: Index, rows: Index) -> State:
        """Agent and target far from each other."""
        state = np.zeros((len(episodes), len(self.columns)))
        for column in (AGENT_X, AGENT_Y):
            state[:, column] = scene.drawn_position(self.seed, episodes, _SLOT + column, LOW, HIGH)
        x, y = state[:, AGENT_X], state[:, AGENT_Y]
        state[:, TARGET_X : TARGET_Y + 1] = scene.far_from(self.seed, episodes, _SLOT + 100, x, y, FAR, LOW, HIGH)
        x, y = (state[:, AGENT_X] + state[:, TARGET_X]) / 2, (state[:, AGENT_Y] + state[:, TARGET_Y]) / 2
        state[:, OTHER_X : OTHER_Y + 1] = scene.far_from(self.seed, episodes, _SLOT + 200, x, y, APART, LOW, HIGH)
        state[:, LOOK] = episodes if self.changing else scene.FIXED
        return state

    def step(self, state: State, actions: Index, rows: Index) -> Moved:
        """Move the agent, which stops at the edge."""
        after = state.copy()
        after[:, AGENT_X : AGENT_Y + 1] = np.clip(after[:, AGENT_X : AGENT_Y + 1] + _MOVES[actions], LOW, HIGH)
        after[:, TIME] += 1
        left = distance(after)
        reached = left < NEAR
        reward = GAIN * (distance(state) - left) + reached
        return Moved(after, reward.astype(np.float32), reached | (after[:, TIME] >= LIMIT), reached, reached)

    def render(self, state: State, size: int, rows: Index) -> Bytes:
        """The target, the distractor if there is one, and the agent over them."""
        world = scene.looks(self.seed, state[:, LOOK])
        hue, target, other = scene.hues(self.seed, world, state[:, LOOK])
        disc = np.zeros(len(state), np.int64)
        things = [scene.Thing(state[:, TARGET_X], state[:, TARGET_Y], 0.11, scene.shape_at(world, 0), target)]
        if self.distractor:
            things.append(scene.Thing(state[:, OTHER_X], state[:, OTHER_Y], 0.11, scene.shape_at(world, 4), other))
        things.append(scene.Thing(state[:, AGENT_X], state[:, AGENT_Y], 0.09, disc, hue))
        return scene.render(world, things, size)

    def factors(self, state: State) -> Mapping[str, Factor]:
        """Positions, and the look where it changes."""
        shown = (AGENT_X, AGENT_Y, TARGET_X, TARGET_Y) + ((OTHER_X, OTHER_Y) if self.distractor else ())
        table = {
            self.columns[column]: Factor(state[:, column].astype(np.float32), "number", unit="of the side") for column in shown
        }
        return {**table, **(scene.look_factors(self.seed, state[:, LOOK]) if self.changing else {})}

    def labels(self, state: State) -> tuple[Index, tuple[str, ...]]:
        """The action that brings the agent along the longer of the two distances to the target."""
        across, down = state[:, TARGET_X] - state[:, AGENT_X], state[:, TARGET_Y] - state[:, AGENT_Y]
        sideways = np.where(across > 0, 0, 2)
        along = np.where(down > 0, 3, 1)
        return np.where(np.abs(across) >= np.abs(down), sideways, along).astype(np.int64), self.actions

    def moved_over(self, state: State, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> State:
        """The agent at these positions."""
        moved = np.repeat(state[:1], len(x), axis=0)
        moved[:, AGENT_X], moved[:, AGENT_Y] = x, y
        return moved

    def goals(self, state: State) -> State:
        """The agent on the target."""
        reached = state.copy()
        reached[:, AGENT_X : AGENT_Y + 1] = state[:, TARGET_X : TARGET_Y + 1]
        return reached

    def restore(self, state: State, actions: Sequence[Index]) -> None:
        """Nothing: the state is all there is."""


def distance(state: State) -> npt.NDArray[np.float64]:
    """From the agent to the target, (n,)."""
    return np.asarray(np.hypot(state[:, TARGET_X] - state[:, AGENT_X], state[:, TARGET_Y] - state[:, AGENT_Y]))
