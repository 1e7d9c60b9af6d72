"""Write what a function paints to a PNG or SVG file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QRect, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from engine.config.errors import because
from engine.runs.atomic_write import atomic_write
from workbench import theme


def save_painted(paint: Callable[[QPainter], None], size: QSize, kind: str, path: Path, scale: float = 2.0) -> None:
    """Write what `paint` paints on an area of `size`, on the card's background, to a "png" at `scale` times its size or an "svg".
    The file is replaced atomically. OSError where it cannot be written."""
    held = QBuffer()
    held.open(QBuffer.OpenModeFlag.WriteOnly)
    ground = QColor(theme.current().card)
    if kind == "svg":
        from PySide6.QtSvg import QSvgGenerator

        made = QSvgGenerator()
        made.setOutputDevice(held)
        made.setSize(size)
        made.setViewBox(QRect(0, 0, size.width(), size.height()))
        # The screen's resolution, so that texts have the same size relative to lines as on the screen.
        made.setResolution(QImage(1, 1, QImage.Format.Format_RGB32).logicalDpiX())
        painter = QPainter(made)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), ground)
        paint(painter)
        painter.end()
    else:
        image = QImage(size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(ground)
        painter = QPainter(image)
        paint(painter)
        painter.end()
        QImageWriter(held, b"png").write(image)
    try:
        with atomic_write(path) as part:
            part.write_bytes(held.data().data())
    except OSError as error:
        raise OSError(f"{path} must be a file that can be written. {because(error)}") from None
