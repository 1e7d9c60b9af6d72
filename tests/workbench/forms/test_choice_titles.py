"""The values of a setting with a few choices, and durations, in another language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from workbench.forms.choice_titles import choice_title
from workbench.models.columns import duration
from workbench.models.queue_entries import seconds_text


class Words(QTranslator):
    """Knows a few texts."""

    WORDS = {"random": "随机", "{0} s": "{0} 秒", "{0} min": "{0} 分钟", "{0} min {1} s": "{0} 分 {1} 秒"}

    def translate(self, context: str, text: str, comment: str | None = None, number: int = -1) -> str:
        return self.WORDS.get(text, "") if context in ("choices", "durations") else ""

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def translated(qapp: QCoreApplication) -> Iterator[Words]:
    words = Words()
    QCoreApplication.installTranslator(words)
    yield words
    QCoreApplication.removeTranslator(words)


def test_in_english_a_choice_is_its_value(qapp: QCoreApplication) -> None:
    assert [choice_title(value) for value in ("random", "adamw", 3)] == ["random", "adamw", "3"]


def test_a_translated_choice_has_its_value_too_and_a_name_stays(translated: Words) -> None:
    assert [choice_title(value) for value in ("random", "adamw")] == ["随机 (random)", "adamw"]


def test_durations_are_translated(translated: Words) -> None:
    assert [duration(seconds) for seconds in (6, 180, 59.7)] == ["6 秒", "3 分 00 秒", "1 分 00 秒"]
    assert [seconds_text(seconds) for seconds in (6, 180, 59.7)] == ["6 秒", "3 分钟", "1 分钟"]


def test_estimates_are_in_whole_minutes(qapp: QCoreApplication) -> None:
    assert [duration(seconds, estimate=True) for seconds in (42, 175, 3599, 7810)] == ["42 s", "3 min", "1 h 00 min", "2 h 10 min"]
