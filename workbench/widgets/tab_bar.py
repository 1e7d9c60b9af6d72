"""The tab bar of a region of the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from workbench.theme.focus import paint_focus


class TabBar(QTabBar):
    """Tabs as wide as their titles, without a line below; the current one has a frame while the bar has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tabs and the focus."""
        super().paintEvent(event)
        paint_focus(QPainter(self), self, QRectF(self.tabRect(self.currentIndex())))
