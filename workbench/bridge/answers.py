"""The engine's answers: each question computes its own, with what the session keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.execute.progress import Wanted
from workbench.bridge.question import Context, Question, Session

A = TypeVar("A")


class EngineAnswers:
    """Answers every question. Called from several threads, one a lane."""

    def __init__(self) -> None:
        self.session = Session()

    def __call__(self, question: Question[A], progress: Callable[[float], None], wanted: Wanted) -> A:
        """The answer. ConfigError for what a person can fix."""

        def report(share: float, text: str = "", /) -> None:
            progress(share)  # the window shows no text beside a share

        return question.answer(Context(self.session, report, wanted))

    def close(self) -> None:
        """End the processes that make maps; a map that is being made fails."""
        self.session.close()
