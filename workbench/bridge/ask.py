"""The one way in which a panel asks for something to be computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from workbench.bridge.questions import Question

# Who hears an answer, a failure and a progress.
Hearing = tuple[Callable[[Any], None], Callable[[str], None], Callable[[float], None]]


class Ask(Protocol):
    """Ask a question; `answer` gets the result in the GUI thread, `failed` a sentence, `progress` a share from 0 to 1.

    Exactly one of `answer` and `failed` is called, unless a newer question of the same topic has replaced this one: then
    neither is. A plain function with four positional parameters serves as well (tests hand in fakes)."""

    def __call__(
        self,
        question: Question,
        answer: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> None: ...


class TakeOver(Protocol):
    """Hear from now on, in the place of a window that is gone, of a question that it asked; whether it still waits or is being
    answered. Where it is not, nobody is called: what came of it is kept with its run. Arguments as for Ask."""

    def __call__(
        self,
        question: Question,
        answer: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> bool: ...
