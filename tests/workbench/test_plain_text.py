"""External texts (names, notes, classes, messages) are shown as plain text, not as HTML."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.runs.run_folder import create_folder
from engine.runs.run_store import annotate
from engine.runs.status import Status, write_status
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Series
from workbench.theme.plain import rich, tip

EVIL = '<img src="file:///tmp/a.png"> <b>EVIL'


def wrong_labels(*under: QWidget) -> list[str]:
    """Visible labels that would show an external text as HTML."""
    return [
        f"{type(label.parentWidget()).__name__}: {label.text()}"
        for label in QApplication.allWidgets()
        if isinstance(label, QLabel)
        and (label.window() in under or label.inherits("QTipLabel"))
        and label.isVisible()
        and label.textFormat() != Qt.TextFormat.PlainText
        and ("EVIL" in label.text() if label.property("rich") else True)
    ]


def test_every_label_of_the_window_has_a_fixed_text_format(qtbot: QtBot, tmp_path: Path) -> None:
    theme.apply("dark")
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    folder = create_folder(bridge.root, RunConfig(name="x"))
    write_status(folder, Status("finished", 3, 3, started=1.0, error=EVIL))
    annotate(folder, name=EVIL, notes=EVIL, tags=(EVIL,))
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda it: it.bridge.close(10))
    window.resize(1500, 950)
    window.show()
    qtbot.waitUntil(lambda: window.run_selection.selected == str(folder) and window.setup.ready, timeout=10_000)
    window.notice.show_message(EVIL)
    for workspace in ("prepare", "train", "explore", "compare"):
        window.go(workspace)
        QApplication.processEvents()
        assert wrong_labels(window) == []
    tips = [
        w.toolTip() for w in QApplication.allWidgets() if isinstance(w, QWidget) and w.window() is window and "EVIL" in w.toolTip()
    ]
    assert [text for text in tips if Qt.mightBeRichText(text)] == []


def test_message_boxes_and_tooltips_are_plain(qtbot: QtBot) -> None:
    theme.apply("dark")
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setText(EVIL)
    box.setInformativeText(EVIL)
    box.show()
    QToolTip.showText(QPoint(5, 5), EVIL)
    QApplication.processEvents()
    assert wrong_labels(box) == []
    QToolTip.hideText()


def test_a_label_marked_rich_shows_html(qtbot: QtBot) -> None:
    theme.apply("dark")
    label = QLabel()
    qtbot.addWidget(label)
    rich(label)
    label.show()
    assert label.textFormat() == Qt.TextFormat.RichText


@pytest.mark.parametrize("text", [EVIL, "<b>x</b>", "a <i>b</i>"])
def test_a_tooltip_is_plain_text(text: str) -> None:
    assert Qt.mightBeRichText(text)
    assert not Qt.mightBeRichText(tip(text))
    assert tip(text).replace("\u200b", "") == text
    assert tip("3 < 4") == "3 < 4"


def test_the_crosshair_writes_a_run_s_name_as_text(qtbot: QtBot) -> None:
    plot = CurvePlot("loss")
    qtbot.addWidget(plot)
    series = Series()
    for step in range(5):
        series.append(1.0, step=step)
    plot.set_curve("a", series, EVIL, "#5aa9e6")
    plot.refresh()
    plot.show_cursor(2.0)
    assert "&lt;img" in plot._table.text()
    assert "<img" not in plot._table.text()
