"""A grid of small images in one widget, with column headers, notes at the right of rows, and boxes over images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench import theme
from workbench.accessible import value_changed
from workbench.plots.clip_player import ClipPlayer
from workbench.plots.mask_outlines import outline_image
from workbench.theme.focus import paint_focus
from workbench.theme.palette import GAP, SMALL_PX
from workbench.theme.tooltips import show_beside

HEADER = 20
CAPTION = 16
RIM = 150  # alpha of the rim of a box


@dataclass(frozen=True)
class Box:
    """A coloured rectangle over an image; its coordinates are fractions of the image's width and height."""

    x0: float
    y0: float
    x1: float
    y1: float
    colour: str


@dataclass(frozen=True, eq=False)
class Cell:
    """One image: uint8 (H, W, 3) or (H, W). `text`: its tooltip and accessible text; `caption`: painted below.
    `mask`: (h, w) bool, painted over it as an outline. `clip`: the frames (T, H, W, 3) of which it is one: they are played while
    the mouse is over the cell or it is the current one."""

    image: np.ndarray
    text: str = ""
    caption: str = ""
    boxes: tuple[Box, ...] = ()
    mask: np.ndarray | None = None
    clip: np.ndarray | None = None


def to_qimage(pixels: np.ndarray) -> QImage:
    """A copy of uint8 pixels (H, W, 3) or (H, W) as a QImage. Works in any thread."""
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    pixels = np.ascontiguousarray(pixels, np.uint8)
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class ImageGrid(QWidget):
    """A grid of cells. `columns=0` takes as many as fit. Arrow keys move the current cell, Enter and Space activate it; `hovered`,
    `currentChanged` and `activated` carry the index of a cell, -1 for none. With `opens`, Enter opens a cell instead, as does a
    double click: `opened` carries its index. `menuRequested(index, position)`: a menu is requested at a position of the screen.

    A cell with a clip plays it while it is hovered or the current one; with `plays_always` the first cell does all the time.

    The side of a cell is between `least` and `most` px, as large as the width allows; with `fit`, as the height allows, too."""

    hovered = Signal(int)
    currentChanged = Signal(int)
    activated = Signal(int)
    opened = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(
        self, *, columns: int = 0, least: int = 40, most: int = 96, gap: int = GAP, fit: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._wanted, self._least, self._most, self._gap, self._fit = columns, least, most, gap, fit
        self._cells: tuple[Cell, ...] = ()
        self._images: list[QImage] = []
        self._outlines: list[QImage | None] = []
        self._headers: tuple[str, ...] = ()
        self._header_colours: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._current = -1
        self._hover = -1
        self._empty = ""
        self._played = -1
        self._player = ClipPlayer(self)
        self._player.moved.connect(self._frame_moved)
        self.plays_always = False
        self.opens = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if fit else QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(not fit)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    # Content

    def set_cells(
        self,
        cells: Sequence[Cell],
        *,
        columns: int | None = None,
        headers: Sequence[str] = (),
        header_colours: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """Show these cells, row by row. `headers`: one per column; `header_colours`: the colour of a dot before each, "" for none;
        `notes`: one text per row, at its right."""
        count = len(self._cells), self._wanted
        self._cells = tuple(cells)
        self._images = [to_qimage(cell.image) for cell in self._cells]
        self._outlines = [outline_image(cell.mask) if cell.mask is not None else None for cell in self._cells]
        if columns is not None:
            self._wanted = columns
        self._headers, self._header_colours, self._notes = tuple(headers), tuple(header_colours), tuple(notes)
        if self._current >= len(self._cells):
            self._current = -1
        self._hover = min(self._hover, len(self._cells) - 1)
        self._played = -1
        self._play()
        self._describe()
        if count != (len(self._cells), self._wanted):
            self.updateGeometry()
        self.update()

    def set_boxes(self, index: int, boxes: tuple[Box, ...]) -> None:
        """Set the boxes over one of the images."""
        if self._cells[index].boxes != boxes:
            changed = replace(self._cells[index], boxes=boxes)
            self._cells = (*self._cells[:index], changed, *self._cells[index + 1 :])
            self.update(self.rect_of(index))

    def set_empty(self, text: str) -> None:
        """Set the text that is shown while there are no images."""
        self._empty = text
        self._describe()
        self.update()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that are shown."""
        return self._cells

    @property
    def current(self) -> int:
        """The index of the current cell, chosen by keys and clicks; -1 for none."""
        return self._current

    def set_current(self, index: int) -> None:
        """Make a cell the current one; -1 for none."""
        index = index if 0 <= index < len(self._cells) else -1
        if index != self._current:
            self._current = index
            self._play()
            self._describe()
            self.update()
            self.currentChanged.emit(index)
            value_changed(self)

    # Geometry

    @property
    def columns(self) -> int:
        """The number of columns at this width."""
        if self._wanted:
            return self._wanted
        return max(1, (self.width() + self._gap) // (self._least + self._gap))

    @property
    def side(self) -> int:
        """Side of a cell in pixels."""
        return self._side_at(self.width(), self.height() if self._fit else None)

    def _side_at(self, width: int, height: int | None) -> int:
        columns = self._wanted or max(1, (width + self._gap) // (self._least + self._gap))
        side = (width - self._note_width() + self._gap) // columns - self._gap
        if height is not None:
            rows = max(1, -(-len(self._cells) // columns))
            side = min(side, (height - self._top() + self._gap) // rows - self._gap - self._below())
        return max(min(self._least, 24), min(self._most, side))

    def _top(self) -> int:
        return HEADER if self._headers else 0

    def _below(self) -> int:
        return CAPTION if any(cell.caption for cell in self._cells) else 0

    def _note_width(self) -> int:
        if not self._notes:
            return 0
        metrics = QFontMetrics(self._small())
        return GAP + max((metrics.horizontalAdvance(line) for note in self._notes for line in note.splitlines()), default=0)

    def rect_of(self, index: int) -> QRect:
        """Where a cell's image is painted."""
        row, column = divmod(index, self.columns)
        side = self.side
        return QRect(column * (side + self._gap), self._top() + row * (side + self._gap + self._below()), side, side)

    def at(self, point: QPoint) -> int:
        """The cell at a point of the widget; -1 for none."""
        return next((index for index in range(len(self._cells)) if self.rect_of(index).contains(point)), -1)

    def hasHeightForWidth(self) -> bool:
        """True unless `fit` was set."""
        return not self._fit

    def heightForWidth(self, width: int) -> int:
        """The height of all rows at this width."""
        columns = self._wanted or max(1, (width + self._gap) // (self._least + self._gap))
        rows = -(-len(self._cells) // columns)
        if not rows:
            return 40 if self._empty else self._top()
        return self._top() + rows * (self._side_at(width, None) + self._gap + self._below()) - self._gap

    def sizeHint(self) -> QSize:
        """A few columns of the largest cells."""
        columns = self._wanted or 4
        width = columns * (self._most + self._gap)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """The smallest cells: all rows with `fit`, otherwise one."""
        columns = self._wanted or 2
        rows = max(1, -(-len(self._cells) // columns)) if self._fit else 1
        width = columns * (self._least + self._gap) - self._gap + self._note_width()
        return QSize(width, self._top() + rows * (self._least + self._gap + self._below()) - self._gap)

    # Painting

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """All cells in view."""
        palette = theme.current()
        painter = QPainter(self)
        painter.setFont(self._small())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._cells:
            painter.setPen(QColor(palette.quiet))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            paint_focus(painter, self)
            return
        side = self.side
        painter.setPen(QColor(palette.quiet))
        for column, header in enumerate(self._headers):
            left = column * (side + self._gap)
            colour = self._header_colours[column] if column < len(self._header_colours) else ""
            if colour:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(QColor(colour))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QRectF(left, 5, 7, 7))
                painter.setPen(QColor(palette.quiet))
                left += 11
            text = painter.fontMetrics().elidedText(header, Qt.TextElideMode.ElideRight, side - (11 if colour else 0))
            painter.drawText(QRect(left, 0, side, HEADER - 3), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        seen = event.rect()
        for index, cell in enumerate(self._cells):
            area = self.rect_of(index)
            if area.adjusted(-2, -2, 2, 2 + self._below()).intersects(seen):
                self._paint_cell(painter, index, cell, area)
        right = self.columns * (side + self._gap)
        painter.setPen(QColor(palette.quiet))
        for row, note in enumerate(self._notes):
            area = QRect(right, self.rect_of(row * self.columns).top(), self.width() - right, side)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, note)
        paint_focus(painter, self)

    def _paint_cell(self, painter: QPainter, index: int, cell: Cell, area: QRect) -> None:
        palette = theme.current()
        image = self._images[index]
        if index == self._played and (frame := self._player.image) is not None:
            image = frame
        size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRect(QPoint(0, 0), size)
        inner.moveCenter(area.center())
        painter.drawImage(inner, image)
        if (outline := self._outlines[index]) is not None:
            painter.drawImage(inner, outline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in cell.boxes:
            where = QRectF(
                QPointF(inner.left() + box.x0 * inner.width(), inner.top() + box.y0 * inner.height()),
                QPointF(inner.left() + box.x1 * inner.width(), inner.top() + box.y1 * inner.height()),
            )
            where = where.intersected(QRectF(inner)).adjusted(0.75, 0.75, -0.75, -0.75)
            colour = QColor(box.colour)
            # A rim, since the image below may be as dark or as light as the colour.
            painter.setPen(QPen(QColor(0, 0, 0, RIM) if colour.lightnessF() > 0.5 else QColor(255, 255, 255, RIM), 3))
            painter.drawRect(where)
            painter.setPen(QPen(colour, 1.5))
            painter.drawRect(where)
        if index == self._current or index == self._hover:
            chosen = index == self._current
            painter.setPen(QPen(QColor(palette.accent if chosen else palette.text), 2 if chosen else 1))
            edge = 1.0 if chosen else 0.5
            painter.drawRect(QRectF(area).adjusted(-edge, -edge, edge, edge))
        if cell.caption:
            painter.setPen(QColor(palette.quiet))
            text = painter.fontMetrics().elidedText(cell.caption, Qt.TextElideMode.ElideMiddle, area.width())
            painter.drawText(QRect(area.left(), area.bottom() + 2, area.width(), CAPTION - 2), Qt.AlignmentFlag.AlignLeft, text)

    # Mouse and keys

    def accessible_value(self) -> str:
        """How many images, and the number of the current one."""
        parts = [self.tr("{0} images").format(f"{len(self._cells):,}")]
        if 0 <= self._current < len(self._cells):
            parts.append(self.tr("number {0}").format(f"{self._current + 1:,}"))
        return ", ".join(parts)

    def _describe(self) -> None:
        text = self._cells[self._current].text if 0 <= self._current < len(self._cells) else self._empty
        self.setAccessibleDescription(text)

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self._play()
            self.update()
            self.hovered.emit(index)

    @property
    def played(self) -> int:
        """The index of the cell whose clip is played; -1 for none."""
        return self._played if self._player.playing else -1

    def _play(self) -> None:
        """Play the clip of the hovered cell, else of the current one."""
        wanted = self._hover if self._hover >= 0 else self._current
        if wanted < 0 and self.plays_always:
            wanted = 0
        clip = self._cells[wanted].clip if 0 <= wanted < len(self._cells) else None
        if clip is None:
            self._player.stop()
            self._played = -1
        elif wanted != self._played:
            self._played = wanted
            self._player.play([to_qimage(frame) for frame in clip])

    def _frame_moved(self) -> None:
        if 0 <= self._played < len(self._cells):
            self.update(self.rect_of(self._played))

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden is not played."""
        self._player.stop()
        self._played = -1
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Play again."""
        self._play()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tooltips of cells."""
        if event.type() == QEvent.Type.ToolTip:
            index = self.at(event.pos())  # type: ignore[attr-defined]
            text = self._cells[index].text if index >= 0 else ""
            show_beside(self, self.rect_of(max(0, index)), text)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Frame the cell under the mouse."""
        self._set_hover(self.at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """End hovering."""
        self._set_hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the cell the current one and activate it."""
        index = self.at(event.position().toPoint())
        self.set_current(index)
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the cell."""
        index = self.at(event.position().toPoint())
        if self.opens and index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(index)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the cell under the mouse, or of the current one for the menu key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self.at(event.pos())
        if index >= 0:
            self.menuRequested.emit(index, self.mapToGlobal(self.rect_of(index).center()) if by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the current cell, Enter and Space activate it, Escape unsets it."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns}
        key = Qt.Key(event.key())
        if key in steps and self._cells:
            target = 0 if self._current < 0 else self._current + steps[key]
            if 0 <= target < len(self._cells):
                self.set_current(target)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0 and self.opens:
            self.opened.emit(self._current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.activated.emit(self._current)
        elif key == Qt.Key.Key_Escape and self._current >= 0:
            self.set_current(-1)
        else:
            super().keyPressEvent(event)
