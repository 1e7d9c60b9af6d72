"""Help without a network: F1 leads to the page about what has the focus, links lead to pages, back leads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.manual_questions import ListManualPages, ManualPage
from workbench.frame.help_topics import START, Topic, topic_of
from workbench.frame.help_window import HelpWindow

PAGES = {"start": "# Start\n\nSee [MAE](methods/mae.md).", "methods/mae": "# MAE\n\n## Settings\n\n| setting |\n|---|\n| `mask` |"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["method.mask", "setup"], Topic("methods/mae", "mask")),
        (["method.id", "setup"], Topic("methods/mae")),
        (["data.source", "setup"], Topic("data")),
        (["data.size", "setup"], Topic("configuration", "size")),
        (["", "train.batch", "setup"], Topic("configuration", "batch")),
        (["", "card", "invariance"], Topic("invariance")),
        ([], START),
    ],
)
def test_a_setting_or_panel_has_its_page(names: list[str], expected: Topic) -> None:
    assert topic_of(names, "mae") == expected


@pytest.fixture
def help_window(qtbot: QtBot) -> HelpWindow:
    def ask(question: Any, answer: Any, failed: Any = None, progress: Any = None) -> None:
        if isinstance(question, ListManualPages):
            answer({"start": "Start", "methods": "Methods"})
        elif question.name in PAGES:
            answer(ManualPage(question.name, PAGES[question.name]))
        else:
            failed(f"page must be known. Got {question.name}.")

    parent = QWidget()
    qtbot.addWidget(parent)
    made = HelpWindow(ask, parent)
    made.kept = parent  # type: ignore[attr-defined]
    return made


def test_a_link_opens_its_page_and_back_returns(help_window: HelpWindow) -> None:
    help_window.show_topic(START)
    assert "Start" in help_window.browser.toPlainText()
    assert not help_window.back.isEnabled()
    help_window.browser.anchorClicked.emit(QUrl("methods/mae.md"))
    assert "Settings" in help_window.browser.toPlainText()
    assert help_window.pages.currentItem().text() == "Methods"
    help_window.back.click()
    assert help_window.topic == START
    assert "See MAE" in help_window.browser.toPlainText()


def test_the_row_of_a_setting_is_selected(help_window: HelpWindow) -> None:
    help_window.show_topic(Topic("methods/mae", "mask"))
    assert help_window.browser.textCursor().selectedText() == "mask"


def test_text_is_found_on_the_page_again_from_its_start(help_window: HelpWindow) -> None:
    help_window.show_topic(Topic("methods/mae", "mask"))
    help_window.search.setText("MAE")
    assert help_window.browser.textCursor().selectedText() == "MAE"


def test_a_page_that_cannot_be_read_says_why(help_window: HelpWindow) -> None:
    help_window.show_topic(Topic("nowhere"))
    assert help_window.browser.toPlainText() == "page must be known. Got nowhere."


def test_f1_in_the_window_shows_the_page_of_the_setting_with_the_focus(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(10))
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready, timeout=5000)
    target = window.setup.form.row("train.epochs").editor
    shown: list[Topic] = []
    monkeypatch.setattr(window, "_show_topic", shown.append)
    monkeypatch.setattr("workbench.window.QApplication.focusWidget", lambda: target.focusProxy() or target)
    window.actions_by_id["help"].trigger()
    assert shown == [Topic("configuration", "epochs")]
    window.actions_by_id["method_help"].trigger()
    assert shown[-1] == Topic("methods/simclr")
