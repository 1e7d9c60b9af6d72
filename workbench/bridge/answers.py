"""Computes the answers to questions, with one Session for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.execute.progress import Wanted
from workbench.bridge.question import Context, Question, Session
from workbench.bridge.torch_first import import_torch

A = TypeVar("A")


class EngineAnswers:
    """Answers every question. Called from several threads, one per lane."""

    def __init__(self) -> None:
        self.session = Session()

    def __call__(self, question: Question[A], progress: Callable[[float], None], wanted: Wanted) -> A:
        """The answer to a question. ConfigError where the user can fix the problem."""

        def report(share: float, text: str = "", /) -> None:
            progress(share)  # the window shows no text beside the progress

        if question.imports_torch:
            import_torch()
        return question.answer(Context(self.session, report, wanted))

    def close(self) -> None:
        """End the processes that compute maps; a map that is being computed fails."""
        self.session.close()
