"""The row of controls that continues on the next line."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.flow import FlowLayout


class Part(QWidget):
    """A control of 100 × 20 px."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(100, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 20)


def made(qtbot: QtBot, count: int, width: int) -> tuple[QWidget, FlowLayout, list[Part]]:
    widget = QWidget()
    qtbot.addWidget(widget)
    flow, parts = FlowLayout(widget, spacing=10), [Part() for _ in range(count)]
    for part in parts:
        flow.addWidget(part)
    widget.resize(width, 200)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget, flow, parts


def positions(parts: list[Part]) -> list[tuple[int, int]]:
    return [(part.x(), part.y()) for part in parts]


def test_controls_go_on_in_the_next_line_where_the_width_ends(qtbot: QtBot) -> None:
    widget, flow, parts = made(qtbot, 3, 250)
    assert positions(parts) == [(0, 0), (110, 0), (0, 30)]
    assert (flow.heightForWidth(250), flow.heightForWidth(320), flow.heightForWidth(100)) == (50, 20, 80)
    widget.resize(320, 200)
    assert positions(parts) == [(0, 0), (110, 0), (220, 0)]


def test_the_minimum_width_is_that_of_one_control(qtbot: QtBot) -> None:
    widget, flow, parts = made(qtbot, 3, 250)
    assert flow.minimumSize() == QSize(100, 20)
    assert flow.sizeHint() == QSize(320, 20)
    assert widget.minimumSizeHint() == QSize(100, 20)
    assert len(parts) == 3


def test_a_stretch_moves_what_follows_to_the_right_end(qtbot: QtBot) -> None:
    widget, flow, parts = made(qtbot, 1, 300)
    flow.addStretch()
    last = Part()
    flow.addWidget(last)
    last.show()
    flow.activate()
    assert (parts[0].x(), last.x()) == (0, 200)
    widget.resize(150, 200)
    flow.activate()
    assert (last.x(), last.y()) == (50, 30)


def test_a_hidden_control_takes_no_space(qtbot: QtBot) -> None:
    widget, flow, parts = made(qtbot, 3, 320)
    parts[1].hide()
    flow.activate()
    assert parts[2].x() == 110
    assert widget.isVisible()
