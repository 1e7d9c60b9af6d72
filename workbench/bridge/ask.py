"""How a panel asks for something to be computed. mypy checks that the callback takes the type of the question's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from workbench.bridge.question import Question

A = TypeVar("A")
# The callbacks of one question: they take its answer, a sentence where it failed, and its progress.
Callbacks = tuple[Callable[[A], None], Callable[[str], None], Callable[[float], None]]


class Ask(Protocol):
    """Ask a question; `answer` gets the result in the GUI thread, `failed` a sentence, `progress` a share from 0 to 1.

    Exactly one of `answer` and `failed` is called, unless a newer question of the same topic has replaced this one: then
    neither is. A plain function with four positional parameters serves as well (tests hand in fakes)."""

    def __call__(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> None: ...


class TakeOver(Protocol):
    """Receive from now on, in place of a window that was closed, the answer to a question that it asked; whether the question still
    waits or is being answered. Where it is not, no callback is called: the result is stored with its run. Arguments as for Ask."""

    def __call__(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> bool: ...
