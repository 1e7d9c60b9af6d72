"""The window at the sizes of screens: nothing is cut off, in every workspace and panel, with and without a run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

import engine.study.pair_report  # noqa: F401 - it loads torch, which takes longer than a test waits for an answer
from tests.workbench.build_window import build_window
from tests.workbench.clipped import clipped
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.window import WORKSPACES, Window, fitted

# What is left for the window's contents, in device-independent pixels, below a title bar of 32 px and above a taskbar of 40 px.
SCREENS = {
    "1440x900 at 150 %": (960, 528),
    "1280x720, and 1920x1080 at 150 %": (1280, 648),
    "1366x768": (1366, 696),
    "1920x1080": (1920, 1008),
}


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Callable[[], Window]:
    def window() -> Window:
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        made = build_window(Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers()), settings)
        qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
        made.resize(1280, 720)
        made.show()
        qtbot.waitUntil(lambda: made.setup.ready and not made.bridge.busy, timeout=5000)
        return made

    return window


def settled(window: Window, qtbot: QtBot) -> list[str]:
    """The faults that stay when the layout is done."""
    faults: list[str] = []

    def done() -> bool:
        nonlocal faults
        before, faults = faults, clipped(window)
        return not faults or (before == faults and not window.bridge.busy)

    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(done, timeout=3000)
    return faults


def walk(window: Window, qtbot: QtBot) -> list[str]:
    """Visit every workspace, every tab and every column; the faults of all of them."""
    faults: dict[str, None] = {}
    for workspace in WORKSPACES:
        window.go(workspace)
        bars = [bar for bar in window.workspaces.findChildren(QTabBar) if bar.count() > 1]
        for bar in bars:
            for index in range(bar.count()):
                if bar.isVisible():
                    bar.setCurrentIndex(index)
                    faults |= dict.fromkeys(f"{workspace}: {line}" for line in settled(window, qtbot))
            bar.setCurrentIndex(0)
        faults |= dict.fromkeys(f"{workspace}: {line}" for line in settled(window, qtbot))
    return list(faults)


@pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS)
def test_nothing_is_cut_off(make: Callable[[], Window], qtbot: QtBot, size: tuple[int, int]) -> None:
    window = make()
    window.resize(*size)
    assert (window.width(), window.height()) == size
    faults = walk(window, qtbot)
    window.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=10_000)
    faults += walk(window, qtbot)
    assert not faults, "\n".join(dict.fromkeys(faults))


def test_start_is_visible_on_the_smallest_screen(make: Callable[[], Window]) -> None:
    window = make()
    window.resize(960, 528)
    for workspace in WORKSPACES:
        window.go(workspace)
        QApplication.processEvents()
        assert not window.top.start_button.visibleRegion().isEmpty()


@pytest.mark.parametrize("screen", [(0, 0, 960, 568), (1280, 0, 1366, 768), (0, 0, 1280, 688)])
@pytest.mark.parametrize("saved", [(0, 0, 1920, 1040), (2500, 300, 1280, 760), (-1800, -50, 1600, 1000), (100, 500, 900, 700)])
def test_a_saved_geometry_is_brought_onto_the_screen(saved: tuple[int, ...], screen: tuple[int, ...]) -> None:
    available = QRect(*screen)
    brought = fitted(QRect(*saved), available)
    assert available.contains(brought)
    assert brought.width() == min(saved[2], screen[2])
    assert brought.height() == min(saved[3], screen[3])
