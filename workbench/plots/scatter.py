"""A map of very many points in colours: pan, zoom, pick, select by rectangle or lasso, glide from one map to the next."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsPolygonItem, QStyleOptionGraphicsItem, QWidget

from workbench import theme
from workbench.plots.base import dashed, tint
from workbench.plots.points import Picker, inside, raster

# Up to here one item a colour is the faster and finer way; above, a picture of the viewport.
MOST_ITEMS = 20_000
REACH = 9
GLIDE_MS = 450
FAINT = 0.22
Tool = Literal["pan", "rectangle", "lasso"]
Mode = Literal["replace", "add", "subtract"]


def sequential(count: int) -> list[str]:
    """A map for numbers, dark blue over green to yellow (to blue's dark end on a light ground), of even lightness steps."""
    dark = theme.current().dark
    stops = ["#3f51b5", "#2a9d8f", "#8bc34a", "#ffe14d"] if dark else ["#f2c037", "#5fae57", "#1b7f86", "#2c2f83"]
    return _between(stops, count)


def cyclic(count: int) -> list[str]:
    """A map for angles: its ends meet, its lightness stays about the same."""
    value, saturation = (0.92, 0.55) if theme.current().dark else (0.72, 0.75)
    made = []
    for place in range(count):
        red, green, blue = colorsys.hsv_to_rgb(place / count, saturation, value)
        made.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return made


def _between(stops: Sequence[str], count: int) -> list[str]:
    known = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops], float)
    places = np.linspace(0, len(stops) - 1, count)
    parts = [np.interp(places, range(len(stops)), known[:, channel]).round().astype(int) for channel in range(3)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in zip(*parts, strict=True)]


