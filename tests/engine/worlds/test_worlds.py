"""The rendered worlds: their rules, and that a state is all there is."""

from __future__ import annotations

import colorsys
import math
import random

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.open import open_dataset
from engine.train.resolve import resolve
from engine.worlds import catch, reach, scene
from engine.worlds.catch import Catch
from engine.worlds.frames import HELD_OUT, OF_FRAMES, frames
from engine.worlds.open_world import open_world
from engine.worlds.play import Seen, held_out, over_scene, play
from engine.worlds.reach import Reach
from engine.worlds.visit import Visit
from engine.worlds.world import TIME, margin_of, middle

RIGHT, UP, LEFT, DOWN = range(4)
ONE = np.array([0])
Kind = type[Reach] | type[Catch]

both = pytest.mark.parametrize("kind", [Reach, Catch])


def walked(world: Reach | Catch, episodes: np.ndarray, seed: int, steps: int) -> list[np.ndarray]:
    """The states of episodes under drawn actions."""
    envs = np.arange(len(episodes))
    chosen = np.random.default_rng(seed).integers(len(world.actions), size=(steps, len(episodes)))
    states = [world.reset(episodes, envs)]
    for actions in chosen:
        states.append(world.step(states[-1], actions, envs).state)
    return states


@both
def test_seed_and_actions_decide_states_and_pictures(kind: Kind) -> None:
    episodes = np.array([3, 8, HELD_OUT + 1])
    one, two = (walked(kind(5, changing=True), episodes, 1, 4) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    world, envs = kind(5, changing=True), np.arange(3)
    pictures = world.render(one[-1], 32, envs)
    assert np.array_equal(pictures, kind(5, changing=True).render(two[-1], 32, envs))
    # Each row is drawn alone as it is drawn with others, in whatever order.
    assert np.array_equal(world.render(one[-1][2:], 32, ONE)[0], pictures[2])
    assert not np.array_equal(walked(kind(6), episodes, 1, 0)[0], walked(kind(5), episodes, 1, 0)[0])


@both
def test_a_picture_seen_while_playing_is_that_of_the_state(kind: Kind) -> None:
    world = kind(0, changing=True, distractor=True)
    played = play(world, None, held_out(2, 3), 32, 1, seed=4)
    assert np.array_equal(played.pictures, world.render(played.states, 32, np.arange(len(played.states))))
    assert played.states[:, TIME].tolist() == list(range(len(played.states)))


def test_random_actions_reach_the_target_as_often_as_in_a_simulation() -> None:
    """By the rules in words, in plain Python: start positions uniform, the target at least .35 away."""
    draw, reached, count = random.Random(0), 0, 4000
    for _ in range(count):
        x, y = draw.uniform(0.1, 0.9), draw.uniform(0.1, 0.9)
        to_x, to_y = x, y
        while math.dist((x, y), (to_x, to_y)) < 0.35:
            to_x, to_y = draw.uniform(0.1, 0.9), draw.uniform(0.1, 0.9)
        for _step in range(16):
            move = draw.choice([(0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1)])
            x, y = min(0.9, max(0.1, x + move[0])), min(0.9, max(0.1, y + move[1]))
            if math.dist((x, y), (to_x, to_y)) < 0.1:
                reached += 1
                break
    expected, n = reached / count, 2000
    measured = play(Reach(0), None, np.arange(n), 32, 1).success.mean()
    assert abs(measured - expected) < 4 * math.sqrt(expected * (1 - expected) * (1 / n + 1 / count))


def test_random_actions_catch_as_often_as_in_a_simulation() -> None:
    draw, caught, count = random.Random(1), 0, 4000
    for _ in range(count):
        paddle, disc, drift = draw.uniform(0.1, 0.9), draw.uniform(0.1, 0.9), draw.uniform(-0.06, 0.06)
        for _step in range(10):
            paddle = min(0.9, max(0.1, paddle + draw.choice([-0.1, 0.0, 0.1])))
            disc += drift
            if not 0.1 <= disc <= 0.9:
                disc, drift = (0.2 - disc if disc < 0.1 else 1.8 - disc), -drift
        caught += abs(paddle - disc) < 0.13
    expected, n = caught / count, 2000
    measured = play(Catch(0), None, np.arange(n), 32, 1).success.mean()
    assert abs(measured - expected) < 4 * math.sqrt(expected * (1 - expected) * (1 / n + 1 / count))


def test_reach_by_hand() -> None:
    world = Reach(0)
    state = world.reset(ONE, ONE)
    state[0, reach.AGENT_X], state[0, reach.AGENT_Y] = 0.5, 0.5
    state[0, reach.TARGET_X], state[0, reach.TARGET_Y] = 0.75, 0.5
    right = world.step(state, np.array([RIGHT]), ONE)
    assert right.state[0, [reach.AGENT_X, reach.AGENT_Y]].tolist() == pytest.approx([0.6, 0.5])
    assert right.reward[0] == pytest.approx(0.5)  # five times .25 - .15
    assert not right.over[0]
    there = world.step(right.state, np.array([RIGHT]), ONE)
    assert there.reward[0] == pytest.approx(1.5)
    assert (there.over[0], there.ended[0], there.success[0]) == (True, True, True)
    up, down = (world.step(state, np.array([action]), ONE).state[0, reach.AGENT_Y] for action in (UP, DOWN))
    assert (up, down) == pytest.approx((0.4, 0.6))
    for _ in range(10):
        state = world.step(state, np.array([LEFT]), ONE).state
    assert state[0, reach.AGENT_X] == pytest.approx(0.1)
    late = state.copy()
    late[0, TIME] = 15
    cut = world.step(late, np.array([LEFT]), ONE)
    assert (cut.over[0], cut.ended[0], cut.success[0]) == (True, False, False)


def test_in_visit_only_the_agent_is_seen_and_the_goal_is_a_picture_of_it() -> None:
    world, seen = Visit(0), Reach(0)
    state = world.reset(np.arange(6), np.arange(6))
    assert np.array_equal(state, seen.reset(np.arange(6), np.arange(6)))
    elsewhere = state.copy()
    elsewhere[:, reach.TARGET_X : reach.TARGET_Y + 1] = 0.5
    assert np.array_equal(world.render(state, 32, ONE), world.render(elsewhere, 32, ONE))
    assert not np.array_equal(seen.render(state, 32, ONE), seen.render(elsewhere, 32, ONE))
    goal = world.goals(state)
    assert np.array_equal(goal[:, reach.AGENT_X], state[:, reach.TARGET_X])
    assert not np.array_equal(world.render(goal, 32, ONE), world.render(state, 32, ONE))
    assert list(world.factors(state)) == ["agent x", "agent y"]
    labels, names = world.labels(goal)
    assert [names[label] for label in labels] == [
        f"{'upper' if y < 0.5 else 'lower'} {'left' if x < 0.5 else 'right'}"
        for x, y in state[:, reach.TARGET_X : reach.TARGET_Y + 1]
    ]


def test_an_agent_is_refused_where_it_cannot_see_its_goal() -> None:
    with pytest.raises(ConfigError, match=r"a set with a visible goal, which CURL needs. Got 'visit'. .*: reach, catch\."):
        resolve({"method": {"id": "curl"}, "data": {"source": "visit"}})


def test_catch_by_hand() -> None:
    world = Catch(0)
    state = world.reset(ONE, ONE)
    state[0, [catch.PADDLE, catch.BALL_X, catch.DRIFT]] = 0.5, 0.88, 0.05
    moved = world.step(state, np.array([2]), ONE)
    assert moved.state[0, [catch.PADDLE, catch.BALL_X, catch.DRIFT]].tolist() == pytest.approx([0.6, 0.87, -0.05])
    assert moved.reward[0] == pytest.approx(5 * (0.38 - 0.27), abs=1e-6)
    for won, paddle in ((True, 0.76), (False, 0.5)):
        last = moved.state.copy()
        last[0, [TIME, catch.PADDLE]] = 9, paddle
        end = world.step(last, np.array([1]), ONE)
        assert (bool(end.over[0]), bool(end.ended[0]), bool(end.success[0])) == (True, True, won)
    # After ten steps the disc is at the height of the paddle.
    assert walked(world, ONE, 0, 10)[-1][0, catch.BALL_Y] == pytest.approx(catch.GROUND)


@both
def test_scenes_change_where_they_should_and_a_distractor_is_drawn(kind: Kind) -> None:
    envs = np.arange(2)

    def corners(changing: bool) -> np.ndarray:
        world = kind(0, changing)
        return world.render(world.reset(np.array([4, 9]), envs), 32, envs)[:, :, :2, :2].astype(int)

    fixed, changing = corners(False), corners(True)
    assert np.array_equal(fixed[0], fixed[1])
    assert np.abs(changing[0] - changing[1]).max() > 20
    plain, more = kind(0), kind(0, distractor=True)
    state = plain.reset(np.array([4]), ONE)
    assert not np.array_equal(plain.render(state, 32, ONE), more.render(state, 32, ONE))
    assert set(more.factors(state)) - set(plain.factors(state)) == {"other x", "other y"}


@both
def test_the_disc_has_one_hue_in_all_scenes_and_the_target_another(kind: Kind) -> None:
    episodes = np.arange(40)
    world = kind(0, changing=True)
    state = world.reset(episodes, episodes)
    column = world.columns.index("agent x" if kind is Reach else "disc x")
    state[:, column], state[:, column + 1] = 0.5, 0.4
    seen = middle(world.render(state, 64, episodes), 64)[:, :, 24:27, 31:34].mean((2, 3)) / 255
    disc = np.array([colorsys.rgb_to_hsv(*colour)[0] for colour in seen]) * 360
    assert np.ptp(disc) < 20
    target = world.factors(state)["hue"].values
    own = float(scene.hues(0, scene.looks(0, np.zeros(1)), np.zeros(1))[0][0])
    apart = np.abs((target - own + 180) % 360 - 180)
    assert apart.min() >= 60
    assert np.ptp((target - own) % 360) > 120
    fixed = kind(0).reset(episodes, episodes)
    assert scene.hues(0, scene.looks(0, fixed[:, -1]), fixed[:, -1])[1] == pytest.approx((own + 150) % 360)


@pytest.mark.parametrize("size", [20, 32, 84])
def test_the_factors_say_where_things_are_in_the_picture(size: int) -> None:
    """What changes between two pictures is where the agent was and is."""
    world = Reach(0)
    state = world.reset(np.array([1]), ONE)
    state[0, [reach.TARGET_X, reach.TARGET_Y]] = 0.9, 0.9
    state[0, [reach.AGENT_X, reach.AGENT_Y]] = 0.3, 0.2
    away = state.copy()
    away[0, [reach.AGENT_X, reach.AGENT_Y]] = 0.3, 0.6
    assert world.render(state, size, ONE).shape == (1, 3, size + 2 * margin_of(size), size + 2 * margin_of(size))
    one, other = (middle(world.render(some, size, ONE), size)[0].astype(int) for some in (state, away))
    assert one.shape == (3, size, size)
    differs = np.abs(one - other).sum(0) > 60
    upper = differs & (np.arange(size)[:, None] < 0.4 * size)
    y, x = (axis.mean() + 0.5 for axis in np.nonzero(upper))
    assert (x / size, y / size) == pytest.approx((0.3, 0.2), abs=0.06)  # with the shadow


@both
def test_the_expert_of_the_labels_wins(kind: Kind) -> None:
    world, envs = kind(3), np.arange(200)
    state, won, going = world.reset(envs, envs), np.zeros(200, bool), np.ones(200, bool)
    for _ in range(world.limit):
        actions, names = world.labels(state)
        assert names == world.actions
        moved = world.step(state, actions, envs)
        won |= going & moved.success
        going &= ~moved.over
        state = moved.state
    assert won.mean() > 0.95


def test_frames_are_a_data_set_with_the_state_as_factors() -> None:
    config = DataConfig(source="catch", count=60, size=24, scene="changing")
    dataset = open_dataset(config)
    world = open_world(config)
    states, _ = frames(world, 60, config.seed)
    # Row i of the data set is frame i, and depends on (seed, i) alone.
    more, _ = frames(world, 90, config.seed)
    assert np.array_equal(more[:60], states)
    assert dataset.world == "catch"
    assert "world" in dataset.columns
    assert np.array_equal(dataset.images, middle(world.render(states, 24, np.arange(60)), 24))
    assert np.array_equal(dataset.factors["disc y"].values, states[:, catch.BALL_Y].astype(np.float32))
    assert len(np.unique(states[:, TIME])) > 5  # not the first pictures alone
    assert dataset.classes == world.actions
    assert np.array_equal(dataset.labels, world.labels(states)[0])
    assert {"hue", "background", "background hue", "background tone"} < set(dataset.factors)
    assert HELD_OUT < OF_FRAMES


def test_over_the_scene_the_agent_alone_moves() -> None:
    world = Reach(0)
    state = world.reset(np.array([2]), ONE)
    pictures = over_scene(world, state, 4, 32)
    assert pictures is not None
    cell = 2 * 4 + 1
    own = state.copy()
    own[0, [reach.AGENT_X, reach.AGENT_Y]] = 1.5 / 4, 2.5 / 4
    assert np.array_equal(pictures[cell], world.render(own, 32, ONE)[0])


def test_a_goal_is_a_state_of_the_same_episode_in_which_it_is_reached() -> None:
    envs = np.arange(40)
    for world in (Reach(0, changing=True), Catch(0, changing=True)):
        state = walked(world, envs, 2, 3)[-1]
        goals = world.goals(state)
        assert np.array_equal(goals[:, -1], state[:, -1]), "the look is the same"
        if isinstance(world, Reach):
            assert np.allclose(reach.distance(goals), 0)
            assert np.array_equal(goals[:, reach.TARGET_X :], state[:, reach.TARGET_X :])
        else:
            # A paddle that moves towards the place where the disc lands catches it there.
            assert (goals[:, TIME] == world.limit).all()
            while (state[:, TIME] < world.limit).all():
                aside = goals[:, catch.PADDLE] - state[:, catch.PADDLE]
                chosen = np.where(np.abs(aside) <= catch.STEP / 2, 1, np.where(aside > 0, 2, 0))
                moved = world.step(state, chosen, envs)
                state = moved.state
            assert np.allclose(state[:, catch.BALL_X : catch.DRIFT], goals[:, catch.BALL_X : catch.DRIFT])
            near = np.abs(state[:, catch.PADDLE] - goals[:, catch.PADDLE]) <= catch.STEP / 2 + 1e-9
            assert near.mean() > 0.5
            assert moved.success[near].all()


def test_a_policy_is_given_the_pictures_the_actions_and_the_goal_of_its_episodes() -> None:
    world, episodes = Reach(3), held_out(1, 4)
    seen: list[Seen] = []

    def policy(now: Seen) -> np.ndarray:
        seen.append(now)
        values = np.zeros((len(now.pictures), 4), np.float32)
        values[:, len(seen) % 4] = 1
        return values

    played = play(world, policy, episodes, 16, 3, to_goals=True)
    assert [now.known for now in seen[:4]] == [1, 2, 3, 3]
    assert [now.left for now in seen[:4]] == [16, 15, 14, 13]
    goals = world.render(world.goals(world.reset(episodes, np.arange(4))), 16, np.arange(4))
    for step, now in enumerate(seen[: len(played.actions)]):
        assert now.goals is not None
        assert np.array_equal(now.goals[0], goals[0])
        for back in range(1, now.known + 1):
            assert np.array_equal(now.pictures[0, -back], played.pictures[step + 1 - back])
        assert now.taken[0, 3 - now.known :].tolist() == played.actions[max(0, step - 2) : step].tolist()
    assert played.goal is not None
    assert np.array_equal(played.goal, goals[0])
