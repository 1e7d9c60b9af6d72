"""Panels that share a region are tabs: the first is visible, and the choice is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.frame.workspaces import Workspaces
from workbench.panel import Panel, PanelRow

ROWS = (
    PanelRow("left", "one", 100, False, lambda context: Panel()),
    PanelRow("front", "one", 300, True, lambda context: Panel()),
    PanelRow("hidden", "one", 300, True, lambda context: Panel(), behind="front"),
)


@pytest.fixture
def made(qtbot: QtBot) -> tuple[Workspaces, dict[str, QWidget]]:
    panels = {row.id: QWidget() for row in ROWS}
    for id, panel in panels.items():
        panel.setWindowTitle(id.title())
    workspaces = Workspaces(("one",), ROWS, panels, QWidget())
    qtbot.addWidget(workspaces)
    with qtbot.waitExposed(workspaces):
        workspaces.show()
    return workspaces, panels


def test_one_tab_of_a_region_is_visible_at_a_time(made: tuple[Workspaces, dict[str, QWidget]]) -> None:
    workspaces, panels = made
    assert [panels[id].isVisible() for id in ("left", "front", "hidden")] == [True, True, False]
    workspaces.bring("hidden")
    assert [panels[id].isVisible() for id in ("left", "front", "hidden")] == [True, False, True]
    workspaces.bring("left")
    assert panels["hidden"].isVisible()
    tabs = workspaces._tabs["front"]
    assert [tabs.bar.tabText(index) for index in range(2)] == ["Front", "Hidden"]
    assert tabs.bar.accessibleName() == "Front | Hidden"


def test_the_visible_tab_is_saved_restored_and_reset(made: tuple[Workspaces, dict[str, QWidget]], tmp_path: Path) -> None:
    workspaces, panels = made
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    workspaces.bring("hidden")
    workspaces.save(settings)
    workspaces.reset()
    assert panels["front"].isVisible()
    workspaces.restore(settings)
    assert panels["hidden"].isVisible()
