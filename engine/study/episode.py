"""An episode that a run's agent plays, for the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.catalogue import entry
from engine.config.errors import complain
from engine.data.dataset import Bytes
from engine.evaluate.encoder import data_of, method_at
from engine.execute.progress import ProgressCallback, no_progress
from engine.study.results import Episode
from engine.train.experience import Experience
from engine.train.setup import setup_data
from engine.worlds.play import held_out
from engine.worlds.world import middle

SIDE = 192  # px, of the pictures, where the world can be rendered at any size


def play_episode(folder: Path, number: int = 0, epoch: int | None = None, progress: ProgressCallback = no_progress) -> Episode:
    """The held-out episode `number` of a run in a world, by the actions of the largest value, after an epoch (0: untrained, None:
    the last checkpoint). ConfigError where there is no run or checkpoint, and for a run without a world."""
    method, config = method_at(folder, epoch)
    row = entry(config.method.id)
    if row.feed != "world":
        raise complain("run", "one whose method acts in a world", row.title, "Train curl or lewm in the world reach or catch.")
    dataset = data_of(folder, config, progress)
    if epoch == 0:
        setup_data(method, config, dataset)
    feed = Experience(config, dataset, method, "cpu")
    played = feed.play(held_out(number, 1))
    return Episode(
        folder=str(folder),
        number=number,
        frames=_large(feed, played.states, played.pictures),
        actions=tuple(feed.world.actions[action] for action in played.actions),
        names=feed.world.actions,
        values=played.values,
        rewards=played.rewards,
        success=bool(played.success[0]),
    )


def _large(feed: Experience, states: np.ndarray, pictures: Bytes) -> np.ndarray:
    """(T + 1, h, w, 3) of the states, rendered large where the world can, else what the agent had."""
    if feed.world.keeps_frames:
        shown = middle(pictures, feed.size)
    else:
        shown = middle(feed.world.render(states, SIDE, np.arange(len(states))), SIDE)
    return np.ascontiguousarray(shown.transpose(0, 2, 3, 1))
