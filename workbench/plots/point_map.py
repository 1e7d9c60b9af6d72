"""Points in colours on a plane: drawn, selected, ringed, gliding from map to map, with a camera. Hands are in `scatter`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QRectF, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from workbench import theme
from workbench.plots.base import export_png, export_svg
from workbench.plots.cloud import Cloud
from workbench.plots.cloud_picture import CloudPicture
from workbench.plots.discs import Discs
from workbench.plots.point_geometry import inside
from workbench.plots.trails import NO_WAYS, Trails, Ways

# Up to here one of pyqtgraph's ScatterPlotItems a colour is the finer way; above, a picture of the viewport. At 100,000 points
# such items take 10 times as long to the first paint, 3 times to pan and zoom, 6 times for other colours, and as long to hover; a
# single item with a brush a point 24, 3 to 4 and 18 times (one run of tests/bench/bench_widgets.py).
MOST_ITEMS = 20_000
# So many points of a picture are drawn while a hand moves it; all of them once it rests. A million take as long as the pixels do.
MOST_MOVING = 2_000_000
REST_MS = 150
GLIDE_MS = 450
# Pixels of a picture of points in a file for each of the window's, where the file's parts are else drawn as vectors.
FINE = 3.0
Mode = Literal["replace", "add", "subtract"]


class PointMap(pg.PlotWidget):  # type: ignore[misc]
    """Points (n, 2) with a colour each, given as places in a palette.

    Two maps are linked by `cameraMoved` (a QRectF of data units; said when a person moves the view, never by `set_camera` nor while
    points glide) and `set_camera`, and by `selectionChanged` (rows) and `set_selected`. `ringed`: another row is marked."""

    selectionChanged = Signal(object)
    ringed = Signal(int)
    cameraMoved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.current().card)
        self.setFrameShape(self.Shape.NoFrame)
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
        self._to: NDArray[np.floating] = np.empty((0, 2))
        self._from: NDArray[np.floating] = self._to
        # Lowest and highest corner of where the points come from and go to.
        self._boxes = (np.zeros((2, 2)), np.zeros((2, 2)))
        self._share = 1.0
        self._codes = np.empty(0, np.intp)
        self._palette: list[str] = []
        self._shown: NDArray[np.bool_] = np.empty(0, bool)
        self._chosen: NDArray[np.bool_] = np.empty(0, bool)
        self._discs = Discs(self._box)
        self._cloud: Cloud | None = None
        self._hover = self._marked = -1
        # Ways of those that are followed, and of those of them that are shown.
        self._ways = self._traced = self._one_way = NO_WAYS
        self._by_hand = self._moving = False
        self._picture = CloudPicture(self.rasterise)
        self._box.addItem(self._picture, ignoreBounds=True)
        self._trails = Trails()
        self._trails.setZValue(20)
        self._box.addItem(self._trails, ignoreBounds=True)
        self._rings = pg.ScatterPlotItem(size=13, pxMode=True)
        self._rings.setZValue(30)
        self._box.addItem(self._rings, ignoreBounds=True)
        self._glide = _motion(self)
        self._glide.valueChanged.connect(self._glided)
        # From what is in view to what is to be, where that becomes other without a hand.
        self._fitted = self._eased_from = QRectF()
        self._ease = _motion(self)
        self._ease.valueChanged.connect(self._fit)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    # Data

    @property
    def xy(self) -> NDArray[np.floating]:
        """Where the points are going (n, 2)."""
        return self._to

    def now(self, rows: NDArray[np.integer] | slice = slice(None)) -> NDArray[np.floating]:
        """Where points are at this moment of a glide (m, 2)."""
        if self._share >= 1:
            return self._to[rows]
        before = self._from[rows]
        return before + (self._to[rows] - before) * self._share

    def set_points(self, xy: NDArray[np.floating], *, glide: bool = False) -> None:
        """Show these points. With `glide` and as many points as before they move there, else they jump and all are shown. A part of
        the map that somebody looks at stays in view while points glide."""
        target = np.asarray(xy)
        self._glide.stop()
        same = len(target) == len(self._to)
        start = self.now()
        self._to, self._share = target, 1.0
        self._boxes = (self._boxes[1], np.stack([target.min(0), target.max(0)]) if len(target) else np.zeros((2, 2)))
        if not same:
            self._forget_rows()
        self._changed()
        if glide and same and len(target) and self.isVisible():
            self._from, self._share = start, 0.0
            self._glide.start()
        else:
            self._from = target
            self._by_hand = False
            self._ease.stop()
            self._redraw()
            self._fit()

    def _forget_rows(self) -> None:
        """Other points: no row of before means anything now. All of them are dropped before anything is drawn."""
        count = len(self._to)
        self._codes = np.full(count, -1, np.intp)
        self._chosen = np.zeros(count, bool)
        self._hover = self._marked = -1
        self._ways = self._traced = self._one_way = NO_WAYS
        self._draw_trails()

    def set_colours(self, codes: NDArray[np.integer], palette: Sequence[str]) -> None:
        """codes: (n,) places in the palette; -1 takes the quiet colour. Every colour is shown."""
        self._codes = np.asarray(codes, np.intp)
        self._palette = list(palette)
        self._shown = np.ones(len(palette), bool)
        self._changed()
        self._redraw()
        self._draw_trails()

    def show_codes(self, shown: NDArray[np.bool_]) -> None:
        """Which colours of the palette are shown."""
        self._shown = np.asarray(shown, bool)
        self._changed()
        self._redraw()
        self._draw_trails()

    def _changed(self) -> None:
        """What was made of the points for drawing or finding them is to be made anew."""
        self._cloud = None

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
            self._cloud = None
            self._redraw()
            self.selectionChanged.emit(self.selected)

    def select(self, outline: NDArray[np.floating], mode: Mode = "replace") -> None:
        """Select the shown points inside a polygon (m, 2) of data units."""
        rows_inside = inside(self._to, outline) & self.alive
        if mode == "add":
            rows_inside |= self._chosen
        elif mode == "subtract":
            rows_inside = self._chosen & ~rows_inside
        self.set_selected(np.flatnonzero(rows_inside))

    @property
    def marked(self) -> int:
        """The row with a ring that stays; -1 for none."""
        return self._marked

    def mark(self, row: int) -> None:
        """Keep a ring on a row; -1 for none."""
        before, self._marked = self._marked, row
        self._draw_rings()
        if row != before:
            self.ringed.emit(row)

    @property
    def hovered_row(self) -> int:
        """The row that is pointed at; -1 for none."""
        return self._hover

    def set_trails(
        self, rows: NDArray[np.integer] | Sequence[int], past: NDArray[np.floating], ahead: NDArray[np.floating] | None = None
    ) -> None:
        """Draw the ways of some rows (m,) through where they were before, (epochs, m, 2), oldest first, nan where one was not
        there, and on to where they will be `ahead`, (epochs, m, 2), the next first; without rows or epochs none. They go along with
        the points, and unless somebody moved the view it becomes wide enough for all of them."""
        followed = np.asarray(rows, np.intp)
        self._ways = Ways(followed, past, past[:0] if ahead is None else ahead) if len(followed) else NO_WAYS
        self._draw_trails()

    def trace(self, row: int, past: NDArray[np.floating] | None = None, ahead: NDArray[np.floating] | None = None) -> None:
        """Draw the way of one row, (epochs, 1, 2), as `set_trails` does but above all others, which are dimmed; of -1 none. The
        view stays."""
        none = np.empty((0, 1, 2))
        way = Ways(np.array([row]), none if past is None else past, none if ahead is None else ahead)
        self._one_way = way if row >= 0 else NO_WAYS
        self._draw_one()

    # Camera

    def camera(self) -> QRectF:
        """The part of the map in view, in data units."""
        (left, right), (bottom, top) = self._box.viewRange()
        return QRectF(left, bottom, right - left, top - bottom)

    def set_camera(self, rect: QRectF) -> None:
        """Look at this part, in data units; of a view of another shape all of it is in view. `cameraMoved` is not said."""
        self._by_hand = True
        self._ease.stop()
        self._box.setRange(rect, padding=0)

    def view_all(self) -> None:
        """Show every point, and every trail."""
        self._ease.stop()
        self._fit()
        self._moved_by_hand()
        self._by_hand = False

    def _moved_by_hand(self) -> None:
        self._by_hand = self._moving = True
        self._ease.stop()
        self._trails.smooth = False
        self._rest.start()
        self.cameraMoved.emit(self.camera())

    def _rested(self) -> None:
        self._moving, self._trails.smooth = False, True
        self._picture.update()
        self._trails.update()

    def _fit(self, _: object = None) -> None:
        if not len(self._to):
            return
        self._fitted = wanted = self._whole()
        if self._ease.state() == QVariantAnimation.State.Running:
            share, one = float(self._ease.currentValue()), self._eased_from
            corners = [
                a + (b - a) * share for a, b in ((one.topLeft(), wanted.topLeft()), (one.bottomRight(), wanted.bottomRight()))
            ]
            wanted = QRectF(*corners)
        self._box.setRange(wanted, padding=0)

    def _whole(self) -> QRectF:
        """What is in view where nobody moved it: all points, and the ways of those that are followed through all epochs, so that it
        stays while epochs play."""
        # No point leaves the view on its way: between the two boxes there is room for all.
        before, after = self._boxes
        low, high = before + (after - before) * self._share
        reach = self._traced.reach(self._to[self._traced.rows])
        if reach is not None:
            low, high = np.minimum(low, reach[0]), np.maximum(high, reach[1])
        room = np.maximum((high - low) * 0.04, 1e-6)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return QRectF(left, bottom, right - left, top - bottom)

    def _frame_trails(self) -> None:
        """Make room for other trails, without a jump; a part that somebody looks at stays."""
        if self._by_hand or not len(self._to) or self._whole() == self._fitted:
            return
        self._ease.stop()
        if self.isVisible():
            self._eased_from = self.camera()
            self._ease.start()
        else:
            self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves for nobody: what is under way is there when the map is seen again."""
        super().hideEvent(event)
        self._ease.stop()
        self._glide.stop()
        self._share = 1.0

    def showEvent(self, event: QShowEvent) -> None:
        """All of what is wanted is in view."""
        super().showEvent(event)
        self._changed()
        self._redraw()
        if not self._by_hand:
            self._fit()

    # Drawing

    def _redraw(self) -> None:
        if len(self._codes) != len(self._to):
            return
        few = len(self._to) <= MOST_ITEMS
        self._picture.setVisible(not few)
        if few:
            self._discs.draw(self.now(), self._codes, self._colours, self.alive, self._chosen, self._size())
        else:
            self._discs.drop()
            self._picture.update()
        self._draw_rings()
        self._move_trails()

    def _size(self) -> float:
        count = len(self._to)
        return 6.0 if count < 1500 else 5.0 if count < 6000 else 4.0

    @property
    def _colours(self) -> list[str]:
        """By code: the last is that of code -1."""
        return [*self._palette, theme.current().quiet]

    def _colour(self, row: int) -> str:
        code = int(self._codes[row])
        return self._palette[code] if code >= 0 else theme.current().quiet

    def rasterise(self, width: int, height: int, scale: float) -> NDArray[np.uint32]:
        """The shown points as a picture (height, width) of the range in view, in words 0xAARRGGBB."""
        if self._cloud is None:
            colours = self._colours
            words = np.array([QColor(colour).rgba() for colour in colours], np.uint32)[self._codes]
            if self._chosen.any():
                # The selected ones lie on top, the others fade towards the ground.
                ground = QColor(theme.current().card)
                faded = np.array([_mix(colour, ground, 0.75) for colour in colours], np.uint32)
                words = np.where(self._chosen, words, faded[self._codes])
            self._cloud = Cloud(self._to, words, self.alive, self._chosen)
            if self._share < 1:
                self._cloud.glide_from(self._from)
        self._cloud.set_share(self._share)
        (left, right), (bottom, top) = self._box.viewRange()
        most = MOST_MOVING if self._moving or self._share < 1 else None
        return self._cloud.picture((left, right, bottom, top), width, height, 1.5 * scale, most)

    def _draw_rings(self) -> None:
        palette = theme.current()
        spots = []
        for row, pen in ((self._marked, pg.mkPen(palette.accent, width=2)), (self._hover, pg.mkPen(palette.text, width=1.5))):
            if 0 <= row < len(self._to):
                spots.append({"pos": tuple(self.now(slice(row, row + 1))[0].tolist()), "pen": pen, "brush": pg.mkBrush(None)})
        self._rings.setData(spots)

    def _draw_trails(self) -> None:
        self._traced = self._ways.only(self.alive[self._ways.rows])
        colours = [self._colour(row) for row in self._traced.rows.tolist()]
        self._trails.set_trails(self._traced, self.now(self._traced.rows), colours)
        self._draw_one()
        self._frame_trails()

    def _draw_one(self) -> None:
        rows = self._one_way.rows
        self._trails.set_one(self._one_way, self.now(rows), [self._colour(row) for row in rows.tolist()])

    def _move_trails(self) -> None:
        self._trails.move_to(self.now(self._traced.rows), self.now(self._one_way.rows))

    def _glided(self, share: float) -> None:
        self._share = share
        self._trails.smooth = share >= 1 and not self._moving
        if not self._by_hand:
            self._fit()
        if self._discs.items and share < 1:
            self._discs.move(self.now())
            self._draw_rings()
            self._move_trails()
        else:
            self._redraw()

    # Files

    def export(self, kind: str, path: Path) -> None:
        """Write the map as it is seen to a "png" at twice its size or an "svg". Very many points are a fine picture also in the
        SVG, up to MOST_ITEMS a disc each. OSError where it cannot be written."""
        self._rest.stop()
        self._rested()
        if self._ease.state() == QVariantAnimation.State.Running:
            self._ease.setCurrentTime(GLIDE_MS)
        items = [*self._discs.items.values(), self._rings]
        self._picture.least_scale = FINE if kind == "svg" else 1.0
        # Discs are drawn one by one, not from pictures of them that were made for this screen.
        for item in items:
            item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        try:
            (export_svg if kind == "svg" else export_png)(self, path)
        finally:
            self._picture.least_scale = 1.0
            for item in items:
                item.setExportMode(False)

    def _apply_theme(self) -> None:
        self.setBackground(theme.current().card)
        self._cloud = None
        self._redraw()


def _motion(parent: PointMap) -> QVariantAnimation:
    """From 0 to 1, soft at both ends."""
    made = QVariantAnimation(parent)
    made.setDuration(GLIDE_MS)
    made.setEasingCurve(QEasingCurve.Type.InOutCubic)
    made.setStartValue(0.0)
    made.setEndValue(1.0)
    return made


def _mix(colour: str, ground: QColor, share: float) -> int:
    made = QColor(colour)
    pairs = ((made.red(), ground.red()), (made.green(), ground.green()), (made.blue(), ground.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs)).rgba()
