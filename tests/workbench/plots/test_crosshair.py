"""The crosshair, its table and single values of a curve plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.health import Watch
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Series, alone


def series(*steps: float) -> Series:
    made = Series()
    for step in steps:
        made.append(1.0 + step / 100, step=step)
    return made


def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot("loss")
    qtbot.addWidget(made)
    made.resize(300, 90)
    made.show()
    return made


def test_a_run_has_no_value_beyond_its_end(qtbot: QtBot) -> None:
    made = plot(qtbot)
    made.set_curve("short", series(*range(1, 21)), "short", "#5aa9e6")
    made.set_curve("long", series(*range(1, 101)), "long", "#ff5566")
    made.refresh()
    made.show_cursor(60.0)
    assert [row[0] for row in made.cursor_values()] == ["long"]
    assert "step 60" in made._table.text()
    made.show_cursor(10.0)
    assert {row[0] for row in made.cursor_values()} == {"short", "long"}


def test_the_heading_of_the_table_is_the_step_under_the_mouse(qtbot: QtBot) -> None:
    made = plot(qtbot)
    rare = Series()
    for step in (0, 50, 100):
        rare.append(9.0, step=step)
    made.set_curve("rare", rare, "rare", "#5aa9e6")
    made.set_curve("dense", series(*range(101)), "dense", "#ff5566")
    made.refresh()
    made.show_cursor(62.0)
    assert "step 62" in made._table.text()


def test_the_table_is_not_cut_off_by_a_small_plot(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    made = CurvePlot("loss")
    column = QVBoxLayout(window)
    column.addStretch(1)
    column.addWidget(made)
    made.setFixedHeight(70)
    window.resize(400, 400)
    window.show()
    for number in range(8):
        made.set_curve(str(number), series(*range(20)), f"run {number}", "#5aa9e6")
    made.refresh()
    made.show_cursor(10.0)
    assert made._table.isVisible()
    assert made._table.height() > made.height()
    assert window.rect().contains(made._table.geometry())


def test_a_value_between_gaps_is_drawn_as_a_dot(qtbot: QtBot) -> None:
    assert alone(np.array([1.0])).tolist() == [0]
    assert alone(np.array([1.0, 2.0, np.nan, 3.0, np.nan])).tolist() == [3]
    made = plot(qtbot)
    made.set_curve("one", series(7), "one", "#5aa9e6")
    made.refresh()
    assert made._single.isVisible()
    assert made._single.getData()[0].tolist() == [7]


def test_the_untrained_encoder_is_never_the_best(qtbot: QtBot) -> None:
    made = plot(qtbot)
    knn = Series()
    for step, value in ((0, 0.148), (50, 0.09), (100, 0.102)):
        knn.append(value, step=step, epoch=step / 50)
    made.set_curve("mae", knn, "mae", "#5aa9e6")
    assert made.best("mae") == (0.102, 100, 2)


def test_the_verdict_of_a_run_that_ended_early_is_short() -> None:
    watch = Watch()
    watch.take_lines([{"event": "RunStarted", "step": 0, "method": "simclr"}])
    assert "loss" not in {name for name, value in watch.verdict().figures.items() if value == value}
    assert watch.verdict().kind == "early"
    watch.take_lines([{"event": "StepDone", "step": 1, "loss": 2.0}, {"event": "RunEnded", "step": 1, "state": "finished"}])
    assert watch.verdict().kind == "short"
    assert "step 1" in watch.verdict().message
    baseline = Watch()
    baseline.take_lines([{"event": "RunStarted", "step": 0, "method": "random"}])
    assert baseline.verdict().kind == "baseline"
