"""The feed of a run in a world: the method acts, and batches are drawn from what it did."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.augment.seeds import generator_for
from engine.backbones.modes import evaluating
from engine.catalogue import FeedKind
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.data.dataset import Bytes, Dataset, Index
from engine.data.sampler import optimiser_steps, step_batches
from engine.method import Batch, Method, Stage
from engine.methods.build_method import input_size
from engine.worlds.open_world import open_world
from engine.worlds.play import Agent, Moves, Planner, Played, Seen, held_out, jumped, over_scene, play
from engine.worlds.replay import Replay
from engine.worlds.world import State

# Batches in an epoch: a run in a world has no pass through its data.
EPOCH = 100
# The last training episodes over which success and return are averaged.
RECENT = 100
_EPISODES = 1 << 40  # training episodes are drawn from these numbers
_CHUNK = 256


class Experience:
    """Before the first batch the agent takes `Acting.start` random steps; before each batch one step in each of its worlds, mostly
    by the action of the largest value. A batch is drawn evenly from all steps that are kept, or with `Acting.whole` from those with
    a whole history.

    All draws are a function of (seed, step). Batches come in order, because the agent's steps depend on its weights; earlier ones
    can be drawn again while all that they were drawn from is kept. Steps of the environment: `start` + worlds * (step + 1)."""

    def __init__(self, config: RunConfig, dataset: Dataset, method: Method, device: str) -> None:
        if not isinstance(method, Agent | Planner):
            raise TypeError(f"{type(method).__name__} cannot act in a world: it has no `acting`, and no `values` or `plan_values`")
        self.config, self.dataset, self.method = config, dataset, method
        self._player: Agent | Planner = method
        self._device = torch.device(device)
        self.seed, self.batch, self.accumulate = config.train.seed, config.train.batch, config.optim.accumulate
        self.size = input_size(config)
        self.acting = acting = method.acting
        self.world = open_world(config.data)
        # At least a batch can be drawn from the first ticks.
        self.start_ticks = max(acting.stack + 2 if acting.whole else 2, -(-acting.start // acting.worlds))
        ticks = max(acting.replay // acting.worlds, self.start_ticks + acting.stack + 2)
        self.replay = Replay(self.world, ticks, acting.worlds, self.size, keeps_ends=acting.whole)
        self._envs = np.arange(acting.worlds)
        self._state: State = np.zeros((0, 0))
        self._frames: Bytes = np.zeros((0, 3, 0, 0), np.uint8)
        self._returns = np.zeros(acting.worlds, np.float32)
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self._begun = 0  # episodes so far
        self.mean, self.std = torch.from_numpy(dataset.mean).float(), torch.from_numpy(dataset.std).float()
        self._shift = self.mean.to(self._device).view(1, 3, 1, 1)
        self._scale = (1.0 / self.std).to(self._device).view(1, 3, 1, 1)
        self._baseline: dict[tuple[int, int], float] = {}

    @property
    def kind(self) -> FeedKind:
        """A world."""
        return "world"

    @property
    def device(self) -> torch.device:
        """Where the tensors of the batches are."""
        return self._device

    @property
    def plans(self) -> bool:
        """Whether held-out episodes are played by plans."""
        return isinstance(self._player, Planner)

    @property
    def has_goals(self) -> bool:
        """Whether the world knows the goals of its episodes."""
        return self.world.goals(np.zeros((0, len(self.world.columns)))) is not None

    @property
    def steps_per_epoch(self) -> int:
        """A fixed number of batches."""
        return EPOCH

    @property
    def optimiser_steps(self) -> int:
        """Steps of the optimiser in an epoch."""
        return optimiser_steps(EPOCH, self.accumulate)

    def of_step(self, step: int) -> range:
        """See engine.train.feed."""
        return step_batches(step, EPOCH, self.accumulate)

    def logged(self, step: int) -> range:
        """See engine.train.feed."""
        return self.of_step(step - 1)

    def of_stage(self, stage: Stage) -> Experience:
        """This feed: a run in a world has one part."""
        return self

    def at(self, step: int) -> Batch:
        """The batch of a number. ValueError for an earlier one that can no longer be drawn."""
        wanted = self.start_ticks + step + 1
        while self.replay.count < wanted:
            self._tick()
        first, last = self.replay.window(wanted, self.acting.stack)
        generator = generator_for(self.seed, "replay", step)
        tick, env = self._drawn(first, last, generator)
        pictures = self.replay.pictures(tick, env, self.acting.stack)  # (N, stack + 1, 3, s, s)
        slot = tick % self.replay.ticks
        moves = Moves(
            torch.from_numpy(self.replay.actions[slot, env]).to(self._device),
            torch.from_numpy(self.replay.before(tick, env, self.acting.stack)).to(self._device),
            torch.from_numpy(self.replay.rewards[slot, env]).to(self._device),
            torch.from_numpy(self.replay.ended[slot, env]).to(self._device),
            self._measures(),
        )
        views = [self.normalised(pictures[:, number]) for number in range(pictures.shape[1])]
        index = torch.from_numpy(tick * self.acting.worlds + env)
        return self._batch(views, index, generator_for(self.seed, "method", step), moves)

    def _drawn(self, first: int, last: int, generator: torch.Generator) -> tuple[Index, Index]:
        """Ticks from `first` to before `last`, and environments, of a batch of steps."""
        if not self.acting.whole:
            tick = torch.randint(first, last, (self.batch,), generator=generator).numpy()
            return tick, torch.randint(self.acting.worlds, (self.batch,), generator=generator).numpy()
        ticks, envs = self.replay.whole(first, last, self.acting.stack)
        if not len(ticks):
            raise ValueError(f"no episode in the replay has the {self.acting.stack} pictures that a step needs before it")
        row = torch.randint(len(ticks), (self.batch,), generator=generator).numpy()
        return ticks[row], envs[row]

    def of(self, index: npt.NDArray[np.generic], seed: int = 0) -> Batch:
        """The pictures of the data set at `index`, and held-out episodes to play: as many as there are pictures, of the group
        `seed`."""
        rows = np.asarray(index, np.int64)
        views = [self.normalised(self.dataset.images[rows])]
        return self._batch(views, torch.from_numpy(rows), generator_for(seed, "pictures"), None, seed)

    def play(self, episodes: Index, random: bool = False) -> Played:
        """Play episodes, in a world of their own, by the action of the largest value, or at random. ConfigError for a planner in a
        world that knows no goals."""
        world, policy = open_world(self.config.data), None if random else self._policy
        to_goals = policy is not None and self.plans
        if to_goals and not self.has_goals:
            allowed = "a world that knows its goals (visit, reach, catch), to plan in"
            remedy = "Its predictions and embeddings need no goal, but its plans do."
            raise complain("data.source", allowed, self.config.data.source, remedy)
        return play(world, policy, episodes, self.size, self.acting.stack, self.seed, to_goals)

    def _policy(self, seen: Seen) -> npt.NDArray[np.float32]:
        player = self._player
        if not isinstance(player, Planner):
            return self.values(seen.pictures)
        assert seen.goals is not None
        views = [self.normalised(seen.pictures[:, number]) for number in range(seen.pictures.shape[1])][-seen.known :]
        taken = torch.from_numpy(seen.taken[:, self.acting.stack - seen.known :]).to(self._device)
        generator = generator_for(self.seed, "plan", seen.left)
        with torch.no_grad(), evaluating(self.method):
            values = player.plan_values(views, taken, self.normalised(seen.goals), seen.left, generator)
        return values.float().cpu().numpy()

    def values(self, pictures: Bytes) -> npt.NDArray[np.float32]:
        """The values (n, A) of pictures (n, stack, 3, s, s), by the method as it is, which must be an agent."""
        rows, agent = [], self._player
        assert isinstance(agent, Agent)
        with torch.no_grad(), evaluating(self.method):
            for start in range(0, len(pictures), _CHUNK):
                part = pictures[start : start + _CHUNK]
                rows.append(agent.values([self.normalised(part[:, number]) for number in range(part.shape[1])]))
        return torch.cat(rows).float().cpu().numpy()

    def state_dict(self) -> dict[str, Any]:
        """The replay, the episodes that go on, and what the last ones gave."""
        if not self.replay.count:
            return {"replay": None}
        return {
            "replay": self.replay.state_dict(),
            "state": torch.from_numpy(self._state.copy()),
            "frames": torch.from_numpy(self._frames.copy()) if self.world.keeps_frames else None,
            "returns": torch.from_numpy(self._returns.copy()),
            "recent": [list(pair) for pair in self._recent],
            "begun": self._begun,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See engine.train.feed."""
        if state["replay"] is None:
            return
        shape = self.acting.worlds, len(self.world.columns)
        if tuple(state["state"].shape) != shape or tuple(state["returns"].shape) != shape[:1]:
            raise ValueError(f"the state of the world must have the shape {shape}, and has {tuple(state['state'].shape)}")
        self.replay.load_state_dict(state["replay"])
        self._state, self._returns = state["state"].numpy().copy(), state["returns"].numpy().copy()
        self._recent = deque(((float(gained), float(won)) for gained, won in state["recent"]), maxlen=RECENT)
        self._begun = int(state["begun"])
        if self.world.keeps_frames:
            times = self._state[:, 0].astype(np.int64)
            taken = [self.replay.since_reset(env, int(time)) for env, time in enumerate(times)]
            self.world.restore(self._state, taken)
            self._frames = state["frames"].numpy().copy()
        else:
            self._frames = self.world.render(self._state, self.size, self._envs)

    def _tick(self) -> None:
        """One step in each world."""
        acting, number = self.acting, self.replay.count
        if not number:
            self._state = self._reset(self._envs)
            self._frames = self.world.render(self._state, self.size, self._envs)
        self.replay.begin(self._state, self._frames)
        generator = generator_for(self.seed, "act", number)
        chance = torch.rand(acting.worlds, generator=generator).numpy()
        random = torch.randint(len(self.world.actions), (acting.worlds,), generator=generator).numpy()
        share = self.exploration
        actions = random
        if share < 1:
            best = self.values(self.replay.present(acting.stack)).argmax(1)
            actions = np.where(chance < share, random, best)
        moved = self.world.step(self._state, actions, self._envs)
        self._returns += moved.reward
        over = np.flatnonzero(moved.over)
        frames = np.empty_like(self._frames)
        going = np.flatnonzero(~moved.over)
        state = moved.state.copy()
        # Before these environments begin another episode, which they would show then.
        cut = np.flatnonzero(self.replay.last(moved.over, moved.ended))
        for rows in (going, cut):
            if len(rows):
                frames[rows] = self.world.render(state[rows], self.size, rows)
        self.replay.finish(actions, moved, frames)
        for env in over.tolist():
            self._recent.append((float(self._returns[env]), float(moved.success[env])))
        if len(over):
            self._returns[over] = 0
            state[over] = self._reset(over)
            frames[over] = self.world.render(state[over], self.size, over)
        self._state, self._frames = state, frames

    @property
    def exploration(self) -> float:
        """The present share of random actions: 1 during the start, then falling."""
        after = (self.replay.count - self.start_ticks) * self.acting.worlds
        if after < 0:
            return 1.0
        return max(self.acting.least, 1.0 - (1.0 - self.acting.least) * after / max(1, self.acting.explore))

    def _reset(self, envs: Index) -> State:
        numbers = np.arange(self._begun, self._begun + len(envs))
        self._begun += len(envs)
        drawn = [int(torch.randint(_EPISODES, (1,), generator=generator_for(self.seed, "episode", int(n)))) for n in numbers]
        return self.world.reset(np.array(drawn, np.int64), envs)

    def _measures(self) -> dict[str, float]:
        measures = {"environment_steps": float(self.replay.count * self.acting.worlds), "exploration": self.exploration}
        if self._recent:
            gained, won = np.mean(list(self._recent), axis=0)
            measures |= {"return": float(gained), "success": float(won)}
        return measures

    def _batch(self, views: list[Tensor], index: Tensor, generator: torch.Generator, moves: Moves | None, group: int = 0) -> Batch:
        return Batch(
            views=views,
            index=index,
            generator=generator,
            label=torch.full((len(index),), -1, device=self._device),
            mean=self.mean,
            std=self.std,
            stored=self._stored,
            moves=moves,
            scenes=None if moves is not None else HeldOut(self, group, len(index)),
        )

    def _stored(self, index: Tensor) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(self.dataset.images[index.cpu().numpy()])).to(self._device).float() / 255

    def normalised(self, pictures: Bytes) -> Tensor:
        """Pictures (n, 3, s, s) as the encoder takes them."""
        pixels = torch.from_numpy(np.ascontiguousarray(pictures)).to(self._device).float().div_(255)
        return pixels.sub_(self._shift).mul_(self._scale)

    def baseline(self, group: int, count: int) -> float:
        """The share of held-out episodes that random actions solve; played once."""
        if (group, count) not in self._baseline:
            self._baseline[group, count] = float(self.play(held_out(group, count), random=True).success.mean())
        return self._baseline[group, count]


