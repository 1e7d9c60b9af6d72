"""The interface of a world: an environment whose whole state is a table of numbers, many episodes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.data.dataset import Bytes, Factor, Index

State = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TIME = 0  # the first column of every state: steps since the episode began
# The margin around what the encoder sees, to each side, from which random crops are cut: 100 px for 84, as in CURL.
MARGIN = 3 / 32


def margin_of(size: int) -> int:
    """Pixels to each side of a picture of `size` px."""
    return max(1, round(size * MARGIN))


@dataclass(frozen=True, eq=False)
class Moved:
    """The result of one step of n episodes. reward: (n,) float32. over: (n,) the episode has ended, by the world's rules or by the
    time limit. ended: (n,) by the rules: what would have come after it has no value. success: (n,) the goal was reached."""

    state: State
    reward: npt.NDArray[np.float32]
    over: Flags
    ended: Flags
    success: Flags


class World(Protocol):
    """Episodes by number: the same numbers and actions give the same states and pictures.

    States are (n, D) float64, a row an episode. `rows` (n,) says which environments of this world the rows belong to, for a world
    that is itself an object with a state (an environment of gymnasium); the others need it not, and their `step` and `render` are
    functions of the state."""

    actions: tuple[str, ...]
    columns: tuple[str, ...]
    # The longest episode, in steps.
    limit: int
    # Whether a picture can only be made at the moment itself, so that a replay must keep the pixels.
    keeps_frames: bool

    def reset(self, episodes: Index, rows: Index) -> State:
        """The first states of these episodes (n,), numbers from 0 on."""
        ...

    def step(self, state: State, actions: Index, rows: Index) -> Moved:
        """One step: `actions` (n,) are indices into the world's own."""
        ...

    def render(self, state: State, size: int, rows: Index) -> Bytes:
        """Pictures (n, 3, s, s) of states, s = `size` + 2 * `margin_of(size)`: their middle of `size` px is what an encoder of that
        size sees, the rest is for random crops."""
        ...

    def factors(self, state: State) -> Mapping[str, Factor]:
        """What is known of the states, by name."""
        ...

    def labels(self, state: State) -> tuple[Index, tuple[str, ...]]:
        """A class (n,) for each state, -1 where unknown, and the names of the classes."""
        ...

    def moved_over(self, state: State, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> State | None:
        """The first state, with what moves in this world put to positions (n,), shares of the side; None where it cannot be."""
        ...

    def goals(self, state: State) -> State | None:
        """For each state (n, D) one of the same episode in which the goal is reached; None where it is not known."""
        ...

    def restore(self, state: State, actions: Sequence[Index]) -> None:
        """Bring a world that is itself an object with a state to these states (n, D), which it came to from the beginning of their
        episodes by `actions`, one array a row. ValueError where it does not come to them. Others do nothing."""
        ...


def middle(pictures: Bytes, size: int) -> Bytes:
    """The middle (n, 3, size, size) of pictures."""
    margin = (pictures.shape[-1] - size) // 2
    return np.ascontiguousarray(pictures[..., margin : margin + size, margin : margin + size])
