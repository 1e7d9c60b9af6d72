"""The types of the functions by which panels ask questions. mypy checks the callback against the type of the question's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from workbench.bridge.question import Question

A = TypeVar("A")
# The callbacks of one question: for its answer, an error message, and its progress.
Callbacks = tuple[Callable[[A], None], Callable[[str], None], Callable[[float], None]]


class Ask(Protocol):
    """Ask a question. In the GUI thread `answer` is called with the result, `failed` with an error message, and `progress` with a
    fraction from 0 to 1.

    Exactly one of `answer` and `failed` is called, or neither if a newer question of the same topic has replaced this one. Any
    function with four positional parameters can be used (tests pass fakes)."""

    def __call__(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> None: ...


class TakeOver(Protocol):
    """Receive the answer to a question that a replaced window has asked. Returns whether the question still waits or is being
    answered; if not, no callback is called, because the result is already stored with its run. Arguments as for Ask."""

    def __call__(
        self,
        question: Question[A],
        answer: Callable[[A], None],
        failed: Callable[[str], None] | None = None,
        progress: Callable[[float], None] | None = None,
        /,
    ) -> bool: ...
