"""A callback at an `ask` takes the type of the question's answer, and an answer has the type that its question declares."""

from __future__ import annotations

from collections.abc import Callable

Mypy = Callable[[str], list[str]]

ASK = """
from workbench.bridge.ask import Ask
from workbench.bridge.setup_questions import Checked, CheckConfig
from workbench.bridge.view_questions import PreviewViews, ViewsPreview, WriteTransform


def show(preview: ViewsPreview) -> None: ...


def anything(answer: object) -> None: ...


def panel(ask: Ask) -> None:
    ask({question}, {callback})
"""


def test_the_callback_takes_the_answer(mypy: Mypy) -> None:
    assert mypy(ASK.format(question="PreviewViews({}, (0,), 0)", callback="show")) == []
    assert mypy(ASK.format(question="PreviewViews({}, (0,), 0)", callback="anything")) == []
    assert mypy(ASK.format(question="CheckConfig({})", callback="lambda checked: print(checked.problems)")) == []


def test_a_callback_of_another_type_is_an_error(mypy: Mypy) -> None:
    for question, callback, code in (
        ("WriteTransform({}, 64)", "show", "arg-type"),
        ("CheckConfig({})", "show", "arg-type"),
        ("CheckConfig({})", "lambda checked: print(checked.problem)", "attr-defined"),
    ):
        errors = mypy(ASK.format(question=question, callback=callback))
        assert errors, question
        assert all(error.endswith(f"[{code}]") for error in errors), errors


ANSWER = """
from dataclasses import dataclass
from typing import ClassVar
from workbench.bridge.question import Context, DataQuestion, Lane


@dataclass(frozen=True)
class CountImages(DataQuestion[int]):
    lane: ClassVar = Lane.SLOW

    def answer(self, context: Context) -> {answer}:
        return {value}
"""


def test_an_answer_has_the_declared_type(mypy: Mypy) -> None:
    assert mypy(ANSWER.format(answer="int", value="len(self.data)")) == []
    [error] = mypy(ANSWER.format(answer="str", value="'many'"))
    assert error.endswith("[override]")
