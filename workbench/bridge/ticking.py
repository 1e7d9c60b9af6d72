"""What an answer that takes long reports through: how far it is, and an end where nobody waits any more. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from workbench.bridge.request_queue import CalledOff

Tell = Callable[[float], None]
Wanted = Callable[[], bool]


class Tick(Protocol):
    """Takes a share from 0 to 1 and, where the engine says it, what is being done, which nobody here reads."""

    def __call__(self, share: float, text: str = "", /) -> None: ...


def ticking(progress: Tell, wanted: Wanted, begin: float = 0.0, end: float = 1.0) -> Tick:
    """Progress of a part, from `begin` to `end` of the whole. Raises CalledOff where the answer is not `wanted` any more."""

    def tick(share: float, text: str = "", /) -> None:
        if not wanted():
            raise CalledOff
        progress(begin + (end - begin) * share)

    return tick
