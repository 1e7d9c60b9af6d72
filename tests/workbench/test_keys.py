"""The window with the keyboard alone: Tab reaches every control, leaves it again, and visits controls in reading order."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.frame.cards import cards_of
from workbench.plots.curve import CurvePlot
from workbench.plots.image_grid import ImageGrid
from workbench.plots.scatter import ScatterPlot
from workbench.plots.thumbnails import Thumbnails
from workbench.window import ACTIONS, WORKSPACES, Window

CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView)
USED = (*CONTROLS, CurvePlot, ScatterPlot, ImageGrid, Thumbnails)
# Their child widgets are not separate Tab stops.
WHOLE = (QAbstractSpinBox, QComboBox, QAbstractItemView)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
    made.start()
    qtbot.waitUntil(lambda: any(row.state == "finished" for row in made.runs.rows()), timeout=10_000)
    qtbot.waitUntil(lambda: not made.bridge.busy, timeout=10_000)
    return made


def focus(window: Window) -> QWidget | None:
    return QApplication.focusWidget() or window.focusWidget()


def walk(window: Window, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """The widgets that get the focus with Tab, from the filter of the runs until it has the focus again."""
    window.list.focus_filter()
    stops = [focus(window)]
    while True:
        QTest.keyClick(stops[-1], key)
        now = focus(window)
        assert now is not stops[-1], f"Tab does not leave {_name(now)}"
        if now is stops[0]:
            return stops
        if now in stops:
            pytest.fail("Tab goes in a circle: " + "; ".join(_name(stop) for stop in stops[stops.index(now) - 2 :]))
        stops.append(now)


def _name(widget: QWidget | None) -> str:
    if widget is None:
        return "nothing"
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text!r} at {widget.mapTo(widget.window(), QPoint(0, 0)).toTuple()}"


def _by_tab(widget: QWidget, stops: list[QWidget]) -> bool:
    """Whether a widget is reached with Tab. Of a group of exclusive buttons one must be reached; arrow keys lead to the others."""
    if isinstance(widget, QAbstractButton) and widget.group() is not None and widget.group().exclusive():
        return any(other in stops for other in widget.group().buttons())
    if isinstance(widget, QAbstractButton) and widget.autoExclusive():
        return any(isinstance(other, QAbstractButton) and other.autoExclusive() for other in stops)
    return widget in stops or widget.focusProxy() in stops


def test_tab_reaches_every_enabled_control_in_both_directions(window: Window, qtbot: QtBot) -> None:
    for workspace in WORKSPACES:
        window.go(workspace)
        stops = walk(window)
        for widget in window.findChildren(QWidget):
            inside = isinstance(widget, QScrollBar) or isinstance(widget.parentWidget(), WHOLE)
            if isinstance(widget, USED) and widget.isVisible() and widget.isEnabled() and not inside:
                assert _by_tab(widget, stops), f"Tab does not come to {_name(widget)}"
        unnamed = [stop for stop in stops if not (stop.accessibleName() or (isinstance(stop, QAbstractButton) and stop.text()))]
        assert not unnamed, [f"{_name(stop)} in {_name(stop.parentWidget())}" for stop in unnamed]
        assert walk(window, Qt.Key.Key_Backtab)[1:] == stops[:0:-1]


def test_tab_visits_cards_from_left_to_right_also_after_rows_were_rebuilt(window: Window, qtbot: QtBot) -> None:
    window.go("prepare")
    window.setup.set_draft({"method": {"id": "byol"}, "views": {"preset": "byol"}})
    qtbot.waitUntil(lambda: window.setup.ready and not window.bridge.busy, timeout=10_000)
    stops = walk(window)
    cards = [window.list, window.setup, window.augment.views_card, window.augment.strengths]
    order = [next((index for index, card in enumerate(cards) if card.isAncestorOf(stop)), None) for stop in stops]
    inside = [index for index in order if index is not None]
    late = [
        _name(stop) for stop, index, following in zip(stops, order, order[1:], strict=False) if (index or 0) > (following or 99)
    ]
    assert inside == sorted(inside), f"Tab goes back after {late}"
    assert set(inside) == set(range(len(cards)))
    strengths = [stop for stop in stops if window.augment.strengths.isAncestorOf(stop)]
    heights = [stop.mapTo(window.augment.strengths, QPoint(0, 0)).y() for stop in strengths]
    assert all(b > a - 12 for a, b in pairwise(heights)), "from top to bottom"


def test_the_presets_button_is_pressed_with_space(window: Window, qtbot: QtBot) -> None:
    window.go("prepare")
    panel = window.augment
    QTest.keyClick(panel.presets, Qt.Key.Key_Space)
    assert panel.presets.isChecked()


def test_views_are_copied_with_the_keyboard(window: Window, qtbot: QtBot) -> None:
    window.go("prepare")
    button = next(button for button in window.augment.strengths.findChildren(QToolButton) if button.menu() is not None)

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)

    QTimer.singleShot(200, choose)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text().startswith("views:")


def test_alt_home_resets_a_setting_to_its_default(window: Window) -> None:
    window.go("prepare")
    row = window.setup.form.row("train.epochs")
    target = row.editor.focusProxy() or row.editor
    before = row.editor.value()
    QTest.keyClick(target, Qt.Key.Key_Up)
    assert row.editor.value() != before
    QTest.keyClick(target, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    assert row.editor.value() == row.default
    assert not row.touched


def test_points_of_the_map_are_picked_and_selected_with_keys(window: Window, qtbot: QtBot) -> None:
    window.go("explore")
    plot = window.embedding.plot
    picked: list[int] = []
    plot.clicked.connect(picked.append)
    qtbot.waitUntil(lambda: len(plot.alive) > 1)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert len(picked) == 1
    QTest.keyClick(plot, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(plot.selected) > 1
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert len(plot.selected) == 0


def test_ctrl_space_in_the_legend_shows_one_class_alone(window: Window, qtbot: QtBot) -> None:
    window.go("explore")
    legend = window.embedding.legend
    qtbot.waitUntil(lambda: len(legend.entries()) > 1)
    masks: list[list[bool]] = []
    legend.shown.connect(lambda shown: masks.append(shown.tolist()))
    others = [False] * (len(legend.entries()) - 1)
    legend.list.setFocus()
    QTest.keyClick(legend.list, Qt.Key.Key_Home)
    QTest.keyClick(legend.list, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(legend.list, Qt.Key.Key_Space)
    assert masks == [[True, *others], [False, *others]]


def test_f1_lists_every_shortcut_and_fits_the_screen(window: Window) -> None:
    window.show_shortcuts()
    (dialog,) = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    for row in ACTIONS:
        assert (window.actions_by_id[row.id].text() in texts) == bool(row.shortcut)
    for title, _ in window.embedding.SHORTCUTS:
        assert title in texts
    assert dialog.sizeHint().width() < 1000
    assert dialog.sizeHint().height() < 600
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_f6_visits_the_cards_from_left_to_right_and_shift_f6_backwards(window: Window) -> None:
    for workspace in WORKSPACES:
        visit_the_cards(workspace, window)


def visit_the_cards(workspace: str, window: Window) -> None:
    window.go(workspace)
    window.list.focus_filter()
    # Cards that contain a Tab stop; the list of runs is the first.
    stops = walk(window)
    cards = [card for card in cards_of(window.workspaces) if any(card.isAncestorOf(stop) for stop in stops)]
    assert len(cards) > 1
    assert cards[0].isAncestorOf(focus(window))
    scrolled = window.workspaces._scrolls[workspace].horizontalScrollBar().value()  # the screen of the tests is narrow
    lefts = [card.mapTo(window, QPoint(0, 0)).x() + (0 if card is cards[0] else scrolled) for card in cards]
    assert lefts == sorted(lefts)

    def visited(key: str) -> list[QWidget]:
        # An inactive window receives no shortcuts, so the action of the key is triggered directly.
        (action,) = [action for action in window.actions() if action.shortcut() == QKeySequence(key)]
        focused = []
        for _ in cards:
            action.trigger()
            focused += [card for card in cards if card.isAncestorOf(focus(window))]
        return focused

    assert visited("F6") == [*cards[1:], cards[0]]
    assert visited("Shift+F6") == [*cards[:0:-1], cards[0]]


def test_f6_restores_the_focus_within_a_card(window: Window) -> None:
    window.go("prepare")
    window.augment.reroll.setFocus()
    window.actions_by_id["card"].trigger()
    assert not window.augment.views_card.isAncestorOf(focus(window))
    window.actions_by_id["card_back"].trigger()
    assert focus(window) is window.augment.reroll


def test_no_two_actions_share_a_key() -> None:
    keys = [row.shortcut for row in ACTIONS if row.shortcut]
    assert len(set(keys)) == len(keys)
