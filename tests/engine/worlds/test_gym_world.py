"""An environment of gymnasium that nobody here wrote, as pixels, without a display."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.train import checkpoint
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import prepare
from engine.worlds.gym_world import GymWorld
from engine.worlds.open_world import open_world

pytest.importorskip("gymnasium")
pytest.importorskip("pygame")

CARTPOLE = "gym:CartPole-v1"


def config(steps: int = 4):  # type: ignore[no-untyped-def]
    return resolve(
        {
            "method": {"id": "curl", "worlds": 2, "start": 48, "replay": 200, "frames": 2, "explore": 50, "discount": 0.99},
            "data": {"source": CARTPOLE, "count": 40, "size": 32},
            "train": {"batch": 8, "steps": steps, "device": "cpu", "precision": "fp32", "threads": 1},
        }
    )


def test_cartpole_is_seen_as_pixels_and_repeats_by_seed_and_actions() -> None:
    envs = np.arange(2)

    def run() -> tuple[np.ndarray, np.ndarray]:
        world = open_world(DataConfig(source=CARTPOLE))
        state = world.reset(np.array([5, 6]), envs)
        for action in (0, 1, 1, 0, 1):
            state = world.step(state, np.array([action, 1 - action]), envs).state
        return state, world.render(state, 64, envs)

    (one, pictures), (two, again) = run(), run()
    assert np.array_equal(one, two)
    assert np.array_equal(pictures, again)
    assert pictures.shape == (2, 3, 76, 76)
    assert len(np.unique(pictures)) > 10
    assert not np.array_equal(pictures[0], pictures[1])


def test_the_pictures_are_a_data_set_with_the_observations_as_factors() -> None:
    dataset = open_dataset(DataConfig(source=CARTPOLE, count=40, size=32))
    assert dataset.world == CARTPOLE
    assert len(dataset) == 40
    assert set(dataset.factors) == {f"observation {number}" for number in (1, 2, 3, 4)}
    assert np.std(dataset.factors["observation 3"].values) > 0
    assert (dataset.labels == -1).all()


def test_curl_trains_on_it_and_resumes_to_the_bit(tmp_path: Path) -> None:
    session = prepare(config())
    for _ in range(2):
        take_step(session)
        session.step += 1
    checkpoint.save(session, tmp_path)
    expected = [take_step(session)[0].loss.item()]
    session.step += 1
    expected.append(take_step(session)[0].loss.item())
    fresh = prepare(config())
    checkpoint.load(fresh, tmp_path)
    losses = [take_step(fresh)[0].loss.item()]
    fresh.step += 1
    losses.append(take_step(fresh)[0].loss.item())
    assert losses == expected
    assert all(torch.isfinite(torch.tensor(losses)))


def test_success_is_the_environment_s_own_threshold_and_play_ends() -> None:
    session = prepare(config())
    scenes = session.batches.of(np.arange(2)).scenes
    assert scenes is not None
    played = scenes.play()
    assert (played.lengths > 0).all()
    assert np.array_equal(played.success, played.returns >= 475)
    assert scenes.map_of_values(4) is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gym:NoSuchThing-v0", "an environment that can be made here"),
        ("gym:Pendulum-v1", "an environment with discrete actions"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(source: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        open_world(DataConfig(source=source))


def test_a_state_that_is_not_reached_again_is_refused() -> None:
    world = GymWorld("CartPole-v1")
    envs = np.arange(1)
    state = world.reset(np.array([3]), envs)
    moved = world.step(state, np.array([1]), envs).state
    world.restore(moved, [np.array([1])])
    with pytest.raises(ValueError, match="did not come to the same state"):
        world.restore(moved, [np.array([0])])