class _Picture(pg.GraphicsObject):  # type: ignore[misc]
    """All points as one picture of the viewport, drawn anew for each range that is seen."""

    def __init__(self, plot: ScatterPlot) -> None:
        super().__init__()
        self._plot = plot

    def boundingRect(self) -> QRectF:
        """As large as the view."""
        return QRectF(self.viewRect()) if self.getViewBox() is not None else QRectF()

    def viewTransformChanged(self) -> None:
        """Another range: another picture."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Rasterise in device pixels, then put the picture there."""
        box = self.getViewBox()
        scale = painter.device().devicePixelRatioF()
        area = box.sceneBoundingRect()
        width, height = int(area.width() * scale), int(area.height() * scale)
        if width < 1 or height < 1:
            return
        words = self._plot.rasterise(width, height, scale)
        image = QImage(words.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
        painter.save()
        painter.setTransform(QTransform())
        painter.drawImage(area, image)
        painter.restore()


class ScatterPlot(pg.PlotWidget):  # type: ignore[misc]
    """Points (n, 2) with a colour each, given as places in a palette.

    Wheel zooms, drag pans (or draws a shape with the tools), a click picks. Shift adds to the selection, Alt takes away.
    Keys: arrows pan, + and - zoom, Home shows all, Enter picks the point nearest to the middle, Ctrl+A selects all points in view,
    Escape clears the selection.

    Two maps are linked by `cameraMoved` (a QRectF of data units; said when a person moves the view, never by `set_camera` nor while
    points glide) and `set_camera`, and by `selectionChanged` (rows) and `set_selected`."""

    hovered = Signal(int)
    clicked = Signal(int)
    selectionChanged = Signal(object)
    cameraMoved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.current().card)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Map"))
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        for side in ("left", "bottom"):
            item.hideAxis(side)
        item.layout.setContentsMargins(0, 0, 0, 0)
        self._box = item.getViewBox()
        self._box.setAspectLocked(True)
        self._box.setDefaultPadding(0)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._xy = np.empty((0, 2))
        self._codes = np.empty(0, np.intp)
        self._palette: list[str] = []
        self._shown: NDArray[np.bool_] = np.empty(0, bool)
        self._chosen: NDArray[np.bool_] = np.empty(0, bool)
        self._items: dict[tuple[int, bool], pg.ScatterPlotItem] = {}
        self._picture = _Picture(self)
        self._picker: Picker | None = None
        self._hover = -1
        self._marked = -1
        self._tool: Tool = "pan"
        self._outline: list[QPointF] = []
        self._box.addItem(self._picture, ignoreBounds=True)
        self._rings = pg.ScatterPlotItem(size=13, pxMode=True)
        self._rings.setZValue(30)
        self._box.addItem(self._rings, ignoreBounds=True)
        self._shape = QGraphicsPolygonItem()
        self._shape.setZValue(40)
        self.scene().addItem(self._shape)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._glide.setStartValue(0.0)
        self._glide.setEndValue(1.0)
        self._glide.valueChanged.connect(self._glided)
        self._from = self._to = self._xy
        self._pressed: QPointF | None = None
        self._wear()
        theme.changed.connect(self._wear)

    # Data

    @property
    def xy(self) -> NDArray[np.float64]:
        """Where the points are going (n, 2)."""
        return self._to

    def set_points(self, xy: NDArray[np.floating], *, glide: bool = False) -> None:
        """Show these points. With `glide` and as many points as before they move there, else they jump and all are shown."""
        target = np.asarray(xy, np.float64)
        self._glide.stop()
        same = len(target) == len(self._xy)
        self._to = target
        if not same:
            self._codes = np.full(len(target), -1, np.intp)
            self._chosen = np.zeros(len(target), bool)
            self._hover = self._marked = -1
        self._picker = None
        if glide and same and len(target) and self.isVisible():
            self._from = self._xy.copy()
            self._glide.start()
        else:
            self._xy = target
            self._redraw()
            self._fit()

    def set_colours(self, codes: NDArray[np.integer], palette: Sequence[str]) -> None:
        """codes: (n,) places in the palette; -1 takes the quiet colour. Every colour is shown."""
        self._codes = np.asarray(codes, np.intp)
        self._palette = list(palette)
        self._shown = np.ones(len(palette), bool)
        self._picker = None
        self._redraw()

    def show_codes(self, shown: NDArray[np.bool_]) -> None:
        """Which colours of the palette are shown."""
        self._shown = np.asarray(shown, bool)
        self._picker = None
        self._redraw()

    @property
    def alive(self) -> NDArray[np.bool_]:
        """(n,) which points are shown."""
        known = self._codes >= 0
        result = np.ones(len(self._codes), bool)
        if len(self._shown):
            result[known] = self._shown[self._codes[known]]
        return result

    # Selection

    @property
    def selected(self) -> NDArray[np.intp]:
        """Rows that are selected."""
        return np.flatnonzero(self._chosen)

    def set_selected(self, rows: NDArray[np.integer] | Sequence[int]) -> None:
        """Select these rows and no others."""
        chosen = np.zeros(len(self._to), bool)
        chosen[np.asarray(rows, np.intp)] = True
        if (chosen != self._chosen).any():
            self._chosen = chosen
            self._redraw()
            self.selectionChanged.emit(self.selected)

    def select(self, outline: NDArray[np.floating], mode: Mode = "replace") -> None:
        """Select the shown points inside a polygon (m, 2) of data units."""
        found = inside(self._to, outline) & self.alive
        if mode == "add":
            found |= self._chosen
        elif mode == "subtract":
            found = self._chosen & ~found
        self.set_selected(np.flatnonzero(found))

    def set_tool(self, tool: Tool) -> None:
        """What a drag with the mouse does."""
        self._tool = tool
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if tool == "pan" else Qt.CursorShape.CrossCursor)

    def mark(self, row: int) -> None:
        """Keep a ring on a row; -1 for none."""
        self._marked = row
        self._draw_rings()

    # Drawing

    def camera(self) -> QRectF:
        """The part of the map in view, in data units."""
        (left, right), (bottom, top) = self._box.viewRange()
        return QRectF(left, bottom, right - left, top - bottom)

    def set_camera(self, rect: QRectF) -> None:
        """Look at this part, in data units; of a view of another shape all of it is in view. `cameraMoved` is not said."""
        self._box.setRange(rect, padding=0)

    def _moved_by_hand(self) -> None:
        self.cameraMoved.emit(self.camera())

    def view_all(self) -> None:
        """Show every point."""
        self._fit()
        self._moved_by_hand()

    def _fit(self) -> None:
        if not len(self._to):
            return
        low, high = self._to.min(0), self._to.max(0)
        room = np.maximum((high - low) * 0.04, 1e-6)
        (left, bottom), (right, top) = low - room, high + room
        self._box.setRange(QRectF(left, bottom, right - left, top - bottom), padding=0)

    def _redraw(self) -> None:
        if len(self._codes) != len(self._xy):
            return
        few = len(self._xy) <= MOST_ITEMS
        self._picture.setVisible(not few)
        if few:
            self._draw_items()
        else:
            self._drop_items()
            self._picture.update()
        self._draw_rings()

    def _size(self) -> float:
        count = len(self._xy)
        return 6.0 if count < 1500 else 5.0 if count < 6000 else 4.0

    def _draw_items(self) -> None:
        wanted: dict[tuple[int, bool], NDArray[np.bool_]] = {}
        anything = bool(self._chosen.any())
        alive = self.alive
        for code in range(-1, len(self._palette)):
            mine = (self._codes == code) & alive
            for chosen in (False, True):
                rows = mine & (self._chosen == chosen)
                if rows.any():
                    wanted[code, chosen] = rows
        for key in set(self._items) - set(wanted):
            self._box.removeItem(self._items.pop(key))
        quiet = theme.current().quiet
        for (code, chosen), rows in wanted.items():
            item = self._items.get((code, chosen))
            if item is None:
                item = pg.ScatterPlotItem(pxMode=True, antialias=True)
                item.setZValue(10 if chosen else 5)
                self._box.addItem(item, ignoreBounds=True)
                self._items[code, chosen] = item
            colour = self._palette[code] if code >= 0 else quiet
            opacity = FAINT if anything and not chosen else 0.85
            brush = pg.mkBrush(tint(colour, opacity))
            item.setData(x=self._xy[rows, 0], y=self._xy[rows, 1], brush=brush, pen=pg.mkPen(None), size=self._size())

    def _drop_items(self) -> None:
        for item in self._items.values():
            self._box.removeItem(item)
        self._items = {}

    def rasterise(self, width: int, height: int, scale: float) -> NDArray[np.uint32]:
        """The shown points as a picture (height, width) of the range in view, in words 0xAARRGGBB."""
        (left, right), (bottom, top) = self._box.viewRange()
        places = np.empty_like(self._xy)
        places[:, 0] = (self._xy[:, 0] - left) * (width / (right - left))
        places[:, 1] = (top - self._xy[:, 1]) * (height / (top - bottom))
        anything = bool(self._chosen.any())
        words = np.array([QColor(colour).rgba() for colour in [*self._palette, theme.current().quiet]], np.uint32)[self._codes]
        alive = self.alive
        radius = 1.5 * scale
        if not anything:
            return raster(places[alive], words[alive], width, height, radius)
        # Far points first: the selected ones lie on top, the others fade towards the ground.
        ground = QColor(theme.current().card)
        faded = np.array([_mix(colour, ground, 0.75) for colour in [*self._palette, theme.current().quiet]], np.uint32)
        order = np.argsort(self._chosen[alive], kind="stable")
        mixed = np.where(self._chosen[alive], words[alive], faded[self._codes[alive]])
        return raster(places[alive][order], mixed[order], width, height, radius)

    def _draw_rings(self) -> None:
        palette = theme.current()
        spots = []
        for row, pen in ((self._marked, pg.mkPen(palette.accent, width=2)), (self._hover, pg.mkPen(palette.text, width=1.5))):
            if 0 <= row < len(self._xy):
                spots.append({"pos": tuple(self._xy[row]), "pen": pen, "brush": pg.mkBrush(None)})
        self._rings.setData(spots)

    def _glided(self, share: float) -> None:
        self._xy = self._to if share >= 1 else self._from + (self._to - self._from) * share
        self._picker = None
        if share < 1:
            # The range goes along, so that no point leaves the view on its way.
            low, high = self._xy.min(0), self._xy.max(0)
            room = np.maximum((high - low) * 0.04, 1e-6)
            (left, bottom), (right, top) = low - room, high + room
            self._box.setRange(QRectF(left, bottom, right - left, top - bottom), padding=0)
        else:
            self._fit()
        self._redraw()

    # Mouse and keys

    def pick(self, point: QPointF) -> int:
        """The row of the shown point at a place of the widget; -1 where there is none within reach."""
        place = self._box.mapSceneToView(self.mapToScene(point.toPoint()))
        wide, high = self._box.viewPixelSize()
        return self._near(place.x(), place.y(), REACH * wide, REACH * high)

    def _pick_middle(self) -> None:
        """What a click does, for those who have moved the map under the middle of the view."""
        (left, right), (bottom, top) = self._box.viewRange()
        row = self._near((left + right) / 2, (bottom + top) / 2, (right - left) / 2, (top - bottom) / 2)
        if row >= 0:
            self.mark(row)
            self.clicked.emit(row)

    def _near(self, x: float, y: float, wide: float, high: float) -> int:
        if self._picker is None:
            self._picker = Picker(self._xy, self.alive)
        return self._picker.nearest(x, y, wide, high)

    def hover(self, row: int) -> None:
        """Ring a row and say so; -1 for none."""
        if row != self._hover:
            self._hover = row
            self._draw_rings()
            self.hovered.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click, or the start of a shape."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            if self._tool != "pan":
                self._outline = [event.position()]
                self.setFocus()
                event.accept()
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, or the shape as it is drawn."""
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
        """The shape is whole, or the click was one."""
        still = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 4
        self._pressed = None
        if self._outline:
            corners, self._outline = self._corners(), []
            self._shape.setPolygon(QPolygonF())
            if not still:
                outline = [self._box.mapSceneToView(self.mapToScene(point.toPoint())) for point in corners]
                self.select(np.array([[point.x(), point.y()] for point in outline]), _mode(event))
                event.accept()
                return
        else:
            super().mouseReleaseEvent(event)
        if still and event.button() == Qt.MouseButton.LeftButton:
            self._click(event)

    def _click(self, event: QMouseEvent) -> None:
        row, mode = self.pick(event.position()), _mode(event)
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
        """Nothing is under the mouse."""
        super().leaveEvent(event)
        self.hover(-1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all."""
        self.view_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys named above."""
        (left, right), (bottom, top) = self._box.viewRange()
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        key = Qt.Key(event.key())
        if key in moves:
            across, up = moves[key]
            self._box.translateBy(x=across * (right - left) / 20, y=up * (top - bottom) / 20)
            self._moved_by_hand()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            scale = 1.25 if key == Qt.Key.Key_Minus else 0.8
            self._box.scaleBy((scale, scale))
            self._moved_by_hand()
        elif key == Qt.Key.Key_Home:
            self.view_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick_middle()
        elif key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.select(np.array([[left, bottom], [right, bottom], [right, top], [left, top]]))
        elif key == Qt.Key.Key_Escape and self._chosen.any():
            self.set_selected([])
        else:
            super().keyPressEvent(event)

    def _wear(self) -> None:
        palette = theme.current()
        self.setBackground(palette.card)
        self._shape.setPen(dashed(palette.text))
        self._shape.setBrush(tint(palette.accent, 0.12))
        self._redraw()


def _mode(event: QMouseEvent) -> Mode:
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    return "subtract" if event.modifiers() & Qt.KeyboardModifier.AltModifier else "replace"


def _mix(colour: str, ground: QColor, share: float) -> int:
    made = QColor(colour)
    pairs = ((made.red(), ground.red()), (made.green(), ground.green()), (made.blue(), ground.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs)).rgba()
