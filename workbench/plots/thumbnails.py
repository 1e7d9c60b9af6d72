"""A grid with a thumbnail for each sample: only those in view are painted, and only their images are requested."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from workbench import theme
from workbench.accessible import value_changed
from workbench.plots.image_grid import CAPTION, to_qimage
from workbench.theme.palette import GAP, SMALL_PX
from workbench.theme.tooltips import show_beside

# Number of images in the cache: several screens full.
READY = 512


class Thumbnails(QAbstractScrollArea):
    """A scrolling grid of `columns` thumbnails a row, or more where these fit at their largest size. `ids` are the numbers of the
    samples, `index` counts thumbnails from 0.

    `wanted` carries the ids in view that have no image yet; `put` sets their images. Arrow keys move the current thumbnail, Enter
    and Space activate it; `hovered`, `currentChanged` and `activated` carry an index, -1 for none. With `opens`, Enter and a double
    click open a thumbnail instead, and a click activates it when no second one has followed. `opened`: its index;
    `menuRequested(index, position)`: a menu is requested at a position of the screen. Painting takes as long as the thumbnails
    in view need, however many there are; texts are made only when they are shown."""

    hovered = Signal(int)
    currentChanged = Signal(int)
    activated = Signal(int)
    opened = Signal(int)
    menuRequested = Signal(int, QPoint)
    wanted = Signal(object)

    def __init__(
        self, *, columns: int = 4, least: int = 40, most: int = 60, gap: int = GAP - 2, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._least_columns, self._least, self._most, self._gap = columns, least, most, gap
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._captions: Sequence[str] = ()
        self._text_of: Callable[[int], str] = lambda _: ""
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self._current = self._hover = self._ring = -1
        self._empty = ""
        self.opens = False
        self._clicked = -1
        # Activating can replace the thumbnails below the mouse: a double click must not open another one.
        self._single = QTimer(self)
        self._single.setSingleShot(True)
        self._single.timeout.connect(self._activate_clicked)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(0)
        self._ask.timeout.connect(self._want)
        theme.changed.connect(self.viewport().update)

    # Content

    def set_items(
        self, ids: NDArray[np.integer] | Sequence[int], text_of: Callable[[int], str] | None = None, captions: Sequence[str] = ()
    ) -> None:
        """Show these samples. `text_of`: returns the tooltip and accessible text of an index; `captions`: one each, painted
        below."""
        self._ids = np.asarray(ids, np.int64)
        self._text_of = text_of if text_of is not None else lambda _: ""
        self._captions = captions
        self._single.stop()
        self._current = self._hover = self._ring = -1
        self.verticalScrollBar().setValue(0)
        self._fit()
        self._describe()
        self._later()

    def put(self, ids: Sequence[int], images: Sequence[np.ndarray]) -> None:
        """Set the images of some samples, uint8 (H, W, 3) each."""
        for one, image in zip(ids, images, strict=True):
            self._pictures[int(one)] = to_qimage(image)
            self._pictures.move_to_end(int(one))
        while len(self._pictures) > READY:
            self._pictures.popitem(last=False)
        self.viewport().update()

    def forget(self) -> None:
        """Remove all samples and images, for another data set."""
        self._pictures.clear()
        self.set_items(())

    def set_empty(self, text: str) -> None:
        """Set the text that is shown while there are no samples."""
        self._empty = text
        self._describe()
        self.viewport().update()

    @property
    def ids(self) -> NDArray[np.int64]:
        """The samples that are shown, in order."""
        return self._ids

    @property
    def captions(self) -> Sequence[str]:
        """The texts below the thumbnails."""
        return self._captions

    def image_at(self, index: int) -> QImage | None:
        """The image at an index; None where it has not been set."""
        return self._pictures.get(int(self._ids[index]))

    def text_at(self, index: int) -> str:
        """The tooltip and accessible text of an index."""
        return self._text_of(index) if 0 <= index < len(self._ids) else ""

    @property
    def current(self) -> int:
        """The current index, chosen by keys and clicks; -1 for none."""
        return self._current

    def set_current(self, index: int) -> None:
        """Make an index the current one, and scroll to it; -1 for none."""
        index = index if 0 <= index < len(self._ids) else -1
        if index != self._current:
            self._current = index
            self._scroll_to(index)
            self._describe()
            self.viewport().update()
            self.currentChanged.emit(index)
            value_changed(self)

    @property
    def ring(self) -> int:
        """The index that `set_ring` framed; -1 for none."""
        return self._ring

    def set_ring(self, index: int) -> None:
        """Frame an index because its sample is hovered in another widget; -1 for none. Does not scroll."""
        if index != self._ring:
            self._ring = index
            self.viewport().update()

    # Geometry

    @property
    def columns(self) -> int:
        """The number of columns at this width."""
        return max(self._least_columns, (self.viewport().width() - 2 + self._gap) // (self._most + self._gap))

    @property
    def side(self) -> int:
        """Side of a thumbnail in pixels."""
        room = (self.viewport().width() - 2 + self._gap) // self.columns - self._gap
        return max(self._least // 2, min(self._most, room))

    @property
    def _step(self) -> int:
        return self.side + self._gap + (CAPTION if self._captions else 0)

    def rect_of(self, index: int) -> QRect:
        """Where a thumbnail is painted, in the viewport."""
        row, column = divmod(index, self.columns)
        top = 1 + row * self._step - self.verticalScrollBar().value()
        return QRect(1 + column * (self.side + self._gap), top, self.side, self.side)

    def at(self, point: QPoint) -> int:
        """The index at a point of the viewport; -1 for none."""
        row, column = (point.y() - 1 + self.verticalScrollBar().value()) // self._step, (point.x() - 1) // (self.side + self._gap)
        index = row * self.columns + column
        known = 0 <= column < self.columns and 0 <= index < len(self._ids)
        return index if known and self.rect_of(index).contains(point) else -1

    def in_view(self) -> range:
        """The indices that are visible now."""
        top = self.verticalScrollBar().value()
        first = max(0, (top - 1) // self._step) * self.columns
        last = (max(0, top + self.viewport().height() - 2) // self._step + 1) * self.columns
        return range(first, min(last, len(self._ids)))

    def sizeHint(self) -> QSize:
        """Two rows."""
        return QSize(self._least_columns * (self._most + self._gap), 2 * self._step)

    def minimumSizeHint(self) -> QSize:
        """One row of the smallest."""
        return QSize(self._least_columns * (self._least // 2 + self._gap) - self._gap, self._least + CAPTION)

    def _fit(self) -> None:
        rows = -(-len(self._ids) // self.columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, 2 + rows * self._step - self._gap - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height()))
        bar.setSingleStep(max(1, self._step // 2))

    def _scroll_to(self, index: int) -> None:
        if index < 0:
            return
        area, bar = self.rect_of(index), self.verticalScrollBar()
        if area.top() < 0:
            bar.setValue(bar.value() + area.top() - 1)
        elif area.top() + self._step > self.viewport().height():
            bar.setValue(bar.value() + area.top() + self._step - self.viewport().height())

    # Images

    def _later(self) -> None:
        self._ask.start()
        self.viewport().update()

    def _want(self) -> None:
        seen = [int(self._ids[index]) for index in self.in_view()]
        if self.isVisible() and any(one not in self._pictures for one in seen):
            self.wanted.emit(tuple(one for one in seen if one not in self._pictures))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is in view."""
        palette = theme.current()
        painter = QPainter(self.viewport())
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not len(self._ids):
            painter.setPen(QColor(palette.quiet))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            return
        for index in self.in_view():
            area = self.rect_of(index)
            image = self.image_at(index)
            if image is None:
                painter.fillRect(area, QColor(palette.raised))
            else:
                inner = QRect(QPoint(0, 0), image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio))
                inner.moveCenter(area.center())
                painter.drawImage(inner, image)
            if index in (self._current, self._hover, self._ring):
                chosen = index == self._current
                painter.setPen(QPen(QColor(palette.accent if chosen else palette.text), 2 if chosen else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                edge = 1.0 if chosen else 0.5
                painter.drawRect(QRectF(area).adjusted(-edge, -edge, edge, edge))
            if self._captions:
                painter.setPen(QColor(palette.quiet))
                caption = painter.fontMetrics().elidedText(self._captions[index], Qt.TextElideMode.ElideRight, area.width())
                painter.drawText(
                    QRect(area.left(), area.bottom() + 2, area.width(), CAPTION - 2), Qt.AlignmentFlag.AlignLeft, caption
                )

    # Mouse and keys

    def accessible_value(self) -> str:
        """How many thumbnails, and the number of the current one."""
        parts = [self.tr("{0} images").format(f"{len(self._ids):,}")]
        if self._current >= 0:
            parts.append(self.tr("number {0}").format(f"{self._current + 1:,}"))
        return ", ".join(parts)

    def _describe(self) -> None:
        self.setAccessibleDescription(
            self.text_at(self._current) if self._current >= 0 else self._empty if not len(self._ids) else ""
        )

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.viewport().update()
            self.hovered.emit(index)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Request the images that have come into view."""
        self._set_hover(-1)
        self._later()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Update the size of the thumbnails and the scroll range."""
        super().resizeEvent(event)
        self._fit()
        self._later()

    def showEvent(self, event: QShowEvent) -> None:
        """Request images that were missing while the widget was hidden."""
        super().showEvent(event)
        self._later()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show tooltips, and end hovering when the mouse leaves."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.at(event.pos())
            show_beside(self.viewport(), self.rect_of(max(0, index)), self.text_at(index))
            return True
        if event.type() == QEvent.Type.Leave:
            self._set_hover(-1)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Frame the thumbnail under the mouse."""
        self._set_hover(self.at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the thumbnail the current one and activate it."""
        index = self.at(event.position().toPoint())
        self.set_current(index)
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            if self.opens:
                self._clicked = index
                self._single.start(QApplication.doubleClickInterval())
            else:
                self.activated.emit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the thumbnail."""
        if not self.opens or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        self._single.stop()
        index = self.at(event.position().toPoint())
        if index >= 0:
            self.opened.emit(index)

    def _activate_clicked(self) -> None:
        if 0 <= self._clicked < len(self._ids):
            self.activated.emit(self._clicked)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the thumbnail under the mouse, or of the current one for the menu key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self.at(event.pos())
        if index >= 0:
            where = self.viewport().mapToGlobal(self.rect_of(index).center()) if by_key else event.globalPos()
            self.menuRequested.emit(index, where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page Up, Page Down, Home and End move the current index; Enter opens or activates it, Space activates it,
        Escape unsets it."""
        last = len(self._ids) - 1
        page = max(1, self.viewport().height() // self._step) * self.columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        key = Qt.Key(event.key())
        if key in steps and last >= 0:
            target = self._current + steps[key] if self._current >= 0 else self.in_view().start
            if abs(steps[key]) == page:
                target = max(0, min(last, target))
            if 0 <= target <= last:
                self.set_current(target)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            self.set_current(0 if key == Qt.Key.Key_Home else last)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0 and self.opens:
            self.opened.emit(self._current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.activated.emit(self._current)
        elif key == Qt.Key.Key_Escape and self._current >= 0:
            self.set_current(-1)
        else:
            event.ignore()
