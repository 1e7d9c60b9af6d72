"""Shared parts of all plots: pens in the theme's colours, and axes with plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen

from workbench import theme
from workbench.theme.palette import SMALL_PX


def tint(colour: str, opacity: float) -> QColor:
    """A colour with an opacity from 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made


def number(value: float, digits: int = 4) -> str:
    """A measured number as text: 0.5342, 12.3, 1,234, 2e-5. `digits`: significant ones."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e7:
        return f"{value:.{digits - 2}e}".replace("e-0", "e-").replace("e+0", "e")
    if size >= 1000:
        return f"{value:,.0f}"
    decimals = digits if size < 1 else max(0, digits - 1 - int(math.log10(size)))
    return f"{value:.{decimals}f}"


def clock(seconds: float) -> str:
    """A duration as text: 0:05, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class ThemedPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot in the colours of the theme, which a subclass sets in `_apply_theme`."""

    def follow_theme(self) -> None:
        """Set the colours now and at each change of the theme. Called once, when all items exist."""
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    def close(self) -> bool:
        """Close the plot for good: pyqtgraph deletes its items, so that a change of the theme must not reach them."""
        if not self.closed:
            theme.changed.disconnect(self._apply_theme)
        return bool(super().close())

    def _apply_theme(self) -> None:
        raise NotImplementedError


class NumberAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with plain numbers: 0.05, 10k, without a scale factor in a label. `as_time`: seconds as in `clock`.
    `counts`: whole numbers alone, of steps or runs."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=-3)
        self.as_time = self.counts = False
        self.enableAutoSIPrefix(False)
        self.setStyle(tickTextOffset=6, autoExpandTextSpace=False, autoReduceTextSpace=False)
        if orientation == "left":
            self.setWidth(44)
        else:
            self.setHeight(20)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The texts at the ticks."""
        if self.logMode:
            return [_short(10**value) for value in values]
        if self.as_time:
            return [clock(value) if value >= 0 else "" for value in values]
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
        return [_short(value) if decimals == 0 or decimals > 5 else f"{value:.{decimals}f}" for value in values]

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Only the major ticks: the crosshair shows the values between."""
        if self.as_time and not self.logMode:
            steps = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400]
            wanted = (high - low) / max(2, size / 80)
            return [(next((step for step in steps if step >= wanted), 86400 * math.ceil(wanted / 86400)), 0)]
        levels = super().tickSpacing(low, high, size)
        spacing, offset = levels[1] if len(levels) > 1 and size / max(1e-12, (high - low) / levels[0][0]) > 180 else levels[0]
        return [(max(1.0, spacing), 0.0) if self.counts and not self.logMode else (spacing, offset)]

    def apply_theme(self) -> None:
        """Use the colours of the current theme."""
        palette = theme.current()
        font = QFont()
        font.setPixelSize(SMALL_PX)
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setStyle(tickFont=font)
        self.setPen(pg.mkPen(palette.line))
        self.setTextPen(pg.mkPen(palette.quiet))


def _short(value: float) -> str:
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:g}M"
    if size >= 1e4:
        return f"{value / 1e3:g}k"
    return f"{value:g}"


class InView(pg.GraphicsObject):  # type: ignore[misc]
    """An item whose bounding rectangle is the visible range of its view box."""

    def boundingRect(self) -> QRectF:
        """The visible range."""
        return QRectF(self.viewRect()) if self.getViewBox() is not None else QRectF()

    def viewTransformChanged(self) -> None:
        """The visible range has changed."""
        super().viewTransformChanged()  # clears the cached range
        self.prepareGeometryChange()
        self.update()


def dashed(colour: str | QColor) -> QPen:
    """A thin dashed pen."""
    made: QPen = pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine)
    return made
