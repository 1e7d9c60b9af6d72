"""A world: move a disc to where a picture shows it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.data.dataset import Bytes, Factor, Index
from engine.worlds import scene
from engine.worlds.reach import AGENT_X, AGENT_Y, LOOK, OTHER_X, OTHER_Y, Reach
from engine.worlds.world import State

QUARTERS = ("upper left", "upper right", "lower left", "lower right")


class Visit(Reach):
    """As `Reach`, but the target is not in the pictures: where the agent should go is known from a picture of the goal alone, in
    which it is there. Nothing else moves or differs within an episode, so that what an embedding knows is the agent. As in the
    room of LeWorldModel (2603.19312), without its wall."""

    columns: tuple[str, ...] = ("time", "agent x", "agent y", "goal x", "goal y", "other x", "other y", "look")

    def render(self, state: State, size: int, rows: Index) -> Bytes:
        """The distractor if there is one, and the agent over it."""
        world = scene.looks(self.seed, state[:, LOOK])
        hue, _, other = scene.hues(self.seed, world, state[:, LOOK])
        things = []
        if self.distractor:
            things.append(scene.Thing(state[:, OTHER_X], state[:, OTHER_Y], 0.11, scene.shape_at(world, 4), other))
        things.append(scene.Thing(state[:, AGENT_X], state[:, AGENT_Y], 0.09, np.zeros(len(state), np.int64), hue))
        return scene.render(world, things, size)

    def factors(self, state: State) -> Mapping[str, Factor]:
        """Positions of what is seen, and the look where it changes."""
        return {name: factor for name, factor in super().factors(state).items() if not name.startswith("goal")}

    def labels(self, state: State) -> tuple[Index, tuple[str, ...]]:
        """The quarter of the scene in which the agent is."""
        quarter = (state[:, AGENT_X] >= 0.5) + 2 * (state[:, AGENT_Y] >= 0.5)
        return quarter.astype(np.int64), QUARTERS
