"""Figures from the window: Ctrl+E and the buttons of panels open one dialog, drawn by the real engine to a real file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.bridge import Bridge
from workbench.bridge.figure_questions import DrawFigure
from workbench.frame.figure_dialog import FigureDialog
from workbench.window import Window


class Answers(StandInAnswers):
    """Figures are drawn, everything else is stood in for."""

    def __call__(self, question: Any, progress: Any, wanted: Any) -> Any:
        if isinstance(question, DrawFigure):
            return EngineAnswers()(question, progress, wanted)
        return super().__call__(question, progress, wanted)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), Answers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
    return made


def dialogs(window: Window) -> list[FigureDialog]:
    return [dialog for dialog in window.findChildren(FigureDialog) if dialog.isVisible()]


def press(window: Window) -> None:
    action = window.actions_by_id["figure"]
    assert action.shortcut().toString() == "Ctrl+E"
    action.trigger()


def test_ctrl_e_makes_a_figure_of_the_panel_in_view(window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: Any) -> None:
    messages: list[str] = []
    monkeypatch.setattr(QMessageBox, "information", lambda *words: messages.append(words[-1]))
    press(window)
    assert "Nothing here can be printed yet" in messages[0]
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    window.go("explore")
    qtbot.waitUntil(lambda: window.embedding.figure_source() is not None and not window.bridge.busy, timeout=10_000)
    press(window)
    [dialog] = dialogs(window)
    qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull(), timeout=60_000)
    [plot] = dialog.figure.plots
    assert len(plot.xy) == 40
    assert [entry.name for entry in dialog.figure.legend] == ["a", "b", "c", "d"]
    path = tmp_path / "map.pdf"
    dialog.write(path)
    qtbot.waitUntil(lambda: path.exists() and dialog.save.isEnabled(), timeout=30_000)
    assert path.read_bytes().startswith(b"%PDF")
    dialog.write(tmp_path / "nowhere" / "map.pdf")
    qtbot.waitUntil(lambda: "must be a file that can be written" in dialog.message.text(), timeout=30_000)
    dialog.close()
    QApplication.processEvents()
    assert not dialogs(window)
    assert len(messages) == 1


def test_the_button_of_a_panel_opens_the_dialog_of_that_panel(window: Window, qtbot: QtBot) -> None:
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    window.go("compare")
    table = window.table
    qtbot.waitUntil(lambda: table.chart.figure_button.isVisible(), timeout=10_000)
    table.chart.figure_button.click()
    [dialog] = dialogs(window)
    assert [plot.y.title for plot in dialog.figure.plots] == ["Best kNN (%)"]
    dialog.close()
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=60_000)
