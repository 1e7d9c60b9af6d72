"""A picture that keeps its shape."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.image_grid import to_qimage

# From this magnification on the pixels are shown as they are.
PLAIN_FROM = 8


class Picture(QWidget):
    """One picture, as wide as there is room for, and at most `most` px, if that is given."""

    def __init__(self, parent: QWidget | None = None, most: int = 0) -> None:
        super().__init__(parent)
        if most:
            self.setMaximumWidth(most)
        self._image = to_qimage(np.zeros((1, 1, 3), np.uint8))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_pixels(self, pixels: np.ndarray) -> None:
        """Show uint8 pixels (H, W, 3)."""
        before = self._image.size()
        self._image = to_qimage(pixels)
        if before != self._image.size():
            self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """The picture keeps its shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The picture's height at this width."""
        return max(1, round(width * self._image.height() / self._image.width()))

    def sizeHint(self) -> QSize:
        """The picture's own size."""
        return self._image.size()

    def minimumSizeHint(self) -> QSize:
        """Anything."""
        return QSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, from the top left."""
        painter = QPainter(self)
        # A matrix of a few cells is shown as cells, not as fog.
        smooth = self.width() < self._image.width() * PLAIN_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(QRect(0, 0, self.width(), self.heightForWidth(self.width())), self._image)
