"""The card of the queue: keys, menu-less moves, times in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.models.queue_entries import QueueEntry, seconds_text, total, total_text
from workbench.panels.runs.queue_card import ENTRY, QueueCard


def entry(name: str, seconds: float | None = 60.0, held: bool = False, new: bool = True) -> QueueEntry:
    return QueueEntry(name, name, f"run {name}", 0, held, new, seconds=seconds)


@pytest.fixture
def card(qtbot: QtBot) -> QueueCard:
    made = QueueCard()
    qtbot.addWidget(made)
    made.show_entries([entry(name) for name in "abc"], left=30.0)
    return made


def test_alt_and_an_arrow_key_move_the_entry_and_the_cursor_follows(card: QueueCard, qtbot: QtBot) -> None:
    card.list.setCurrentRow(1)
    with qtbot.waitSignal(card.reordered) as order:
        qtbot.keyClick(card.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order.args == [["b", "a", "c"]]
    card.show_entries([entry(name) for name in "bac"])
    assert card.list.current() == "b"
    assert card.list.currentRow() == 0
    with qtbot.assertNotEmitted(card.reordered):
        qtbot.keyClick(card.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)


def test_a_moved_row_of_the_view_is_the_new_order(card: QueueCard, qtbot: QtBot) -> None:
    card.list.model().moveRow(card.list.rootIndex(), 0, card.list.rootIndex(), 3)  # what a drop does
    with qtbot.waitSignal(card.reordered) as order:
        card.list._dropped.emit()
    assert order.args == [["b", "c", "a"]]


def test_del_removes_the_selected_entries_and_enter_edits_a_new_one(card: QueueCard, qtbot: QtBot) -> None:
    card.show_entries([entry("a"), entry("b", new=False), entry("c")])
    card.list.setCurrentRow(1)
    with qtbot.assertNotEmitted(card.edited):
        qtbot.keyClick(card.list, Qt.Key.Key_Return)
    card.list.item(2).setSelected(True)
    with qtbot.waitSignal(card.removed) as removed:
        qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert removed.args == [["b", "c"]]
    card.list.setCurrentRow(2)
    with qtbot.waitSignal(card.edited) as edited:
        qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert edited.args == ["c"]


def test_the_total_is_that_of_all_entries_and_the_rest_of_the_run_that_trains(card: QueueCard) -> None:
    assert card.state == "3 · about 4 min"
    card.show_entries([entry("a"), entry("b", None)], left=600.0)
    assert card.state == "2 · at least 11 min"
    card.show_entries([entry("a", None)], left=0.0)
    assert card.state == "1 · time unknown"


def test_held_entries_can_be_started_and_others_stopped(card: QueueCard) -> None:
    assert (card.start_button.isVisibleTo(card), card.stop_button.isVisibleTo(card)) == (False, True)
    card.show_entries([entry("a", held=True)])
    assert (card.start_button.isVisibleTo(card), card.stop_button.isVisibleTo(card)) == (True, False)
    assert "waits until the queue is started" in card.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    card.show_entries([])
    assert not card.isVisible()


def test_an_entry_says_its_time() -> None:
    assert [seconds_text(value) for value in (None, 12.0, 125.0, 3700.0)] == ["unknown", "12 s", "2 min", "1 h 02 min"]
    assert total_text(total([None, 60.0])) == "at least 1 min"


def test_an_unchanged_order_keeps_its_rows(card: QueueCard) -> None:
    card.list.setCurrentRow(2)
    item = card.list.item(2)
    card.show_entries([entry("a"), entry("b"), entry("c", 3600.0)])
    assert card.list.item(2) is item
    assert item.data(ENTRY).seconds == 3600.0
    assert card.list.currentRow() == 2
