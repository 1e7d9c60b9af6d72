"""The bar above the panels: the device in words, in the language of the window."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.setup_questions import DeviceInfo
from workbench.frame.top_bar import TopBar
from workbench.i18n.load import Translations


@pytest.mark.parametrize(("language", "shown"), [("en", "CPU · 12 cores · 4 GiB free"), ("zh_CN", "CPU · 12 核 · 4 GiB 可用")])
def test_the_device_is_in_the_language_of_the_window(qtbot: QtBot, language: str, shown: str) -> None:
    translations = Translations()
    try:
        translations.load(language)
        actions = {name: QAction(name) for name in ("prepare", "start", "pause", "stop")}
        bar = on_screen(qtbot, TopBar(["prepare"], actions), 900, 40)
        bar.show_devices((DeviceInfo("cpu", "Some processor, with a comma, 12 cores", 8 << 30, 4 << 30),))
        assert bar._device.text() == shown
    finally:
        translations.load("en")
