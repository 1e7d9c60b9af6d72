"""A graphics item that shows very many points as one rasterised image."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.base import InView


class CloudPicture(InView):
    """All points as one image of the viewport, rasterised for each visible range. `rasterise(width, height, scale)`, with width and
    height in device pixels and their ratio to the window's, returns colours 0xAARRGGBB (height, width)."""

    def __init__(self, rasterise: Callable[[int, int, float], NDArray[np.uint32]]) -> None:
        super().__init__()
        self._rasterise = rasterise

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Rasterise in device pixels and draw the image."""
        box = self.getViewBox()
        scale = painter.device().devicePixelRatioF()
        area = box.sceneBoundingRect()
        width, height = int(area.width() * scale), int(area.height() * scale)
        if width < 1 or height < 1:
            return
        pixels = self._rasterise(width, height, scale)
        # No pixel is partly transparent, so the colours equal their premultiplied form, which is drawn faster.
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.save()
        painter.setTransform(QTransform())
        painter.drawImage(area, image)
        painter.restore()
