"""The keyboard's focus is visible: every widget that Tab reaches looks different while it has the focus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import engine.study.pair_report  # noqa: F401 - it loads torch, which takes longer than a test waits for an answer
from tests.workbench.build_window import build_window
from tests.workbench.clipped import name_of
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.window import WORKSPACES, Window

LEAST = 24  # pixels that change: a frame around the smallest check box has more
CHANGED = 24  # of 255, in one channel


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.resize(1280, 900)
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
    made.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in made.runs.rows()), timeout=10_000)
    qtbot.waitUntil(lambda: not made.bridge.busy, timeout=10_000)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def stops(root: QWidget) -> list[QWidget]:
    """The widgets that Tab reaches."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not (isinstance(widget.parentWidget(), QWidget) and widget.parentWidget().focusProxy() is widget)
    ]


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return (
        np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].astype(int)
    )


def differs(widget: QWidget) -> int:
    """The number of pixels of a widget that the focus changes."""
    widget.clearFocus()
    QApplication.processEvents()
    before = pixels(widget)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    after = pixels(widget)
    if before.shape != after.shape:
        pytest.fail(f"the focus changes the size of {name_of(widget)}")
    changed = np.abs(after - before).reshape(after.shape[0], -1, 4).max(axis=2) >= CHANGED
    return int(changed.sum())


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_focus_is_visible_on_every_widget(window: Window, qtbot: QtBot, name: str) -> None:
    theme.apply(name)  # type: ignore[arg-type]
    unseen = []
    for workspace in WORKSPACES:
        window.go(workspace)
        tabs = window.workspaces._tabs.get({"explore": "embedding", "compare": "table"}.get(workspace, ""))
        for index in range(tabs.bar.count() if tabs is not None else 1):
            if tabs is not None:
                tabs.go(index)
            QApplication.processEvents()
            qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
            for widget in stops(window):
                if widget.visibleRegion().isEmpty():
                    continue  # to be scrolled to
                count = differs(widget)
                if count < LEAST:
                    unseen.append(f"{workspace}: {name_of(widget)}: {count} pixels")
    theme.apply("dark")
    assert not unseen, "\n".join(dict.fromkeys(unseen))
