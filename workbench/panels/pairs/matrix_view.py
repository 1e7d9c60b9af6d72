"""The similarity matrix of a batch: rows are first views, columns second views; a cell is chosen with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench import theme
from workbench.accessible import value_changed
from workbench.panels.pairs.pair_data import figure
from workbench.plots.base import tint
from workbench.plots.image_grid import to_qimage
from workbench.theme.focus import paint_focus
from workbench.theme.palette import GAP, SMALL_PX, mix
from workbench.theme.tooltips import show_beside

NAMES = 68  # px for the names of groups
LEGEND = 20
SIDE = 220  # px
LEAST_NAME = 9  # px of height below which a group's name is left out
MARK = 9  # px, the least side length of the frame around the chosen cell


class MatrixView(QWidget):
    """Cosines (n, n) as colours, from faint for the lower half to strong for 1. The arrow keys move to the next cell, Home moves to
    the positive of the row.

    `chosen(row, column)`: the indices of the two images, independent of the order in which the images are shown."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros((0, 0), np.float32)
        self._order = np.zeros(0, np.int64)
        self._starts: tuple[int, ...] = ()
        self._names: tuple[str, ...] = ()
        self._cell_text: Callable[[int, int], str] = lambda row, column: ""
        self._low = 0.0
        self._image = QImage()
        self._current: tuple[int, int] | None = None
        self.setAccessibleName(self.tr("Similarity matrix of the batch"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._colour)

    def set_matrix(
        self,
        values: np.ndarray,
        order: np.ndarray,
        cell_text: Callable[[int, int], str],
        groups: Sequence[tuple[int, str]] = (),
    ) -> None:
        """Show cosines (n, n) with the images in this order. `cell_text(row, column)`: the tooltip for two images. `groups`: the
        first position and the name of each group in the order."""
        self._values, self._order, self._cell_text = values, np.asarray(order), cell_text
        self._starts, self._names = tuple(start for start, _ in groups), tuple(name for _, name in groups)
        self._low = float(np.median(values)) if values.size else 0.0
        if self._current is not None and max(self._current) >= len(values):
            self._current = None
        self._colour()

    def accessible_value(self) -> str:
        """How many images the matrix compares, and the chosen cell."""
        parts = [self.tr("{0} by {0} images").format(f"{len(self._values):,}")]
        if self._current is not None:
            parts.append(self._cell_text(*self._current))
        return ", ".join(parts)

    @property
    def current(self) -> tuple[int, int] | None:
        """The indices of the two images of the chosen cell; None for no cell."""
        return self._current

    def set_current(self, row: int, column: int) -> None:
        """Mark the cell of two images, without emitting `chosen`."""
        self._current = (row, column) if max(row, column) < len(self._values) else None
        self.setAccessibleDescription(self._cell_text(row, column) if self._current else "")
        self.update()

    def sizeHint(self) -> QSize:
        """The size of a square whose cells can be told apart, and its legend."""
        return QSize(SIDE, SIDE + LEGEND)

    def minimumSizeHint(self) -> QSize:
        """The smallest size at which single cells are visible."""
        return QSize(200, 96 + LEGEND)

    # Geometry

    @property
    def area(self) -> QRect:
        """The rectangle in which the cells are painted."""
        left = NAMES if any(self._names) else 0
        side = max(1, min(self.width() - left - 1, self.height() - LEGEND - 1))
        return QRect(left + max(0, (self.width() - left - side) // 2), 0, side, side)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The indices of the two images at a point of the widget; None outside the cells."""
        area, n = self.area, len(self._values)
        if not n or not area.contains(point.toPoint()):
            return None
        column = min(n - 1, int((point.x() - area.left()) * n / area.width()))
        row = min(n - 1, int((point.y() - area.top()) * n / area.height()))
        return int(self._order[row]), int(self._order[column])

    def rect_of(self, row: int, column: int) -> QRectF:
        """The rectangle of the cell of two images."""
        area, position = self.area, {int(image): index for index, image in enumerate(self._order)}
        side = area.width() / max(1, len(self._order))
        return QRectF(area.left() + position[column] * side, area.top() + position[row] * side, side, side)

    # Painting

    def _colour(self) -> None:
        palette = theme.current()
        steps = np.linspace(0, 1, 256)
        faint, middle, strong = mix(palette.card, palette.accent, 0.06), palette.accent, palette.text
        table = [mix(faint, middle, 2 * t) if t < 0.5 else mix(middle, strong, 2 * t - 1) for t in steps]
        lut = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in table], np.uint8)
        if self._values.size:
            ordered = self._values[np.ix_(self._order, self._order)]
            level = np.clip((ordered - self._low) / max(1e-6, 1 - self._low), 0, 1)
            self._image = to_qimage(lut[(level * 255).astype(np.int64)])
        self._ends = table[0], table[128], table[255]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, the lines between groups, the frame of the chosen cell, and the legend."""
        if not self._values.size:
            return
        painter, palette, area = QPainter(self), theme.current(), self.area
        painter.drawImage(area, self._image)
        side = area.width() / len(self._values)
        painter.setPen(QPen(tint(palette.quiet, 0.55), 1))
        for start in self._starts[1:]:
            offset = start * side
            painter.drawLine(QPointF(area.left() + offset, area.top()), QPointF(area.left() + offset, area.bottom()))
            painter.drawLine(QPointF(area.left(), area.top() + offset), QPointF(area.right(), area.top() + offset))
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(palette.quiet))
        ends = (*self._starts[1:], len(self._values))[: len(self._starts)]
        for start, end, name in zip(self._starts, ends, self._names, strict=True):
            height = (end - start) * side
            if height >= LEAST_NAME:
                text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAMES - GAP)
                rect = QRectF(area.left() - NAMES, area.top() + start * side, NAMES - 6, height)
                painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if self._current is not None:
            cell = self.rect_of(*self._current)
            grow = max(1.0, (MARK - cell.width()) / 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.card), 4))
            painter.drawRect(cell.adjusted(-grow, -grow, grow, grow))
            painter.setPen(QPen(QColor(palette.warning), 2))
            painter.drawRect(cell.adjusted(-grow, -grow, grow, grow))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_legend(painter, area)
        paint_focus(painter, self)

    def _paint_legend(self, painter: QPainter, area: QRect) -> None:
        palette, top = theme.current(), area.bottom() + 7
        low, high = self.tr("cosine ≤ {0}").format(figure(self._low)), "1"
        metrics = painter.fontMetrics()
        left = area.left() + metrics.horizontalAdvance(low) + 6
        right = area.right() - metrics.horizontalAdvance(high) - 6
        line = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(palette.quiet))
        painter.drawText(QRect(area.left(), top - 3, area.width(), 14), line | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(QRect(area.left(), top - 3, area.width(), 14), line | Qt.AlignmentFlag.AlignRight, high)
        ramp = QLinearGradient(left, 0, right, 0)
        for stop, colour in zip((0.0, 0.5, 1.0), self._ends, strict=True):
            ramp.setColorAt(stop, QColor(colour))
        painter.fillRect(QRect(left, top, max(1, right - left), 8), ramp)

    # Mouse and keys

    def event(self, event: QEvent) -> bool:
        """Show the tooltips of cells."""
        if event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))  # type: ignore[attr-defined]
            area = self.rect_of(*cell).toAlignedRect() if cell is not None else QRect()
            show_beside(self, area, self._cell_text(*cell) if cell is not None else "")
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        cell = self.cell_at(event.position())
        if cell is not None:
            self._choose(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbouring cell, or the positive of the row."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key, n = Qt.Key(event.key()), len(self._values)
        if not n or (key not in steps and key != Qt.Key.Key_Home):
            super().keyPressEvent(event)
            return
        row, column = self._current or (int(self._order[0]), int(self._order[0]))
        if key == Qt.Key.Key_Home:
            self._choose(row, row)
            return
        position = {int(image): index for index, image in enumerate(self._order)}
        down, across = steps[key]
        target = (min(n - 1, max(0, position[row] + down)), min(n - 1, max(0, position[column] + across)))
        self._choose(int(self._order[target[0]]), int(self._order[target[1]]))

    def _choose(self, row: int, column: int) -> None:
        self.set_current(row, column)
        self.chosen.emit(row, column)
        value_changed(self)
