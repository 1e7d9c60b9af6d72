"""The log of a run in its window: live, filtered, searched, copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.log_questions import LogPart, ReadLog
from workbench.bridge.question import Context, Session
from workbench.panels.runs.log_dialog import LogDialog

LINES = (
    "2026-11-29 00:43:56 simclr on shapes starts, 800 steps in all; cpu, bf16\n"
    "2026-11-29 00:44:06 warning: 2 images could not be read\n"
    "2026-11-29 00:44:13 failed at step 70: out of memory. Lower train.batch.\n"
    "Traceback (most recent call last):\n"
    '  File "x.py", line 1\n'
)


def answer(question: ReadLog) -> LogPart:
    return question.answer(Context(Session(), lambda share: None, lambda: True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log.txt").write_text(LINES)
    return tmp_path


@pytest.fixture
def dialog(folder: Path, qtbot: QtBot) -> LogDialog:
    made = LogDialog(HeldAsker(answer), str(folder), "SimCLR · shapes · s0")
    qtbot.addWidget(made, before_close_func=lambda it: it.done(0))
    return made


def test_it_shows_all_entries_and_follows_the_file(dialog: LogDialog, folder: Path) -> None:
    assert dialog.text.toPlainText().count("\n") == 4
    assert "3 entries · 1 warnings · 1 errors" in dialog._state.text()
    with (folder / "log.txt").open("a") as file:
        file.write("MemoryError\n2026-11-29 00:45:00 goes on\n2026-11-29 00:45:01 not yet comp")
    dialog._look()
    assert dialog.text.toPlainText().splitlines()[-2:] == ["MemoryError", "2026-11-29 00:45:00  goes on"]
    assert "4 entries" in dialog._state.text()


def test_a_level_hides_the_entries_below_it_and_keeps_the_traceback(dialog: LogDialog) -> None:
    dialog.level.setCurrentIndex(2)
    lines = dialog.text.toPlainText().splitlines()
    assert lines[0].endswith("failed at step 70: out of memory. Lower train.batch.")
    assert lines[1] == "Traceback (most recent call last):"
    dialog.level.setCurrentIndex(1)
    assert "warning: 2 images" in dialog.text.toPlainText()
    assert "starts" not in dialog.text.toPlainText()


def test_the_search_goes_round_and_counts(dialog: LogDialog) -> None:
    dialog.search.setText("failed at")
    assert dialog._matches.text() == "1 found"
    assert dialog.text.textCursor().selectedText() == "failed at"
    first = dialog.text.textCursor().position()
    dialog.find_next()
    assert dialog.text.textCursor().position() == first, "from the top again after the only match"
    dialog.search.setText("no such words")
    assert dialog._matches.text() == "0 found"


def test_copy_takes_the_selection_or_all_that_is_shown(dialog: LogDialog) -> None:
    dialog.level.setCurrentIndex(2)
    dialog.copy()
    assert "Traceback" in QApplication.clipboard().text()
    assert "warning" not in QApplication.clipboard().text()
    dialog.search.setText("memory")
    dialog.copy()
    assert QApplication.clipboard().text() == "memory"


def test_a_log_that_was_begun_anew_replaces_the_text(dialog: LogDialog, folder: Path) -> None:
    (folder / "log.txt").write_text("2026-11-29 01:00:00 short\n")
    dialog._look()
    assert dialog.text.toPlainText() == "2026-11-29 01:00:00  short"


def test_a_run_without_a_log_says_so(tmp_path: Path, qtbot: QtBot) -> None:
    made = LogDialog(HeldAsker(answer), str(tmp_path), "r")
    qtbot.addWidget(made, before_close_func=lambda it: it.done(0))
    assert made._state.text() == "This run has no log yet."
