"""An episode of a run's agent for the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.evaluate.encoder import data_of, load_method
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.study.episode import SIDE, play_episode
from engine.train.control import Control
from engine.train.experience import Experience
from engine.train.own_task import evaluate_task
from engine.train.train_run import train
from engine.worlds.play import held_out

Small = Callable[..., RunConfig]


def run_of(config: RunConfig, root: Path) -> Path:
    folder = create_folder(root, config)
    with RunWriter(folder) as writer:
        assert train(config, writer, Control(), folder).state == "finished"
    return folder


def test_the_episode_is_that_of_the_stored_agent(small: Small, tmp_path: Path) -> None:
    folder = run_of(small("curl"), tmp_path)
    episode = play_episode(folder, number=3)
    method, config = load_method(folder)
    feed = Experience(config, data_of(folder, config), method, "cpu")
    played = feed.play(held_out(3, 1))
    steps = len(played.actions)
    assert episode.frames.shape == (steps + 1, SIDE, SIDE, 3)
    assert np.array_equal(episode.values, played.values)
    assert list(episode.actions) == [episode.names[row.argmax()] for row in episode.values]
    assert float(episode.rewards.sum()) == pytest.approx(float(played.returns[0]), rel=1e-5)
    untrained = play_episode(folder, number=3, epoch=0)
    assert not np.array_equal(untrained.values[0], episode.values[0])
    score = evaluate_task(folder)
    assert score is not None
    assert score.name == "success"
    assert 0 <= score.value <= 1


def test_a_run_without_a_world_has_none(small: Small, tmp_path: Path) -> None:
    folder = run_of(small("random", {"train": {"steps": 1}}), tmp_path)
    with pytest.raises(ConfigError, match="run must be one whose method acts in a world"):
        play_episode(folder)
