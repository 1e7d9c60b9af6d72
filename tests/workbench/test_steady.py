"""Controls do not move while data are opened or a map is computed: the fields of the form and the buttons of the map."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import DescribeData
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.question import Question
from workbench.window import Window


class Held(StandInAnswers):
    """With `hold`, answers to open data and to compute a t-SNE wait until `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = False
        self.go = threading.Event()

    def __call__(self, question: Question, progress: Callable[[float], None], wanted: Callable[[], bool]) -> Any:
        slow = isinstance(question, DescribeData) or (isinstance(question, MapSnapshot) and question.kind == "tsne")
        if slow and self.hold:
            progress(0.5)
            self.go.wait(20)
        return super().__call__(question, progress, wanted)


def geometries(*widgets: QWidget) -> list[tuple[int, int, int, int]]:
    """Position on the screen and size of each widget: x, y, width, height in pixels."""
    corners = [widget.mapToGlobal(QPoint(0, 0)) for widget in widgets]
    return [(at.x(), at.y(), widget.width(), widget.height()) for at, widget in zip(corners, widgets, strict=True)]


def open_window(qtbot: QtBot, tmp_path: Path, answers: Held) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), answers)
    window = Window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda it: it.bridge.close(10))
    window.resize(1280, 720)
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready and not bridge.busy, timeout=5000)
    return window


def test_form_fields_do_not_move_while_data_are_opened(qtbot: QtBot, tmp_path: Path) -> None:
    answers = Held()
    window = open_window(qtbot, tmp_path, answers)
    rate, batch = (window.setup.form.row(key).editor for key in ("optim.lr", "train.batch"))
    for editor in (rate, batch):
        assert editor.isVisible()
    before = geometries(rate, batch)
    answers.hold = True
    window.setup.form.set_value("data.count", 500)
    window.setup.form.changed.emit("data.count")
    qtbot.waitUntil(lambda: window.busy.isVisible() and "50 %" in window.busy.text, timeout=5000)
    QTest.qWait(50)
    assert geometries(rate, batch) == before
    answers.go.set()
    qtbot.waitUntil(lambda: not window.busy.isVisible() and not window.bridge.busy, timeout=5000)
    QTest.qWait(50)
    assert geometries(rate, batch) == before


def test_buttons_of_the_map_do_not_move_while_a_map_is_computed(qtbot: QtBot, tmp_path: Path) -> None:
    answers = Held()
    window = open_window(qtbot, tmp_path, answers)
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    window.go("explore")
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=5000)
    tools = window.embedding.tools
    buttons = [*tools.kind_buttons.values(), tools.settings, tools.trails, tools.picture, tools.isolate, window.embedding.map_card]
    QTest.qWait(50)
    before = geometries(*buttons)
    answers.hold = True
    QTest.mouseClick(tools.kind_buttons["tsne"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tools.progress.isVisible() and tools.progress.value() == 50, timeout=5000)
    QTest.qWait(50)
    assert geometries(*buttons) == before
    answers.go.set()
    qtbot.waitUntil(lambda: not tools.progress.isVisible() and not window.bridge.busy, timeout=5000)
    QTest.qWait(50)
    assert geometries(*buttons) == before
