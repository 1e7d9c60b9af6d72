"""A column of cards that is scrolled up and down in a low window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

LEAST = 120  # px, the least height of what is visible


class ScrolledColumn(QScrollArea):
    """Scrolls a widget up and down where there is less height than it needs. It is never narrower than the widget and its scroll
    bar need, so that nothing is cut off at the side."""

    def __init__(self, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner = inner
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        """The width of the widget, and the least height: a column takes what height is left, and asks for none."""
        return QSize(self._inner.sizeHint().width(), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The widget's width with a scroll bar, and a part of its height."""
        inner = self._inner.minimumSizeHint().expandedTo(self._inner.minimumSize())
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(inner.width() + bar, min(LEAST, inner.height()))

    def event(self, event: QEvent) -> bool:
        """Pass on that the widget needs another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
