"""The picture of very many points as a part of a plot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.base import InView


class CloudPicture(InView):
    """All points as one picture of the viewport, drawn anew for each range that is seen. `rasterise` makes it for a width, a height
    and device pixels for each of the window's: words 0xAARRGGBB (height, width)."""

    def __init__(self, rasterise: Callable[[int, int, float], NDArray[np.uint32]]) -> None:
        super().__init__()
        self._rasterise = rasterise
        self.least_scale = 1.0

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Rasterise in device pixels, then put the picture there."""
        box = self.getViewBox()
        scale = max(painter.device().devicePixelRatioF(), self.least_scale)
        area = box.sceneBoundingRect()
        width, height = int(area.width() * scale), int(area.height() * scale)
        if width < 1 or height < 1:
            return
        words = self._rasterise(width, height, scale)
        # Nothing is half transparent, so the words are what their premultiplied form would be, and that is drawn faster.
        image = QImage(words.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.save()
        painter.setTransform(QTransform())
        painter.drawImage(area, image)
        painter.restore()
