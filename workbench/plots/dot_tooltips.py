"""Tooltips of the dots of a plot, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from workbench.theme.tooltips import show_beside

REACH = 8  # px from the middle of a dot to its tooltip


class DotTooltips:
    """The dot of a plot that the keyboard has reached: `at`, -1 for none. `text_of` returns the text of a dot by its index,
    `middle` its position in the plot."""

    def __init__(self, plot: QWidget, text_of: Callable[[int], str], middle: Callable[[int], QPointF]) -> None:
        self._plot, self._text_of, self._middle = plot, text_of, middle
        self.at = -1

    def step(self, key: int, count: int) -> bool:
        """Go to the previous or next of `count` dots on Left and Right, cyclically, and show its text; False for other keys."""
        if key not in (Qt.Key.Key_Left, Qt.Key.Key_Right) or not count:
            return False
        ahead = key == Qt.Key.Key_Right
        first = 0 if ahead else count - 1
        self.at = (self.at + (1 if ahead else -1)) % count if self.at >= 0 else first
        text = self._text_of(self.at)
        self._plot.setAccessibleDescription(text.replace("\n", ", "))
        self._show(self.at)
        return True

    def hover(self, surface: QWidget, dot: int) -> None:
        """Show the text of the dot under the mouse, -1 for none. `surface` gets the cursor's shape."""
        surface.setCursor(Qt.CursorShape.PointingHandCursor if dot >= 0 else Qt.CursorShape.ArrowCursor)
        self._show(dot)

    def _show(self, dot: int) -> None:
        text = self._text_of(dot) if dot >= 0 else ""
        middle = self._middle(dot).toPoint() if dot >= 0 else QPoint()
        show_beside(self._plot, QRect(middle - QPoint(REACH, REACH), QSize(2 * REACH, 2 * REACH)), text)


def is_enter(key: int) -> bool:
    """Whether a key is Return or Enter."""
    return key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
