"""A column of cards is scrolled where it is low, never cut off at the side, and asks for no height."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.scrolled_column import ScrolledColumn


@pytest.fixture
def made(qtbot: QtBot) -> tuple[QWidget, ScrolledColumn, list[QWidget]]:
    outer, inner = QWidget(), QWidget()
    parts = [QWidget(), QWidget()]
    column = QVBoxLayout(inner)
    for part in parts:
        part.setMinimumSize(150, 200)
        column.addWidget(part)
    scrolled = ScrolledColumn(inner)
    row = QHBoxLayout(outer)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(scrolled)
    qtbot.addWidget(outer)
    outer.resize(400, 300)
    with qtbot.waitExposed(outer):
        outer.show()
    return outer, scrolled, parts


def test_it_is_scrolled_where_it_is_low_and_fills_what_there_is_else(made: tuple[QWidget, ScrolledColumn, list[QWidget]]) -> None:
    outer, scrolled, parts = made
    assert [part.height() for part in parts] == [200, 200]
    assert scrolled.verticalScrollBar().maximum() > 100
    outer.resize(400, 800)
    assert scrolled.verticalScrollBar().maximum() == 0
    assert all(part.height() > 380 for part in parts)


def test_a_wider_part_widens_what_it_is_in(made: tuple[QWidget, ScrolledColumn, list[QWidget]], qtbot: QtBot) -> None:
    outer, scrolled, parts = made
    height = outer.minimumSizeHint().height()
    parts[0].setMinimumSize(500, 900)
    qtbot.waitUntil(lambda: outer.minimumSizeHint().width() > 500)
    qtbot.waitUntil(lambda: scrolled.viewport().width() >= 500)
    assert outer.minimumSizeHint().height() == height


def test_a_text_that_takes_more_lines_where_it_is_narrow_is_whole(qtbot: QtBot) -> None:
    inner, label = QWidget(), QLabel("many words " * 60)
    label.setWordWrap(True)
    QVBoxLayout(inner).addWidget(label)
    scrolled = ScrolledColumn(inner)
    qtbot.addWidget(scrolled)
    scrolled.resize(220, 120)
    with qtbot.waitExposed(scrolled):
        scrolled.show()
    assert label.height() >= label.heightForWidth(label.width()) > 120