class HeldOut:
    """See engine.worlds.play.Scenes: the `group`-th such episodes, as many as the batch has pictures, at most."""

    def __init__(self, feed: Experience, group: int, count: int) -> None:
        # An environment renders one picture after another, and a planner tries hundreds of plans for each step.
        most = 16 if feed.world.keeps_frames else 32 if feed.plans else count
        self._feed, self._group, self._count = feed, group, min(count, most)
        self.actions = feed.world.actions
        self.has_goals = feed.has_goals
        self._played: Played | None = None

    def play(self) -> Played:
        """The episodes, played by the method as it is: once, and then kept."""
        if self._played is None:
            self._played = self._feed.play(held_out(self._group, self._count))
        return self._played

    def baseline(self) -> float:
        """The share of the episodes that random actions solve."""
        return self._feed.baseline(self._group, self._count)

    def wander(self) -> Played:
        """The first episode alone, by random actions."""
        return self._feed.play(held_out(self._group, self._count)[:1], random=True)

    def jump(self, played: Played, at: int) -> Bytes | None:
        """Pictures of an episode in which something is put elsewhere: see engine.worlds.play.Scenes."""
        world = self._feed.world
        states = jumped(world, played, at)
        return None if states is None else world.render(states, self._feed.size, np.arange(len(states)))

    def over_scene(self, side: int) -> Bytes | None:
        """Pictures of the first scene with what moves in the world put to every cell: see engine.worlds.play.Scenes."""
        return over_scene(self._feed.world, self.play().states[:1], side, self._feed.size)

    def views(self, pictures: Bytes) -> Tensor:
        """Pictures (n, 3, s, s) normalised."""
        return self._feed.normalised(pictures)

    def map_of_values(self, side: int) -> tuple[Bytes, npt.NDArray[np.float32]] | None:
        """The first picture of the first episode, (3, s, s), and the values (side, side, A) where what moves in the world is put to
        every cell of a grid over the scene, at rest; None for a world where it cannot be."""
        pictures = self.over_scene(side)
        if pictures is None:
            return None
        resting = np.repeat(pictures[:, None], self._feed.acting.stack, axis=1)
        return self.play().pictures[0], self._feed.values(resting).reshape(side, side, -1)
