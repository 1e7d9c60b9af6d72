"""The feed of a run in a world: batches in order, resume to the bit in the middle of an episode, small checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.events import Event, StepDone
from engine.method import Batch
from engine.train import checkpoint, loop
from engine.train.control import Control
from engine.train.experience import EPOCH, Experience
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from engine.train.train_run import resume, train
from engine.worlds.world import TIME

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]


def feed_of(session: Session) -> Experience:
    assert isinstance(session.batches, Experience)
    return session.batches


def steps(session: Session, count: int) -> None:
    for _ in range(count):
        take_step(session)
        session.step += 1


def same(one: Batch, two: Batch) -> bool:
    assert one.moves is not None
    assert two.moves is not None
    return (
        all(torch.equal(a, b) for a, b in zip(one.views, two.views, strict=True))
        and torch.equal(one.moves.actions, two.moves.actions)
        and torch.equal(one.moves.rewards, two.moves.rewards)
        and torch.equal(one.index, two.index)
    )


def test_kind_epoch_and_environment_steps(prepared: Prepared) -> None:
    session = prepared("curl")
    feed = feed_of(session)
    assert (feed.kind, feed.steps_per_epoch, session.steps_per_epoch) == ("world", EPOCH, EPOCH)
    moves = feed.at(0).moves
    assert moves is not None
    # 32 random steps at the start, then one in each of 4 worlds before each batch.
    assert moves.measures["environment_steps"] == 32 + 4
    later = feed.at(5).moves
    assert later is not None
    assert later.measures["environment_steps"] == 32 + 6 * 4
    assert later.measures["exploration"] < moves.measures["exploration"] <= 1


def test_a_batch_can_be_drawn_again_while_its_steps_are_kept(prepared: Prepared) -> None:
    feed = feed_of(prepared("curl"))
    first = feed.at(0)
    feed.at(4)
    assert same(feed.at(0), first)
    feed.at(200)
    with pytest.raises(ValueError, match="no longer in the replay"):
        feed.at(0)


def test_the_agent_acts_by_its_values_where_it_does_not_explore(prepared: Prepared) -> None:
    session = prepared("curl", {"method": {"explore": 1}})
    feed = feed_of(session)
    feed.at(20)
    agreed = []
    for tick in range(feed.start_ticks + 2, feed.replay.count):
        envs = np.arange(feed.acting.worlds)
        seen = feed.replay.pictures(np.full(len(envs), tick), envs, feed.acting.stack)[:, :-1]
        agreed.append(feed.values(seen).argmax(1) == feed.replay.actions[tick % feed.replay.ticks])
    assert np.mean(agreed) > 0.85  # one in twenty is random
    assert feed.exploration == feed.acting.least


def test_a_world_model_gets_true_histories_of_random_actions(prepared: Prepared) -> None:
    """The pictures of a step are those of the states to which the actions lead, from the first state on."""
    feed = feed_of(prepared("lewm", {"method": {"history": 3, "worlds": 16, "replay": 1024}, "train": {"batch": 64}}))
    batch = feed.at(56)
    moves, replay = batch.moves, feed.replay
    assert moves is not None
    assert feed.exploration == moves.measures["exploration"] == 1
    tick, env = np.divmod(batch.index.numpy(), feed.acting.worlds)
    state = replay.states[(tick - 2) % replay.ticks, env]
    actions = torch.cat([moves.before, moves.actions[:, None]], dim=1).numpy()
    for number, view in enumerate(batch.views):
        assert torch.equal(view, feed.normalised(feed.world.render(state, feed.size, env)))
        if number < 3:
            moved = feed.world.step(state, actions[:, number], env)
            state = moved.state
    assert torch.equal(moves.ended, torch.from_numpy(moved.ended))
    # Also of the steps that reach the target, few as they are.
    tick, env = np.nonzero(replay.ended[: replay.count])
    assert len(tick), "the test must meet an end by the rules"
    moved = feed.world.step(replay.states[tick, env], replay.actions[tick, env], env)
    assert moved.ended.all()
    assert np.array_equal(replay.pictures(tick, env, 1)[:, 1], feed.world.render(moved.state, feed.size, env))


def test_training_and_held_out_episodes_share_no_scene(prepared: Prepared) -> None:
    session = prepared("curl", {"data": {"scene": "changing"}})
    feed = feed_of(session)
    feed.at(10)
    looks = set(feed.replay.states[: feed.replay.count, :, -1].reshape(-1).tolist())
    scenes = feed.of(np.arange(6)).scenes
    assert scenes is not None
    assert not looks & set(scenes.play().states[:, -1].tolist())


def test_playing_changes_neither_training_nor_the_method(prepared: Prepared) -> None:
    one, two = prepared("curl"), prepared("curl")
    steps(one, 2)
    scenes = one.batches.of(np.arange(5)).scenes
    assert scenes is not None
    scenes.play()
    scenes.baseline()
    scenes.map_of_values(3)
    steps(two, 2)
    assert same(one.batches.at(2), two.batches.at(2))
    assert one.method.training


def test_a_checkpoint_in_the_middle_of_an_episode_goes_on_to_the_bit(prepared: Prepared, tmp_path: Path) -> None:
    session = prepared("curl")
    steps(session, 5)
    feed = feed_of(session)
    times = feed._state[:, TIME]
    assert (times > 0).any(), "an episode must be under way"
    path = checkpoint.save(session, tmp_path)
    kept = feed.replay.count * feed.acting.worlds
    side = feed.size + 6
    state = checkpoint.read_checkpoint(path)["feed"]
    numbers = [value for value in state["replay"].values() if isinstance(value, torch.Tensor)]
    assert sum(value.numel() * value.element_size() for value in numbers) < kept * 3 * side * side / 20
    expected = [session.batches.at(5), session.batches.at(9)]
    fresh = prepared("curl")
    checkpoint.load(fresh, tmp_path)
    assert all(same(fresh.batches.at(step), batch) for step, batch in zip((5, 9), expected, strict=True))


def test_a_killed_run_repeats_the_numbers_from_its_checkpoint(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two checkpoints, as kill -9 does: nothing is saved after the last one."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    config = small("curl", {"train": {"steps": 9}})
    whole: list[Event] = []
    assert train(config, whole.append, Control(), None).state == "finished"

    class Killed(BaseException):
        pass

    control, broken = Control(), list[Event]()

    def killed_at_six(event: Event) -> None:
        broken.append(event)
        if isinstance(event, StepDone) and event.step == 4:
            control.checkpoint()
        if isinstance(event, StepDone) and event.step == 6:
            raise Killed

    with pytest.raises(Killed):
        train(config, killed_at_six, control, tmp_path)
    again: list[Event] = []
    assert resume(tmp_path, again.append, Control()).state == "finished"
    values = {event.step: (event.loss, dict(event.terms)) for event in whole if isinstance(event, StepDone)}
    repeated = {event.step: (event.loss, dict(event.terms)) for event in again if isinstance(event, StepDone)}
    assert min(repeated) > 1, "it goes on from the checkpoint"
    assert all(values[step] == numbers for step, numbers in repeated.items())


@pytest.mark.parametrize("key", ["state", "replay", "returns", "begun"])
def test_a_damaged_state_of_the_world_is_refused_in_words(key: str, prepared: Prepared, tmp_path: Path) -> None:
    session = prepared("curl")
    steps(session, 1)
    loaded = checkpoint.LoadedCheckpoint(tmp_path, checkpoint.read_checkpoint(checkpoint.save(session, tmp_path)))
    del loaded.state["feed"][key]
    with pytest.raises(ConfigError, match="cannot be loaded"):
        checkpoint.restore(prepared("curl"), loaded)


def test_a_method_that_acts_needs_a_world() -> None:
    given: dict[str, Any] = {"method": {"id": "curl"}, "data": {"source": "shapes"}}
    with pytest.raises(ConfigError, match="a set with a world to act in and a visible goal, which CURL needs") as caught:
        resolve(given)
    assert "reach, catch" in str(caught.value)


def test_other_methods_train_on_the_pictures_of_a_world(small: Small) -> None:
    session = prepare(small("simclr", {"data": {"source": "reach"}}))
    assert session.batches.kind == "images"
    assert torch.isfinite(take_step(session)[0].loss)


def test_the_number_of_episodes_judged_is_that_of_the_pictures(prepared: Prepared) -> None:
    session = prepared("curl")
    scenes = session.batches.of(np.arange(7), seed=3).scenes
    assert scenes is not None
    played = scenes.play()
    assert played.success.shape == (7,)
    other = session.batches.of(np.arange(7), seed=4).scenes
    assert other is not None
    assert not np.array_equal(other.play().states[0], played.states[0])
    assert replace(session.batches.of(np.arange(3)), scenes=None).scenes is None


def test_the_picture_after_a_time_limit_is_not_that_of_the_next_episode(prepared: Prepared) -> None:
    feed = feed_of(prepared("curl", {"method": {"worlds": 16, "replay": 1024}}))
    feed.at(56)
    replay = feed.replay
    tick, env = np.nonzero(replay.over[: replay.count] & ~replay.ended[: replay.count])
    assert len(tick), "the test must meet a time limit"
    moved = feed.world.step(replay.states[tick, env], replay.actions[tick, env], env)
    shown = replay.pictures(tick, env, feed.acting.stack)[:, -1]
    assert np.array_equal(shown, feed.world.render(moved.state, feed.size, env))
