"""Every question declares its lane and the type of its answer, and its `answer` returns that type."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from dataclasses import is_dataclass

import pytest

import workbench.bridge
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.question import ConfigQuestion, Context, DataQuestion, Lane, Question

BASES = (ConfigQuestion, DataQuestion)


def below(kind: type) -> set[type]:
    return {kind, *(one for child in kind.__subclasses__() for one in below(child))}


def questions() -> list[type[Question[object]]]:
    for module in pkgutil.iter_modules(workbench.bridge.__path__, "workbench.bridge."):
        importlib.import_module(module.name)
    return sorted(below(Question) - {Question, *BASES}, key=lambda kind: kind.__name__)


OWN = [kind for kind in questions() if kind.__module__.startswith("workbench.bridge.")]


def declared(kind: type) -> object:
    """X of `class kind(Question[X])`."""
    [base] = [base for base in vars(kind)["__orig_bases__"] if issubclass(typing.get_origin(base) or base, Question)]
    [answer] = typing.get_args(base)
    return answer


def test_all_questions_are_listed_with_unique_names() -> None:
    assert len(OWN) > 30
    assert len({kind.__name__ for kind in OWN}) == len(OWN)


@pytest.mark.parametrize("kind", OWN, ids=[kind.__name__ for kind in OWN])
def test_a_question_declares_its_lane_and_answer_type(kind: type[Question[object]]) -> None:
    assert is_dataclass(kind)
    assert isinstance(vars(kind)["lane"], Lane)
    assert isinstance(kind.opens_data, bool)
    assert not inspect.isabstract(kind)
    # The method is defined in the class itself and returns the declared type.
    answer = vars(kind)["answer"]
    names = {**vars(importlib.import_module(kind.__module__))}
    assert typing.get_type_hints(answer, names) == {"context": Context, "return": declared(kind)}


def test_a_question_without_an_answer_method_cannot_be_created() -> None:
    class Nothing(Question[int]):
        lane = Lane.QUICK

    with pytest.raises(TypeError, match="answer"):
        Nothing()  # type: ignore[abstract]


def test_pytorch_is_imported_whole_before_an_answer_that_may_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that import parts of it at once can get modules that are not complete."""
    calls: list[str] = []

    class Own(Question[int]):
        lane = Lane.QUICK

        def answer(self, context: Context) -> int:
            calls.append("answer")
            return 1

    class Torchless(Own):
        imports_torch = False

    monkeypatch.setattr("workbench.bridge.answers.import_torch", lambda: calls.append("torch"))
    answers = EngineAnswers()
    answers(Own(), lambda share: None, lambda: True)
    answers(Torchless(), lambda share: None, lambda: True)
    assert calls == ["torch", "answer", "answer"]
