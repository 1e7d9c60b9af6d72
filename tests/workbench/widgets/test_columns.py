"""Columns: beside each other where all fit, one at a time with tabs where they do not; the widths survive both."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.columns import Columns


class Part(QWidget):
    """A column with a minimum width."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def minimumSizeHint(self) -> QSize:
        return QSize(self.least, 50)


@pytest.fixture
def made(qtbot: QtBot) -> tuple[Columns, list[Part]]:
    columns, parts = Columns(), [Part(200), Part(300)]
    qtbot.addWidget(columns)
    columns.add(parts[0], "Settings")
    columns.add(parts[1], "Views", 1)
    columns.resize(800, 300)
    with qtbot.waitExposed(columns):
        columns.show()
    return columns, parts


def test_all_columns_are_shown_where_they_fit(made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    assert [part.isVisible() for part in parts] == [True, True]
    assert not columns.bar.isVisible()
    assert all(part.width() >= part.least for part in parts)


def test_one_column_is_shown_in_the_whole_width_where_they_do_not_fit(made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    columns.resize(450, 300)
    assert [part.isVisible() for part in parts] == [True, False]
    assert parts[0].width() == 450
    assert columns.bar.accessibleName() == "Settings | Views"
    columns.bar.setCurrentIndex(1)
    assert [part.isVisible() for part in parts] == [False, True]
    assert parts[1].width() == 450


def test_bring_shows_the_column_that_contains_a_widget(made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    inside = QWidget(parts[1])
    columns.resize(450, 300)
    columns.bring(inside)
    assert parts[1].isVisible()
    columns.bring(QWidget(columns))
    assert parts[1].isVisible()


def test_widths_are_kept_while_one_column_is_shown_and_can_be_saved_then(made: tuple[Columns, list[Part]], qtbot: QtBot) -> None:
    columns, parts = made
    columns.set_sizes([350, 440])
    before = [part.width() for part in parts]
    columns.resize(450, 300)
    state = columns.state()
    columns.resize(800, 300)
    assert [part.width() for part in parts] == before
    columns.set_sizes([250, 540])
    columns.restore_state(state)
    assert [part.width() for part in parts] == before


def test_sizes_that_are_set_while_one_column_is_shown_apply_later(made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    columns.resize(450, 300)
    columns.set_sizes([400, 390])
    columns.resize(800, 300)
    assert [part.width() for part in parts] == pytest.approx([400, 390], abs=2)


def test_contents_that_grow_do_not_change_what_is_shown_until_the_width_changes(made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    parts[0].least = 600
    parts[0].updateGeometry()
    columns.layout()
    assert [part.isVisible() for part in parts] == [True, True]
    columns.resize(801, 300)
    assert [part.isVisible() for part in parts] == [True, False]


def test_what_it_is_in_hears_that_a_column_needs_more_room(qtbot: QtBot, made: tuple[Columns, list[Part]]) -> None:
    columns, parts = made
    scroll = QScrollArea()
    qtbot.addWidget(scroll)
    scroll.setWidgetResizable(True)
    scroll.setWidget(columns)
    scroll.resize(600, 200)
    scroll.show()
    assert columns.width() < 600
    parts[1].least = 900
    parts[1].updateGeometry()
    qtbot.waitUntil(lambda: columns.width() == 900)
    scroll.takeWidget()
