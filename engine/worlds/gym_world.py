"""Environments of gymnasium, seen as pixels. They need the extra `worlds`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.dataset import Bytes, Factor, Index
from engine.worlds.world import TIME, Moved, State, margin_of

EPISODE, RETURN = 1, 2
_MOST = 16  # numbers of an observation that are kept as factors
_LIMIT = 1000  # steps, where the environment names no limit


class GymWorld:
    """An environment with discrete actions, by its id, rendered without a window and squeezed into a square.

    The state of an environment is inside it: a row of this world's state has only the time, the episode's number, the return so far
    and the observation. `render` can show the present alone, so that a replay keeps pixels. A resumed run comes back to the same
    state by the same actions from the beginning of the episode, which holds for environments that are a function of their seed.

    An episode is a success where its return is the environment's `reward_threshold` or more; without one, where it is above 0."""

    keeps_frames = True

    def __init__(self, id: str) -> None:
        # Without a display, and before pygame is imported.
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        self.id, self._envs = id, dict[int, Any]()
        try:
            import gymnasium
        except ImportError:
            remedy = "Install it with: pip install 'parallax-workbench[worlds]'."
            raise complain("data.source", "a world of this program, for gymnasium is not installed", f"gym:{id}", remedy) from None
        self._make: Callable[[], Any] = lambda: gymnasium.make(id, render_mode="rgb_array")
        try:
            env = self._envs[0] = self._make()
            observation, _ = env.reset(seed=0)
            picture = env.render()
        except Exception as error:  # any environment of any package
            raise complain("data.source", "gym: and an environment that can be made here", f"gym:{id}", f"{error}") from None
        if not isinstance(env.action_space, gymnasium.spaces.Discrete):
            got = f"gym:{id}, whose actions are {env.action_space}"
            raise complain("data.source", "an environment with discrete actions", got, "CartPole-v1 is one.")
        if not (isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.shape[2] == 3):
            raise complain("data.source", "an environment that renders colour pictures", f"gym:{id}")
        self.actions = tuple(str(number) for number in range(int(env.action_space.n)))
        self._first = int(env.action_space.start)
        space, few = env.observation_space, np.ndim(observation) < 2
        plain = isinstance(space, gymnasium.spaces.Box | gymnasium.spaces.Discrete)
        self._numbers = min(_MOST, np.size(observation)) if plain and few else 0
        self.columns = ("time", "episode", "return", *(f"observation {number + 1}" for number in range(self._numbers)))
        spec = env.spec
        self.limit = int((spec.max_episode_steps if spec else 0) or _LIMIT)
        threshold = spec.reward_threshold if spec else None
        self._threshold = float(threshold) if threshold is not None else float(np.finfo(np.float32).tiny)

    def reset(self, episodes: Index, rows: Index) -> State:
        """Begin these episodes."""
        state = np.zeros((len(episodes), len(self.columns)))
        for at, (episode, row) in enumerate(zip(episodes.tolist(), rows.tolist(), strict=True)):
            if row not in self._envs:
                self._envs[row] = self._make()
            observation, _ = self._envs[row].reset(seed=episode % (1 << 31))
            state[at, EPISODE] = episode
            state[at, RETURN + 1 :] = self._flat(observation)
        return state

    def step(self, state: State, actions: Index, rows: Index) -> Moved:
        """One step of the environments at `rows`."""
        after, n = state.copy(), len(state)
        reward, over, ended = np.zeros(n, np.float32), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for at, (action, row) in enumerate(zip(actions.tolist(), rows.tolist(), strict=True)):
            observation, gained, terminated, truncated, _ = self._envs[row].step(action + self._first)
            reward[at], ended[at] = float(gained), bool(terminated)
            after[at, TIME] += 1
            after[at, RETURN] += float(gained)
            after[at, RETURN + 1 :] = self._flat(observation)
            over[at] = bool(terminated or truncated or after[at, TIME] >= self.limit)
        return Moved(after, reward, over, ended, over & (after[:, RETURN] >= self._threshold))

    def render(self, state: State, size: int, rows: Index) -> Bytes:
        """The present pictures of the environments at `rows`."""
        from PIL import Image

        side = size + 2 * margin_of(size)
        images = np.empty((len(rows), 3, side, side), np.uint8)
        for at, row in enumerate(rows.tolist()):
            picture = Image.fromarray(np.ascontiguousarray(self._envs[row].render(), dtype=np.uint8))
            images[at] = np.asarray(picture.resize((side, side), Image.Resampling.BOX)).transpose(2, 0, 1)
        return images

    def factors(self, state: State) -> Mapping[str, Factor]:
        """The observation's numbers."""
        first = RETURN + 1
        return {
            self.columns[column]: Factor(state[:, column].astype(np.float32), "number")
            for column in range(first, len(self.columns))
        }

    def labels(self, state: State) -> tuple[Index, tuple[str, ...]]:
        """None: what is best to do is not known."""
        return np.full(len(state), -1, np.int64), ()

    def moved_over(self, state: State, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """None: an environment cannot be put to a state."""

    def goals(self, state: State) -> None:
        """None: which states are the goal is not known."""

    def restore(self, state: State, actions: Sequence[Index]) -> None:
        """Repeat the actions of each episode from its beginning. ValueError where the environment does not come to the same
        observation."""
        for row, (wanted, taken) in enumerate(zip(state, actions, strict=True)):
            rows = np.array([row])
            now = self.reset(wanted[EPISODE : EPISODE + 1].astype(np.int64), rows)
            for action in taken.tolist():
                now = self.step(now, np.array([action]), rows).state
            if not np.array_equal(now[0], wanted):
                raise ValueError(f"the environment {self.id} did not come to the same state by the same actions")

    def _flat(self, observation: Any) -> npt.NDArray[np.float64]:
        if not self._numbers:
            return np.zeros(0)
        return np.asarray(observation, np.float64).reshape(-1)[: self._numbers]
