"""Computes the answers to questions by the engine of another machine. No Qt but for translated messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from engine.config.errors import ConfigError, Problem
from engine.execute.progress import Wanted
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.question import Question, Where
from workbench.bridge.remote_host import RemoteHost
from workbench.bridge.served import served_kinds

A = TypeVar("A")


class RemoteAnswers:
    """Answers what needs nothing of the engine's machine here, and asks the host for the rest. A question that does not travel yet
    fails with a line that says so."""

    def __init__(self, host: RemoteHost) -> None:
        self._host = host
        self._here = EngineAnswers()
        self._kinds = served_kinds()

    def __call__(self, question: Question[A], progress: Callable[[float], None], wanted: Wanted) -> A:
        """ConfigError as the engine there raises it. Waits while there is no connection."""
        if question.where is Where.WINDOW:
            return self._here(question, progress, wanted)
        if self._kinds.get(type(question).__name__) is not type(question):
            raise ConfigError([Problem("host", not_yet())])
        return self._host.ask(question, progress, wanted)

    def close(self) -> None:
        """Release what was opened here."""
        self._here.close()


def not_yet() -> str:
    """What is said of work that reads or writes files of both machines."""
    return QCoreApplication.translate("Remote", "This is not available for runs on another machine yet: use the window there.")
