"""The replay: what is drawn from it is what the agent saw, and a checkpoint of it has no pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.worlds.reach import Reach
from engine.worlds.replay import Replay
from engine.worlds.world import TIME

SIZE, WORLDS, STACK = 16, 3, 3


class Log:
    """An agent with random actions, and everything that it saw, in plain lists."""

    def __init__(self, ticks: int, kept: int, keeps_ends: bool = False) -> None:
        self.world = Reach(0, changing=True)
        self.replay = Replay(self.world, kept, WORLDS, SIZE, keeps_ends)
        self.seen: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        draw, envs = np.random.default_rng(0), np.arange(WORLDS)
        self.begun = WORLDS
        state = self.world.reset(envs, envs)
        for _ in range(ticks):
            frames = self.world.render(state, SIZE, envs)
            self.replay.begin(state, frames)
            actions = draw.integers(4, size=WORLDS)
            if keeps_ends:  # more of them than random actions come to
                actions = np.where(draw.random(WORLDS) < 0.6, self.world.labels(state)[0], actions)
            moved = self.world.step(state, actions, envs)
            after = self.world.render(moved.state, SIZE, envs)
            self.replay.finish(actions, moved, after)
            self.seen.append((frames, actions, moved.reward, after, moved.ended))
            state = moved.state.copy()
            for env in np.flatnonzero(moved.over):
                state[env] = self.world.reset(np.array([self.begun]), np.array([env]))[0]
                self.begun += 1


def every(replay: Replay) -> tuple[np.ndarray, np.ndarray]:
    first, last = replay.window(replay.count, STACK)
    ticks, envs = np.meshgrid(np.arange(first, last), np.arange(WORLDS), indexing="ij")
    return ticks.reshape(-1), envs.reshape(-1)


@pytest.mark.parametrize("kept", [100, 20])
def test_pictures_are_those_that_were_seen_before_and_after_each_step(kept: int) -> None:
    log = Log(45, kept)
    ticks, envs = every(log.replay)
    assert ticks.min() == (0 if kept == 100 else 45 - 20 + STACK - 1)
    assert ticks.max() == 43
    pictures = log.replay.pictures(ticks, envs, STACK)
    cut = 0
    for row, (tick, env) in enumerate(zip(ticks.tolist(), envs.tolist(), strict=True)):
        time = int(log.replay.states[tick % kept, env, TIME])
        expected = [log.seen[tick - min(back, time)][0][env] for back in (2, 1, 0)]
        _, actions, rewards, after, ended = log.seen[tick]
        # What comes after the end by the rules is not asked; what comes after a time limit is.
        expected.append(expected[-1] if ended[env] else after[env])
        assert np.array_equal(pictures[row], np.stack(expected)), (tick, env)
        assert log.replay.actions[tick % kept, env] == actions[env]
        assert log.replay.rewards[tick % kept, env] == rewards[env]
        cut += bool(log.replay.over[tick % kept, env] and not ended[env])
    assert cut >= 2, "the test must meet time limits"


@pytest.mark.parametrize("kept", [100, 20])
def test_whole_histories_lie_in_one_episode_and_end_with_its_true_last_picture(kept: int) -> None:
    log = Log(45, kept, keeps_ends=True)
    first, last = log.replay.window(45, STACK)
    ticks, envs = log.replay.whole(first, last, STACK)
    expected = [
        (tick, env)
        for tick in range(first, last)
        for env in range(WORLDS)
        if log.replay.states[tick % kept, env, TIME] >= STACK - 1
    ]
    assert list(zip(ticks.tolist(), envs.tolist(), strict=True)) == expected
    restored = Replay(log.world, kept, WORLDS, SIZE, keeps_ends=True)
    restored.load_state_dict(log.replay.state_dict())
    met_end = 0
    for replay in (log.replay, restored):
        pictures, before = replay.pictures(ticks, envs, STACK), replay.before(ticks, envs, STACK)
        for row, (tick, env) in enumerate(expected):
            frames = [log.seen[tick - back][0][env] for back in (2, 1, 0)]
            assert np.array_equal(pictures[row], np.stack([*frames, log.seen[tick][3][env]])), (tick, env)
            assert before[row].tolist() == [log.seen[tick - 2][1][env], log.seen[tick - 1][1][env]]
            met_end += bool(log.seen[tick][4][env])
    assert met_end >= 2, "the test must meet an end by the rules"


def test_actions_before_an_episode_are_named_as_none() -> None:
    replay = Log(12, 20).replay
    ticks, envs = np.array([0, 1, 2]), np.zeros(3, np.int64)
    assert replay.states[[0, 1, 2], 0, TIME].tolist() == [0, 1, 2]
    taken = replay.actions[:, 0].tolist()
    assert replay.before(ticks, envs, STACK).tolist() == [[-1, -1], [-1, taken[0]], [taken[0], taken[1]]]


def test_a_restored_replay_gives_the_same_pictures_from_states_alone() -> None:
    log = Log(45, 20)
    state = log.replay.state_dict()
    pixels = 45 * WORLDS * 3 * SIZE * SIZE
    stored = sum(value.numel() * value.element_size() for value in state.values() if isinstance(value, torch.Tensor))
    assert stored < pixels / 10
    assert "frames" not in state
    fresh = Replay(log.world, 20, WORLDS, SIZE)
    fresh.load_state_dict(state)
    ticks, envs = every(fresh)
    assert np.array_equal(fresh.pictures(ticks, envs, STACK), log.replay.pictures(ticks, envs, STACK))
    assert fresh.since_reset(1, 3).tolist() == log.replay.since_reset(1, 3).tolist()


def test_an_earlier_batch_is_refused_when_its_steps_are_gone() -> None:
    kept = Log(12, 20).replay
    assert kept.window(8, STACK) == (0, 7)
    with pytest.raises(ValueError, match="no longer in the replay"):
        Log(30, 20).replay.window(28, STACK)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("states", torch.zeros(2, 2, 2), "states must have the shape"),
        ("rewards", [1.0], "rewards must have the shape"),
        ("actions", torch.full((12, WORLDS), 9, dtype=torch.int16), "actions that the world does not have"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(name: str, value: Any, message: str) -> None:
    log = Log(12, 20)
    with pytest.raises(ValueError, match=message):
        Replay(log.world, 20, WORLDS, SIZE).load_state_dict({**log.replay.state_dict(), name: value})
