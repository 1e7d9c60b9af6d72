"""A button keeps the width of its longest text."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from workbench.widgets.steady_button import SteadyButton


def test_the_width_is_that_of_the_longest_text_and_stays(qtbot: QtBot) -> None:
    button = SteadyButton("Stop", "Stopping the run…")
    qtbot.addWidget(button)
    assert button.text() == "Stop"
    before = button.sizeHint().width()
    button.setText("Stopping the run…")
    assert button.sizeHint().width() == before == button.minimumSizeHint().width()


def test_the_width_follows_the_style_sheet(qtbot: QtBot) -> None:
    button = SteadyButton("Stop", "Stopping the run…")
    qtbot.addWidget(button)
    before = button.sizeHint().width()
    button.setStyleSheet("QPushButton { font-size: 40px; }")
    button.ensurePolished()
    assert button.sizeHint().width() > 2 * before
