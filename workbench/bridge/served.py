"""The questions that `python -m engine serve` answers for a window on another machine. Qt-free and torch-free when imported."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from engine.execute.progress import Wanted
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.question import Question, Where

NAME = "workbench.bridge.served:ServedQuestions"
# The modules of workbench.bridge whose questions travel.
_MODULES = (
    "data_questions",
    "episode_questions",
    "evaluate_questions",
    "export_questions",
    "image_questions",
    "invariance_questions",
    "map_questions",
    "model_questions",
    "pair_questions",
    "queue_questions",
    "run_questions",
    "sample_questions",
    "search_questions",
    "setup_questions",
    "size_questions",
    "versus_questions",
    "view_questions",
)


def served_kinds() -> dict[str, type[Question[Any]]]:
    """The classes of the questions that travel, by name."""
    return {
        name: kind
        for module in _MODULES
        for name, kind in vars(importlib.import_module(f"workbench.bridge.{module}")).items()
        if isinstance(kind, type) and issubclass(kind, Question) and not inspect.isabstract(kind) and kind.where is Where.ENGINE
    }


class ServedQuestions:
    """What answers them, in the process of the server; see engine.serve.server.Questions."""

    def __init__(self) -> None:
        self.kinds: Mapping[str, type] = served_kinds()
        self._answers = EngineAnswers()

    def lane(self, question: Any) -> str:
        """As in a window on this machine."""
        return str(question.lane_of_this().value)

    def answer(self, question: Any, progress: Callable[[float], None], wanted: Wanted) -> object:
        """With one session for all."""
        return self._answers(question, progress, wanted)

    def cancel(self, question: Any) -> None:
        """End the process that computes the answer, if one does."""
        self._answers.session.cancel(question.topic)

    def close(self) -> None:
        """End the processes of maps."""
        self._answers.close()
