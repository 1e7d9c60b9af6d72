"""Steps of undo: what merges into one, and what is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.panels.setup.draft_history import DraftHistory


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shown() -> list[Any]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(shown: list[Any], clock: Clock) -> DraftHistory:
    made = DraftHistory(shown.append, clock)
    made.begin({"a": 0})
    return made


def test_the_steps_of_one_slider_are_one(history: DraftHistory, shown: list[Any], clock: Clock) -> None:
    for value in (1, 2, 3):
        clock.now += 0.1
        history.record({"a": value}, "A", "a")
    history.undo()
    assert shown == [{"a": 0}]
    history.redo()
    assert shown[-1] == {"a": 3}


def test_a_pause_another_setting_and_a_choice_begin_a_new_step(history: DraftHistory, shown: list[Any], clock: Clock) -> None:
    history.record({"a": 1}, "A", "a")
    clock.now += 60
    history.record({"a": 2}, "A", "a")
    history.record({"a": 2, "b": 1}, "B", "b")
    history.record({"a": 2, "b": 1, "c": 1}, "C")
    history.record({"a": 2, "b": 1, "c": 2}, "C")
    while history.undo_title:
        history.undo()
    assert shown == [{"a": 2, "b": 1, "c": 1}, {"a": 2, "b": 1}, {"a": 2}, {"a": 1}, {"a": 0}]


def test_a_slider_that_comes_back_leaves_no_step(history: DraftHistory) -> None:
    history.record({"a": 1}, "A", "a")
    history.record({"a": 0}, "A", "a")
    assert history.undo_title == ""
    history.record({"a": 0}, "A", "a")
    assert history.undo_title == "", "nothing has changed"


def test_a_new_step_drops_those_that_were_undone(history: DraftHistory) -> None:
    history.record({"a": 1}, "A")
    history.undo()
    assert history.redo_title == "A"
    history.settle({"a": 0})
    history.record({"a": 5}, "B")
    assert (history.undo_title, history.redo_title) == ("B", "")


def test_settings_that_are_changed_afterwards_do_not_change_a_step(history: DraftHistory, shown: list[Any]) -> None:
    settings = {"train": {"batch": 1}}
    history.record(settings, "Batch")
    settings["train"]["batch"] = 2
    history.record({}, "All")
    history.undo()
    assert shown == [{"train": {"batch": 1}}]


def test_the_steps_of_another_history_are_taken_over_without_being_applied(history: DraftHistory, shown: list[Any]) -> None:
    for number in (1, 2, 3):
        history.record({"a": number}, "A", "a")  # one slider, in quick succession
    for number in (7, 8):
        history.record({"a": 3, "b": number}, "B")
    history.undo()
    shown.clear()
    other: list[Any] = []
    heir = DraftHistory(other.append)
    heir.begin({"a": 3, "b": 7})
    heir.record({"a": 9}, "of its own")
    heir.adopt(history)
    assert other == []
    assert (heir.undo_title, heir.redo_title) == ("B", "B")
    heir.undo()
    assert other == [{"a": 3}]
    heir.redo()
    heir.redo()
    assert other[-1] == {"a": 3, "b": 8}
    assert heir.redo_title == ""
    assert shown == []
    while heir.undo_title:
        heir.undo()
    assert other[-1] == {"a": 0}


def test_a_title_is_that_of_the_present_language(history: DraftHistory) -> None:
    language = ["Size"]
    history.record({"a": 1}, lambda: language[0])
    language[0] = "Groesse"
    assert history.undo_title == "Groesse"
