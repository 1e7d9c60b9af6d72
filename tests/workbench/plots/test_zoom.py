"""How large a picture is shown, and the view that shows it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.workbench.panels.on_screen import on_screen
from workbench.plots.image_grid import to_qimage
from workbench.plots.zoom import HIGHEST, LOWEST, fitting, stepped
from workbench.plots.zoom_view import ZoomView


def test_a_picture_fits_by_its_longer_side() -> None:
    assert fitting(400, 300, 800, 200) == 0.5
    assert fitting(400, 300, 100, 100) == 3
    assert fitting(400, 300, 1, 1) == HIGHEST
    assert fitting(0, 300, 10, 10) == 1


def test_steps_stop_at_the_pictures_own_size_and_at_the_bounds() -> None:
    assert stepped(0.9, 1) == 1
    assert stepped(1.1, -1) == 1
    assert stepped(1, 1) > 1
    assert stepped(HIGHEST, 3) == HIGHEST
    assert stepped(LOWEST, -3) == LOWEST
    assert stepped(stepped(2, 1), -1) == pytest.approx(2)


def shown(qtbot: QtBot) -> ZoomView:
    view = on_screen(qtbot, ZoomView(), 400, 300)
    view.set_image(to_qimage(np.zeros((100, 200, 3), np.uint8)))
    return view


def test_all_of_the_picture_is_shown_also_after_a_resize(qtbot: QtBot) -> None:
    view = shown(qtbot)
    assert view.zoom == pytest.approx(2, rel=0.02)
    view.resize(200, 300)
    qtbot.waitUntil(lambda: view.zoom == pytest.approx(1, rel=0.02))
    assert not view.horizontalScrollBar().isVisible()


def test_keys_zoom_and_shift_with_arrows_moves(qtbot: QtBot) -> None:
    view = shown(qtbot)
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == 1
    for _ in range(12):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25**12, rel=0.01)
    before = view.horizontalScrollBar().value()
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.horizontalScrollBar().value() > before
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == pytest.approx(2, rel=0.02)


def test_the_wheel_zooms_and_a_double_click_shows_the_own_size(qtbot: QtBot) -> None:
    view = shown(qtbot)
    with qtbot.waitSignal(view.zoomChanged):
        middle = QPointF(view.viewport().rect().center())
        event = QWheelEvent(
            middle,
            view.viewport().mapToGlobal(middle),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)
    assert view.zoom == pytest.approx(2.5, rel=0.02)
    view.fit()
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton)
    assert view.zoom == 1
