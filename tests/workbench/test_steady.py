"""Controls do not move while data are opened or a map is computed: the fields of the form and the buttons of the map."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.clipped import name_of, visible_parts
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.data_questions import DescribeData
from workbench.bridge.map_questions import MapSnapshot
from workbench.bridge.question import Question
from workbench.panel import Panel
from workbench.widgets.lag import Lag
from workbench.window import Window

T = TypeVar("T")


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


@pytest.fixture
def answers() -> Iterator[Held]:
    """The answers of the window; what is still held when the test ends, failed or not, is let go."""
    held = Held()
    yield held
    held.go.set()


def settled(qtbot: QtBot, read: Callable[[], T]) -> T:
    """What `read` gives once it has not changed for 100 ms of events: a slow machine lays a window out after it is shown."""

    def unchanged() -> bool:
        before = read()
        QTest.qWait(100)
        return read() == before

    qtbot.waitUntil(unchanged, timeout=10_000)
    return read()


def open_window(qtbot: QtBot, tmp_path: Path, answers: Held) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), answers)
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda it: it.bridge.close(10))
    window.resize(1280, 720)
    window.show()
    qtbot.waitUntil(lambda: window.setup.ready and not bridge.busy, timeout=5000)
    return window


def test_form_fields_do_not_move_while_data_are_opened(qtbot: QtBot, tmp_path: Path, answers: Held) -> None:
    window = open_window(qtbot, tmp_path, answers)
    rate, batch = (window.setup.form.row(key).editor for key in ("optim.lr", "train.batch"))
    for editor in (rate, batch):
        assert editor.isVisible()
    before = settled(qtbot, lambda: geometries(rate, batch))
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


def test_buttons_of_the_map_do_not_move_while_a_map_is_computed(qtbot: QtBot, tmp_path: Path, answers: Held) -> None:
    window = open_window(qtbot, tmp_path, answers)
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    window.go("explore")
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=5000)
    tools = window.embedding.tools
    buttons = [*tools.kind_buttons.values(), tools.settings, tools.trails, tools.picture, tools.isolate, window.embedding.map_card]
    before = settled(qtbot, lambda: geometries(*buttons))
    answers.hold = True
    QTest.mouseClick(tools.kind_buttons["tsne"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tools.progress.isVisible() and tools.progress.value() == 50, timeout=5000)
    QTest.qWait(50)
    assert geometries(*buttons) == before
    answers.go.set()
    qtbot.waitUntil(lambda: not tools.progress.isVisible() and not window.bridge.busy, timeout=5000)
    QTest.qWait(50)
    assert geometries(*buttons) == before


def visible_controls(window: Window) -> dict[QWidget, tuple[int, int, int, int]]:
    """The geometry of every control of the window that can be clicked."""
    controls = [
        part for part in visible_parts(window) if isinstance(part, (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit))
    ]
    return dict(zip(controls, geometries(*controls), strict=True))


def raise_error(panel: Panel) -> None:
    raise ValueError("a part of this run cannot be read")


APPEARING: dict[str, tuple[str, Callable[[Window], object]]] = {
    "an error with a remedy": (
        "prepare",
        lambda w: w.notice.show_message("Something went wrong. " * 20, "Try again.", "Traceback"),
    ),
    "news with steps": ("explore", lambda w: w.news.show_steps("A run has ended.", [("Open the map", lambda: None)])),
    "a problem of a setting": ("prepare", lambda w: w.setup.form.set_problems({"optim.lr": "Learning rate must be positive."})),
    "a bar over a panel": ("train", lambda w: w.host.call("curves", raise_error, whole=False)),
    "the progress of a map": ("explore", lambda w: w.embedding.tools.show_progress("UMAP", 0.5)),
    "a map that is refused": ("explore", lambda w: w.embedding.tools.show_refusal("UMAP", "too few samples")),
    "a message about samples": ("explore", lambda w: w.embedding.samples.show_message("40 of 40 samples are selected. " * 4)),
    "a run that trains": ("prepare", lambda w: w.top.show_state("running")),
    "the lag": ("prepare", lambda w: w.status.show_lag(Lag(1.0, 1234.0, 5678.0, 50))),
    "opening data": ("prepare", lambda w: w.busy.show()),
}


@pytest.mark.parametrize("workspace", sorted({workspace for workspace, _ in APPEARING.values()}))
def test_nothing_that_appears_moves_a_control(
    workspace: str, qtbot: QtBot, tmp_path: Path, answers: Held, panel_errors: list[str]
) -> None:
    window = open_window(qtbot, tmp_path, answers)
    window.go(workspace)
    QTest.qWait(100)
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=5000)
    for what, (where, show) in APPEARING.items():
        if where == workspace:
            before = settled(qtbot, lambda: visible_controls(window))
            show(window)
            QTest.qWait(100)
            after = visible_controls(window)
            assert len(before) > 10
            assert [name_of(part) for part, at in before.items() if after.get(part, at) != at] == [], what
    panel_errors.clear()
