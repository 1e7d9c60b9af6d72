"""Going over the dots of a plot by mouse or by keys: what each is, one at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolTip, QWidget


class Walk:
    """Which dot of a plot the keys stand on: `at`, -1 for none. `say` gives the words of a dot by its place in the order of
    walking, `middle` where it is in the plot."""

    def __init__(self, plot: QWidget, say: Callable[[int], str], middle: Callable[[int], QPointF]) -> None:
        self._plot, self._say, self._middle = plot, say, middle
        self.at = -1

    def step(self, key: int, count: int) -> bool:
        """Left and Right go to the next of `count` dots, around the ends, and say it; whether the key was one of them."""
        if key not in (Qt.Key.Key_Left, Qt.Key.Key_Right) or not count:
            return False
        ahead = key == Qt.Key.Key_Right
        first = 0 if ahead else count - 1
        self.at = (self.at + (1 if ahead else -1)) % count if self.at >= 0 else first
        words = self._say(self.at)
        self._plot.setAccessibleDescription(words.replace("\n", ", "))
        QToolTip.showText(self._plot.mapToGlobal(self._middle(self.at).toPoint()), words, self._plot)
        return True

    def hover(self, surface: QWidget, dot: int, position: QPoint) -> None:
        """The mouse is over a dot, or over none (-1), at a place of the screen; `surface` is what has the cursor."""
        surface.setCursor(Qt.CursorShape.PointingHandCursor if dot >= 0 else Qt.CursorShape.ArrowCursor)
        if dot >= 0:
            QToolTip.showText(position, self._say(dot), self._plot)
        else:
            QToolTip.hideText()


def enters(key: int) -> bool:
    """Whether a key is one that clicks."""
    return key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
