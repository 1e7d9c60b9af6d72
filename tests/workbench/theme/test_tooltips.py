"""Tooltips: no line is wider than the limit, the text itself stays, and they stand beside what they explain."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from workbench.theme.palette import TEXT_PX
from workbench.theme.tooltips import show_beside, wrapped

TEXTS = (
    "Logarithmic y",
    "Preserves near neighbours and separates groups; distances between groups mean little: takes longer than the others",
    "Words that must all occur: simclr batch\nAn exact phrase: “large batch”\n\nNumbers: knn>0.4",
    "保留近邻并分开各组；组与组之间的距离没有多大意义：比其他方法耗时更长，而且每次的结果可能略有不同，请不要过度解读",
    "/home/user/" + "a_very_long_folder_name_without_a_space_" * 5,
    "\U0001f600 " * 60 + "end",
)


def widest(text: str) -> int:
    font = QFont(QApplication.font())
    font.setPixelSize(TEXT_PX)
    return max(QFontMetrics(font).horizontalAdvance(line) for line in text.split("\n"))


@pytest.mark.parametrize("text", TEXTS)
def test_no_line_is_wider_than_the_limit_and_no_character_is_lost(text: str) -> None:
    shown = wrapped(text)
    assert widest(shown) <= 372  # 360 px, and a space at the end of a line
    assert shown.replace("\u200b\n", "") == text


def test_a_widget_returns_the_tooltip_that_it_was_given(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    button.setToolTip(TEXTS[1])
    assert button.toolTip() == TEXTS[1]
    assert widest(button.property("toolTip")) <= 372


def tooltip() -> QWidget:
    return next(top for top in QApplication.topLevelWidgets() if top.inherits("QTipLabel") and top.isVisible())


def test_a_tooltip_stands_beside_its_image_and_inside_the_screen(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setGeometry(100, 100, 300, 200)
    with qtbot.waitExposed(widget):
        widget.show()
    screen = widget.screen().availableGeometry()
    for left in (100, screen.right() - 320):
        widget.move(left, 100)
        area = QRect(20, 20, 60, 60)
        show_beside(widget, area, TEXTS[1])
        image = QRect(widget.mapToGlobal(area.topLeft()), area.size())
        assert not tooltip().geometry().intersects(image)
        assert screen.contains(tooltip().geometry())
        QToolTip.hideText()
        qtbot.waitUntil(lambda: not any(top.inherits("QTipLabel") and top.isVisible() for top in QApplication.topLevelWidgets()))
