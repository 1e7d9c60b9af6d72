"""Panels that share one place: a tab each, the first in front, the choice kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.frame.places import PanelRow, Places

ROWS = (
    PanelRow("left", "one", 100, False, lambda bridge, runs: QWidget()),
    PanelRow("front", "one", 300, True, lambda bridge, runs: QWidget()),
    PanelRow("hidden", "one", 300, True, lambda bridge, runs: QWidget(), behind="front"),
)


@pytest.fixture
def made(qtbot: QtBot) -> tuple[Places, dict[str, QWidget]]:
    panels = {row.id: QWidget() for row in ROWS}
    for id, panel in panels.items():
        panel.setWindowTitle(id.title())
    places = Places(("one",), ROWS, panels, QWidget())
    qtbot.addWidget(places)
    with qtbot.waitExposed(places):
        places.show()
    return places, panels


def test_one_of_them_is_seen_at_a_time(made: tuple[Places, dict[str, QWidget]]) -> None:
    places, panels = made
    assert [panels[id].isVisible() for id in ("left", "front", "hidden")] == [True, True, False]
    places.bring(panels["hidden"])
    assert [panels[id].isVisible() for id in ("left", "front", "hidden")] == [True, False, True]
    places.bring(panels["left"])
    assert panels["hidden"].isVisible()
    tabs = places._tabs["front"]
    assert [tabs.bar.tabText(place) for place in range(2)] == ["Front", "Hidden"]
    assert tabs.bar.accessibleName() == "Front | Hidden"


def test_which_one_is_kept_and_reset(made: tuple[Places, dict[str, QWidget]], tmp_path: Path) -> None:
    places, panels = made
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    places.bring(panels["hidden"])
    places.save(settings)
    places.reset()
    assert panels["front"].isVisible()
    places.restore(settings)
    assert panels["hidden"].isVisible()
