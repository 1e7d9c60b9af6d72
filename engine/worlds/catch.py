"""A world: catch a falling disc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Factor, Index
from engine.worlds import scene
from engine.worlds.world import TIME, Moved, State

PADDLE, BALL_X, BALL_Y, DRIFT, OTHER_X, OTHER_Y, LOOK = range(1, 8)
STEP = 0.1  # of the paddle, as a share of the side
FALL = 0.08  # of the disc in a step
DRIFTS = 0.06  # the largest drift of the disc to a side in a step
LOW, HIGH = 0.1, 0.9
GROUND = 0.9  # y of the paddle
WIDE = 0.13  # of the paddle's middle from that of the disc: it is caught
LIMIT = 10
GAIN = 5.0  # reward for a distance of 1 to the side that is gained
_SLOT = 40_000
_MOVES = np.array([-STEP, 0.0, STEP])


class Catch:
    """A disc falls from the top and drifts to a side, turning back at the edges; a square at the bottom moves a tenth of the side
    left or right, or stays. After ten steps the disc is at the bottom. Reward: five times the distance to the side that a step
    gained, and 1 for a disc that is caught, -1 for one that is not. One picture does not show where the disc drifts.

    `seed`, `changing`, `distractor`: as in `Reach`."""

    actions: tuple[str, ...] = ("left", "stay", "right")
    columns: tuple[str, ...] = ("time", "paddle x", "disc x", "disc y", "drift", "other x", "other y", "look")
    limit = LIMIT
    keeps_frames = False

    def __init__(self, seed: int, changing: bool = False, distractor: bool = False) -> None:
        self.seed, self.changing, self.distractor = seed, changing, distractor

    def reset(self, episodes: Index, rows: Index) -> State:
        """The disc at the top."""
        state = np.zeros((len(episodes), len(self.columns)))
        for column in (PADDLE, BALL_X, OTHER_X):
            state[:, column] = scene.drawn_position(self.seed, episodes, _SLOT + column, LOW, HIGH)
        state[:, DRIFT] = scene.drawn_position(self.seed, episodes, _SLOT + DRIFT, -DRIFTS, DRIFTS)
        state[:, OTHER_Y] = scene.drawn_position(self.seed, episodes, _SLOT + OTHER_Y, 0.25, 0.65)
        state[:, BALL_Y] = GROUND - LIMIT * FALL
        state[:, LOOK] = episodes if self.changing else scene.FIXED
        return state

    def step(self, state: State, actions: Index, rows: Index) -> Moved:
        """Move the paddle and the disc."""
        after = state.copy()
        after[:, PADDLE] = np.clip(after[:, PADDLE] + _MOVES[actions], LOW, HIGH)
        x = after[:, BALL_X] + after[:, DRIFT]
        turned = (x < LOW) | (x > HIGH)
        after[:, DRIFT] = np.where(turned, -after[:, DRIFT], after[:, DRIFT])
        after[:, BALL_X] = np.where(x < LOW, 2 * LOW - x, np.where(x > HIGH, 2 * HIGH - x, x))
        after[:, BALL_Y] += FALL
        after[:, TIME] += 1
        down = after[:, TIME] >= LIMIT
        caught = down & (_aside(after) < WIDE)
        reward = GAIN * (_aside(state) - _aside(after)) + np.where(down, np.where(caught, 1.0, -1.0), 0.0)
        return Moved(after, reward.astype(np.float32), down, down, caught)

    def render(self, state: State, size: int, rows: Index) -> Bytes:
        """The paddle, the distractor if there is one, and the disc over them."""
        world = scene.looks(self.seed, state[:, LOOK])
        hue, target, other = scene.hues(self.seed, world, state[:, LOOK])
        disc, square = np.zeros(len(state), np.int64), np.ones(len(state), np.int64)
        things = [scene.Thing(state[:, PADDLE], np.full(len(state), GROUND), 0.11, square, target)]
        if self.distractor:
            things.append(scene.Thing(state[:, OTHER_X], state[:, OTHER_Y], 0.11, scene.shape_at(world, 4), other))
        things.append(scene.Thing(state[:, BALL_X], state[:, BALL_Y], 0.09, disc, hue))
        return scene.render(world, things, size)

    def factors(self, state: State) -> Mapping[str, Factor]:
        """Positions and the drift, and the look where it changes."""
        shown = (PADDLE, BALL_X, BALL_Y, DRIFT) + ((OTHER_X, OTHER_Y) if self.distractor else ())
        table = {
            self.columns[column]: Factor(state[:, column].astype(np.float32), "number", unit="of the side") for column in shown
        }
        return {**table, **(scene.look_factors(self.seed, state[:, LOOK]) if self.changing else {})}

    def labels(self, state: State) -> tuple[Index, tuple[str, ...]]:
        """The action that brings the paddle below the disc; to stay where it is within half a step."""
        aside = state[:, BALL_X] - state[:, PADDLE]
        return np.where(np.abs(aside) <= STEP / 2, 1, np.where(aside > 0, 2, 0)).astype(np.int64), self.actions

    def moved_over(self, state: State, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> State:
        """The disc at these positions."""
        moved = np.repeat(state[:1], len(x), axis=0)
        moved[:, BALL_X], moved[:, BALL_Y] = x, y
        return moved

    def goals(self, state: State) -> State:
        """The disc at the bottom and the paddle below it."""
        landed, stay = state.copy(), np.ones(len(state), np.int64)
        for time in range(LIMIT):
            falling = state[:, TIME] + time < LIMIT
            landed[falling] = self.step(landed[falling], stay[falling], np.flatnonzero(falling)).state
        landed[:, PADDLE] = landed[:, BALL_X]
        return landed

    def restore(self, state: State, actions: Sequence[Index]) -> None:
        """Nothing: the state is all there is."""


def _aside(state: State) -> npt.NDArray[np.float64]:
    return np.asarray(np.abs(state[:, BALL_X] - state[:, PADDLE]))
