"""Labels of a fixed number of lines."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.widgets.room import keep_lines


@pytest.mark.parametrize("word", ["Samples of the data", "数据中的样本"])
@pytest.mark.parametrize("lines", [1, 3])
def test_a_label_has_room_for_its_lines_in_the_language_of_the_window(qtbot: QtBot, word: str, lines: int) -> None:
    """Chinese characters come from another font, whose lines can be higher than those of the label's own."""
    label = QLabel("\n".join([word] * lines))
    qtbot.addWidget(label)
    keep_lines(label, lines, word)
    assert label.height() >= label.sizeHint().height()
    assert label.height() < label.fontMetrics().lineSpacing() * (lines + 2)
