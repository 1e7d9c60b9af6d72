"""Answers that are overtaken between the background thread and the window."""

from __future__ import annotations

from collections.abc import Callable
from queue import Queue

from engine.execute.progress import ProgressCallback, Wanted
from workbench.bridge.question import Question
from workbench.bridge.request_queue import Request, RequestQueue
from workbench.bridge.setup_questions import CheckConfig


def test_an_answer_that_is_delivered_after_a_newer_question_is_discarded() -> None:
    delivered: Queue[Callable[[], None]] = Queue()
    shown: list[str] = []

    def compute(question: Question[str], progress: ProgressCallback, wanted: Wanted) -> str:
        assert isinstance(question, CheckConfig)
        return str(question.config["name"])

    def request(name: str) -> Request[str]:
        return Request(CheckConfig({"name": name}), "topic", shown.append, None, None)  # type: ignore[arg-type]

    lane = RequestQueue("test", compute, delivered.put, lambda question, share: None, yields=False)  # type: ignore[arg-type]
    lane.put(request("older"))
    older = delivered.get(timeout=10)  # the window has not run it yet
    lane.put(request("newer"))
    newer = delivered.get(timeout=10)
    older()
    assert shown == []
    newer()
    assert shown == ["newer"]
    lane.end()
    assert lane.join()
