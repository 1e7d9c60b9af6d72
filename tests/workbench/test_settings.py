"""Undo, and the ways from a message to a setting, in the whole window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.requests import FocusSetting
from workbench.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
    qtbot.waitUntil(lambda: not made.bridge.busy, timeout=10_000)
    return made


def choose(window: Window, key: str, value: object) -> None:
    editor = window.setup.form.row(key).editor
    editor.set_value(value)
    editor.edited.emit()


def texts(window: Window) -> list[tuple[str, bool]]:
    return [(window.actions_by_id[id].text(), window.actions_by_id[id].isEnabled()) for id in ("undo", "redo")]


def test_the_menu_names_the_setting_and_undoes_it(window: Window) -> None:
    assert texts(window) == [("Settings: undo", False), ("Settings: redo", False)]
    choose(window, "train.batch", 64)
    assert texts(window) == [("Undo: Batch", True), ("Settings: redo", False)]
    menu = [action.text() for action in window.top.menu_button.menu().actions()]
    assert "Undo: Batch" in menu
    window.actions_by_id["undo"].trigger()
    assert window.setup.form.value("train.batch") == 256
    assert texts(window) == [("Settings: undo", False), ("Redo: Batch", True)]
    window.actions_by_id["redo"].trigger()
    assert window.setup.form.value("train.batch") == 64


def test_both_keys_of_redo_are_known_and_none_acts_where_the_settings_are_not_seen(window: Window) -> None:
    choose(window, "train.batch", 64)
    keys = [sequence.toString() for sequence in window.actions_by_id["redo"].shortcuts()]
    assert keys == ["Ctrl+Shift+Z", "Ctrl+Y"]
    assert window.actions_by_id["undo"].shortcut() == QKeySequence("Ctrl+Z")
    window.go("explore")
    assert texts(window) == [("Settings: undo", False), ("Settings: redo", False)], "there the keys undo selections"
    window.go("prepare")
    assert texts(window)[0] == ("Undo: Batch", True)


def test_a_slider_of_the_augmentation_card_is_undone_in_one_step(window: Window, qtbot: QtBot) -> None:
    row = window.augment.strengths.rows()["crop_min"]
    before = row.value()
    for value in (20, 30, 40):
        row.editor.slider.setValue(value)
    assert window.actions_by_id["undo"].text() == "Undo: Crop, smallest area (views)"
    window.undo()
    assert window.augment.strengths.group["crop_min"] == before
    assert window.augment.strengths.rows()["crop_min"].value() == before
    assert not window.actions_by_id["undo"].isEnabled()
    window.redo()
    assert window.augment.strengths.group["crop_min"] == 0.4


def focused(window: Window, widget: QWidget) -> bool:
    return (widget.focusProxy() or widget) is window.focusWidget()


def test_why_a_run_failed_leads_to_the_setting(window: Window) -> None:
    window.go("train")
    window.commands.failed.emit("VICReg: train.batch must be at most 9. Got 64.", "Lower train.batch.", "")
    assert window.notice.text == "VICReg: Batch must be at most 9. Got 64. Lower “Batch”."
    window.notice._setting.click()
    assert window.workspace == "prepare"
    assert focused(window, window.setup.form.row("train.batch").editor)
    window.commands.failed.emit("The disk is full.", "", "")
    assert not window.notice._setting.isVisible()


@pytest.mark.parametrize("name", ["crop_min", "size", "sigma_max"])
def test_a_setting_of_the_views_is_led_to(window: Window, name: str) -> None:
    window.take_request(FocusSetting(f"views.groups.0.{name}"))
    row = window.augment.strengths.rows()[name]
    assert row.isVisible()
    assert focused(window, row.editor)


def test_an_operation_that_is_off_is_led_to_where_it_is_switched_on(window: Window) -> None:
    window.take_request(FocusSetting("views.groups.0.solarize"))
    assert window.focusWidget().property("field") == "solarize"
