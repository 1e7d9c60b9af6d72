"""A PointMap with mouse and keyboard: pan, zoom, pick, select by rectangle or lasso, go from point to point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QGraphicsPolygonItem, QLabel, QWidget

from workbench import theme
from workbench.plots.base import dashed, tint
from workbench.plots.point_geometry import Picker, toward
from workbench.plots.point_map import Mode, PointMap, placed_row

REACH = 9
# Height in pixels of the line that says what a drop does.
HINT = 48
# One step of an arrow key, when panning and when drawing a rectangle, as a fraction of the view.
STEP = 1 / 20
Tool = Literal["pan", "rectangle", "lasso"]
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class ScatterPlot(PointMap):
    """Points (n, 2) whose colours are indices into a palette.

    The wheel zooms, a drag pans (or draws a shape, depending on the tool), a click picks, a double click on a point opens it and
    one beside all points shows all. Shift adds to the selection, Alt removes.

    Keys: arrows pan, + and - zoom, Home shows all. Enter picks the point nearest to the middle, and opens the marked point if it is
    in view, Alt+arrows go from there to the next point in that direction, Space toggles the selection of the marked point.
    Shift+arrows draw a rectangle from the marked point (or the middle), Enter selects what is in it, with Shift and Alt as for the
    mouse; Escape cancels it. Ctrl+A selects all points in view, Escape clears the selection.

    `hovered`, `clicked` and `opened` carry a row, of a placed point as `placed_row` numbers it. `menuRequested(row, position)`: a
    menu is requested at a position of the screen, -1 for beside all points. `filesDropped`: paths of files and folders, of
    those that `takes_file(path)` takes. See PointMap for the camera and the selection."""

    hovered = Signal(int)
    clicked = Signal(int)
    opened = Signal(int)
    menuRequested = Signal(int, QPoint)
    filesDropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._picker: Picker | None = None
        self._tool: Tool = "pan"
        self._outline: list[QPointF] = []
        self._pressed: QPointF | None = None
        # Corners of the rectangle that keys draw, in data units: the fixed one and the one that moves.
        self._frame: tuple[QPointF, QPointF] | None = None
        self._shape = QGraphicsPolygonItem()
        self._shape.setZValue(40)
        super().__init__(parent)
        self.scene().addItem(self._shape)
        self.takes_file: Callable[[str], bool] = lambda _: False
        self._drop_hint = QLabel(self.viewport())
        self._drop_hint.setObjectName("drop")
        self._drop_hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop_hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._drop_hint.hide()
        self._right: QPointF | None = None
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Map"))
        self.setAccessibleDescription(
            self.tr(
                "Arrows move the map, plus and minus zoom, Home shows all. Enter picks the point in the middle and opens the marked"
                " one, Alt and arrows go to the next point, Space selects it. Shift and arrows draw a rectangle, Enter selects what"
                " is in it. Control and A select all in view, Escape selects nothing."
            )
        )
        self._box.sigRangeChanged.connect(self._draw_frame)

    def set_tool(self, tool: Tool) -> None:
        """Set what a drag with the mouse does."""
        self._tool = tool
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if tool == "pan" else Qt.CursorShape.CrossCursor)

    def set_points(self, xy: NDArray[np.floating], *, glide: bool = False) -> None:
        """As in PointMap; `hovered` is emitted with -1 if the hovered row no longer exists."""
        before = self._hover
        super().set_points(xy, glide=glide)
        if before != -1 and self._hover == -1:
            self.hovered.emit(-1)

    def set_placed(self, xy: NDArray[np.floating]) -> None:
        """As in PointMap; hovering ends if the hovered one is gone."""
        super().set_placed(xy)
        if self._hover < -1 and self._position_of(self._hover) is None:
            self.hover(-1)

    def _forget_rows(self) -> None:
        super()._forget_rows()
        self._set_frame(None)

    def _changed(self) -> None:
        super()._changed()
        self._picker = None

    def _glided(self, share: float) -> None:
        self._picker = None
        super()._glided(share)

    # Picking

    def pick(self, point: QPointF) -> int:
        """The row of the shown point nearest to a position in the widget, or of a placed point there; -1 if none is within REACH
        px."""
        position = self._box.mapSceneToView(self.mapToScene(point.toPoint()))
        wide, high = self._box.viewPixelSize()
        if len(self.placed):
            distance = (((self.placed - (position.x(), position.y())) / (REACH * wide, REACH * high)) ** 2).sum(1)
            if distance.min() <= 1:
                return placed_row(int(distance.argmin()))
        return self._near(position.x(), position.y(), REACH * wide, REACH * high)

    def _middle(self) -> int:
        seen = self.camera()
        return self._near(seen.center().x(), seen.center().y(), seen.width() / 2, seen.height() / 2)

    def _near(self, x: float, y: float, wide: float, high: float) -> int:
        if self._picker is None:
            self._picker = Picker(self.now(), self.alive)
        return self._picker.nearest(x, y, wide, high)

    def hover(self, row: int) -> None:
        """Draw a ring around a row and emit `hovered`; -1 for none."""
        if row != self._hover:
            self._hover = row
            self._draw_rings()
            self.hovered.emit(row)

    def _go_to(self, row: int) -> None:
        """Do what a click on a point does, and move it into view."""
        if row < 0:
            return
        position = QPointF(*self.xy[row].tolist())
        if not self.camera().contains(position):
            seen = self.camera()
            seen.moveCenter(position)
            self.set_camera(seen)
            self._moved_by_hand()
        self.mark(row)
        self.clicked.emit(row)

    def _toggle(self, row: int) -> None:
        if row >= 0:
            self.set_selected(np.setxor1d(self.selected, [row]))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a click or a shape."""
        self._set_frame(None)
        if event.button() == Qt.MouseButton.RightButton:
            self._right = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            if self._tool != "pan":
                self._outline = [event.position()]
                self.setFocus()
                event.accept()
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, or extend the shape."""
        if self._outline and self._tool != "pan":
            if self._tool == "lasso":
                self._outline.append(event.position())
            else:
                self._outline = [self._outline[0], event.position()]
            self._shape.setPolygon(QPolygonF([self.mapToScene(point.toPoint()) for point in self._corners()]))
            event.accept()
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            self.hover(self.pick(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Complete the shape or the click."""
        right, self._right = self._right, None
        if event.button() == Qt.MouseButton.RightButton and right is not None:
            super().mouseReleaseEvent(event)
            if (event.position() - right).manhattanLength() < 4:
                self.menuRequested.emit(self.pick(event.position()), event.globalPosition().toPoint())
            return
        is_click = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 4
        self._pressed = None
        if self._outline:
            corners, self._outline = self._corners(), []
            self._shape.setPolygon(QPolygonF())
            if not is_click:
                outline = [self._box.mapSceneToView(self.mapToScene(point.toPoint())) for point in corners]
                self.select(np.array([[point.x(), point.y()] for point in outline]), _mode(event.modifiers()))
                event.accept()
                return
        else:
            super().mouseReleaseEvent(event)
        if is_click and event.button() == Qt.MouseButton.LeftButton:
            self._click(event)

    def _click(self, event: QMouseEvent) -> None:
        row, mode = self.pick(event.position()), _mode(event.modifiers())
        if row < -1:
            self.clicked.emit(row)
            return
        if row < 0:
            if mode == "replace":
                self.set_selected([])
            return
        if mode == "replace":
            self.mark(row)
            self.clicked.emit(row)
        else:
            rows = set(self.selected.tolist())
            self.set_selected(sorted(rows | {row} if mode == "add" else rows - {row}))

    def _corners(self) -> list[QPointF]:
        if self._tool == "lasso" or len(self._outline) < 2:
            return self._outline
        (first, second) = self._outline
        return [first, QPointF(second.x(), first.y()), second, QPointF(first.x(), second.y())]

    def leaveEvent(self, event: QEvent) -> None:
        """End hovering."""
        super().leaveEvent(event)
        self.hover(-1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the point under the mouse; show all where there is none."""
        row = self.pick(event.position())
        self.view_all() if row == -1 else self.opened.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu of the marked point for the menu key; the mouse requests it when it is released."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            position = self._position_of(self._marked)
            at = QPointF(*position.tolist()) if position is not None else self.camera().center()
            where = self.mapFromScene(self._box.mapViewToScene(at))
            self.menuRequested.emit(self._marked, self.viewport().mapToGlobal(where))
        event.accept()

    # Files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders that are taken, and say what a drop does."""
        paths = self._taken(event)
        if paths:
            self._drop_hint.setText(self.tr("Place on the map: {0}").format(", ".join(Path(path).name for path in paths[:3])))
            self._drop_hint.setGeometry(0, 0, self.viewport().width(), HINT)
            self._drop_hint.show()
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept them all over the map."""
        event.setAccepted(not self._drop_hint.isHidden())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Say nothing more."""
        self._drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Report the files and folders."""
        self._drop_hint.hide()
        paths = self._taken(event)
        if paths:
            event.acceptProposedAction()
            self.filesDropped.emit(paths)
        else:
            event.ignore()

    def _taken(self, event: QDropEvent) -> list[str]:
        return [path for path in paths_in(event.mimeData()) if self.takes_file(path)]

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring."""
        key, held = Qt.Key(event.key()), event.modifiers()
        seen = self.camera()
        if key in ARROWS:
            across, up = ARROWS[key]
            if held & Qt.KeyboardModifier.ShiftModifier:
                self._stretch(across * STEP * seen.width(), up * STEP * seen.height())
            elif held & Qt.KeyboardModifier.AltModifier:
                self._walk(across, up)
            else:
                self._box.translateBy(x=across * STEP * seen.width(), y=up * STEP * seen.height())
                self._moved_by_hand()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            scale = 1.25 if key == Qt.Key.Key_Minus else 0.8
            self._box.scaleBy((scale, scale))
            self._moved_by_hand()
        elif key == Qt.Key.Key_Home:
            self.view_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._frame is not None:
            # One pixel larger on each side, so that the point where it started is inside.
            wide, high = self._box.viewPixelSize()
            frame = QRectF(*self._frame).normalized().adjusted(-wide, -high, wide, high)
            self._set_frame(None)
            self.select(_outline(frame), _mode(held))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            position = self._position_of(self._marked)
            if position is not None and seen.contains(QPointF(*position.tolist())):
                self.opened.emit(self._marked)
            else:
                self._go_to(self._middle())
        elif key == Qt.Key.Key_Space:
            self._toggle(self._marked if self._marked >= 0 else self._middle())
        elif key == Qt.Key.Key_A and held & Qt.KeyboardModifier.ControlModifier:
            self.select(_outline(seen))
        elif key == Qt.Key.Key_Escape and self._frame is not None:
            self._set_frame(None)
        elif key == Qt.Key.Key_Escape and self._chosen.any():
            self.set_selected([])
        else:
            super().keyPressEvent(event)

    def _walk(self, across: int, up: int) -> None:
        """Mark the next point in a direction."""
        if self._marked < 0:
            self._go_to(self._middle())
            return
        row = toward(self.xy, self._marked, (across, up), self.alive)
        if row >= 0:
            self._go_to(row)

    def _stretch(self, across: float, up: float) -> None:
        """Move the free corner of the rectangle that keys draw, or start the rectangle."""
        if self._frame is None:
            position = QPointF(*self.xy[self._marked].tolist()) if self._marked >= 0 else self.camera().center()
            start = position if self.camera().contains(position) else self.camera().center()
            self._set_frame((start, start))
        if self._frame is not None:
            self._set_frame((self._frame[0], self._frame[1] + QPointF(across, up)))

    def _set_frame(self, frame: tuple[QPointF, QPointF] | None) -> None:
        self._frame = frame
        self._draw_frame()

    def _draw_frame(self) -> None:
        if self._frame is not None:
            corners = [QPointF(x, y) for x, y in _outline(QRectF(*self._frame)).tolist()]
            self._shape.setPolygon(QPolygonF([self._box.mapViewToScene(corner) for corner in corners]))
        elif not self._outline:
            self._shape.setPolygon(QPolygonF())

    def _apply_theme(self) -> None:
        super()._apply_theme()
        self._shape.setPen(dashed(theme.current().text))
        self._shape.setBrush(tint(theme.current().accent, 0.12))


def paths_in(mime: QMimeData) -> list[str]:
    """The paths of the files and folders of this machine that are dragged."""
    return [str(Path(url.toLocalFile())) for url in mime.urls() if url.isLocalFile()]


def _mode(held: Qt.KeyboardModifier) -> Mode:
    if held & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    return "subtract" if held & Qt.KeyboardModifier.AltModifier else "replace"


def _outline(rect: QRectF) -> NDArray[np.float64]:
    """The four corners (4, 2) of a rectangle, which may have a negative width or height."""
    x0, x1, y0, y1 = rect.left(), rect.left() + rect.width(), rect.top(), rect.top() + rect.height()
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
