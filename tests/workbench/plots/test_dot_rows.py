"""Rows of dots: what is painted at the edges."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from tests.workbench.painted import painted_texts
from tests.workbench.panels.on_screen import on_screen
from workbench.plots.dot_rows import DotRows, RowDot
from workbench.theme.palette import SMALL_PX


@pytest.mark.parametrize("width", [260, 300, 460])
def test_the_numbers_of_the_axis_are_inside_the_picture(qtbot: QtBot, width: int) -> None:
    rows = on_screen(qtbot, DotRows(), width, 100)
    rows.show_dots(["kNN", "Linear probe"], [RowDot(0, 0.05, "#ff0000", "a", "a"), RowDot(1, 1.0, "#ff0000", "b", "b")])
    font = QFont(rows.font())
    font.setPixelSize(SMALL_PX)
    ticks = [text for text in painted_texts(rows) if text.text.endswith("%")]
    assert "100 %" in [text.text for text in ticks]
    for text in ticks:
        assert text.x >= 0
        assert text.x + QFontMetricsF(font).horizontalAdvance(text.text) <= width
