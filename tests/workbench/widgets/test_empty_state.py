"""An empty panel says what to do next, with buttons that trigger the window's actions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.empty_state import EmptyState


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    action = QAction("Set up a run", made)
    action.setObjectName("new")
    made.addAction(action)
    qtbot.addWidget(made)
    return made


def test_a_button_has_the_title_of_the_action_and_triggers_it(window: QMainWindow, qtbot: QtBot) -> None:
    empty = EmptyState("new", "unknown")
    empty.show_text("No run yet.", "new", "unknown")
    window.setCentralWidget(empty)
    window.show()
    (button,) = empty.buttons()
    assert button.text() == "Set up a run"
    with qtbot.waitSignal(window.findChild(QAction, "new").triggered):
        QTest.keyClick(button, Qt.Key.Key_Space)


def test_a_text_alone_has_no_button(window: QMainWindow) -> None:
    empty = EmptyState("new")
    window.setCentralWidget(empty)
    window.show()
    empty.show_text("No run yet.", "new")
    assert len(empty.buttons()) == 1
    empty.setText("Reading…")
    assert (empty.text(), empty.buttons()) == ("Reading…", [])
    assert empty.accessibleName() == "Reading…"


def test_without_a_window_of_this_program_there_is_no_button(qtbot: QtBot) -> None:
    alone = QWidget()
    empty = EmptyState("new", parent=alone)
    qtbot.addWidget(alone)
    empty.show_text("No run yet.", "new")
    alone.show()
    assert empty.buttons() == []
