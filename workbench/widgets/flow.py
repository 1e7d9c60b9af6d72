"""A row of controls that continues on the next line where the width does not suffice."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget

from workbench.theme.palette import GAP


class FlowLayout(QLayout):
    """Lays widgets out from left to right, in as many lines as the width needs. Space that is left in a line goes to the widgets
    and stretches that take it."""

    def __init__(self, parent: QWidget | None = None, spacing: int = GAP // 2) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem, /) -> None:
        """Called by addWidget."""
        self._items.append(item)
        self.invalidate()

    def addStretch(self) -> None:
        """Add space that moves what follows to the right end of the line."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum))

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int, /) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int, /) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        """The height of all lines at this width."""
        return self._height(self._lines(width))

    def minimumSize(self) -> QSize:
        """That of the widest control."""
        shown = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(max((size.width() for size in shown), default=0), max((size.height() for size in shown), default=0))

    def sizeHint(self) -> QSize:
        """All controls in one line."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def setGeometry(self, rect: QRect, /) -> None:
        """Place the controls."""
        super().setGeometry(rect)
        top = rect.top()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            free = rect.width() - self._width(line)
            takers = [item for item in line if item.expandingDirections() & Qt.Orientation.Horizontal]
            left = rect.left()
            for item in line:
                hint = item.sizeHint()
                width = min(hint.width(), rect.width())
                if item in takers:
                    width += max(0, free) // len(takers)
                tall = min(height, hint.height())
                item.setGeometry(QRect(left, top + (height - tall) // 2, width, tall))
                left += width + (0 if isinstance(item, QSpacerItem) else self.spacing())
            top += height + self.spacing()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        for item in self._items:
            if item.isEmpty() and not isinstance(item, QSpacerItem):
                continue
            if lines and self._width([*lines[-1], item]) <= width:
                lines[-1].append(item)
                continue
            line = [item]
            while lines and lines[-1] and isinstance(lines[-1][-1], QSpacerItem):  # it belongs before what follows
                line.insert(0, lines[-1].pop())
            lines.append(line)
        return [line for line in lines if any(not isinstance(item, QSpacerItem) for item in line)]

    def _width(self, line: list[QLayoutItem]) -> int:
        gaps = sum(not isinstance(item, QSpacerItem) for item in line) - 1
        return sum(item.sizeHint().width() for item in line) + self.spacing() * max(0, gaps)

    def _height(self, lines: list[list[QLayoutItem]]) -> int:
        heights = [max(item.sizeHint().height() for item in line) for line in lines]
        return sum(heights) + self.spacing() * max(0, len(lines) - 1)
