"""A scatter plot of coloured points: drawing, selection, rings, animation, camera. `scatter` adds mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEasingCurve, QRectF, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from workbench import theme
from workbench.accessible import value_changed
from workbench.plots.base import ThemedPlot
from workbench.plots.cloud import Cloud
from workbench.plots.cloud_picture import CloudPicture
from workbench.plots.discs import Discs
from workbench.plots.point_geometry import inside
from workbench.plots.trails import NO_TRAILS, TrailData, Trails
from workbench.theme import motion

# Up to this many points there is one pyqtgraph ScatterPlotItem per colour, above it one image of the viewport. At 100,000 points
# such items take 10 times as long to the first paint, 3 times to pan and zoom, 6 times to change colours, and as long to hover; a
# single item with a brush per point 24, 3 to 4 and 18 times (one run of tests/bench/bench_widgets.py).
MOST_ITEMS = 20_000
# At most this many points are drawn while the view moves, and all of them REST_MS after it stopped. A million points take about as
# long as the pixels.
MOST_MOVING = 2_000_000
REST_MS = 150
PLACED_SIZE = 13  # px
GLIDE_MS = 450
translate = QCoreApplication.translate
Mode = Literal["replace", "add", "subtract"]


class PointMap(ThemedPlot):
    """Points (n, 2) whose colours are indices into a palette.

    To link two maps connect `cameraMoved` (a QRectF in data units; emitted when the user moves the view, not by `set_camera` nor
    during an animation) to `set_camera`, and `selectionChanged` (rows) to `set_selected`. `ringed` carries the marked row."""

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
        # Bounding boxes (lowest and highest corner) of the start and the end of an animation.
        self._boxes = (np.zeros((2, 2)), np.zeros((2, 2)))
        self.context = ""  # what is shown, in words for a screen reader: its epoch
        self._share = 1.0
        self._codes = np.empty(0, np.intp)
        self._palette: list[str] = []
        self._shown: NDArray[np.bool_] = np.empty(0, bool)
        self._chosen: NDArray[np.bool_] = np.empty(0, bool)
        self._discs = Discs(self._box)
        self._cloud: Cloud | None = None
        self._hover = self._marked = -1
        # Trails of the followed rows, of those of them that are shown, and of the single hovered row.
        self._trail_data = self._shown_trails = self._single_trail = NO_TRAILS
        self._by_hand = self._moving = False
        self._picture = CloudPicture(self.rasterise)
        self._box.addItem(self._picture, ignoreBounds=True)
        self._trails = Trails()
        self._trails.setZValue(20)
        self._box.addItem(self._trails, ignoreBounds=True)
        self._rings = pg.ScatterPlotItem(size=13, pxMode=True)
        self._rings.setZValue(30)
        self._box.addItem(self._rings, ignoreBounds=True)
        # New images that are placed on the map without being among its points.
        self._placed: NDArray[np.floating] = np.empty((0, 2))
        self._placed_spots = pg.ScatterPlotItem(size=PLACED_SIZE, symbol="d", pxMode=True)
        self._placed_spots.setZValue(25)
        self._box.addItem(self._placed_spots, ignoreBounds=True)
        self._glide = _motion(self)
        self._glide.valueChanged.connect(self._glided)
        # Animates the view where it changes without the user.
        self._fitted = self._eased_from = QRectF()
        self._ease = _motion(self)
        self._ease.valueChanged.connect(self._fit)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        self.follow_theme()

    # Data

    @property
    def xy(self) -> NDArray[np.floating]:
        """The positions (n, 2) of the points at the end of an animation."""
        return self._to

    def accessible_value(self) -> str:
        """How many points, in how many colours, of what (`context`), and how many of them are selected."""
        parts = [translate("PointMap", "{0} points").format(f"{len(self._to):,}")]
        classes = len(np.unique(self._codes[self._codes >= 0]))
        if classes > 1:
            parts.append(translate("PointMap", "{0} classes").format(f"{classes:,}"))
        parts += [self.context] if self.context else []
        parts.append(translate("PointMap", "{0} selected").format(f"{int(self._chosen.sum()):,}"))
        return ", ".join(parts)

    def now(self, rows: NDArray[np.integer] | slice = slice(None)) -> NDArray[np.floating]:
        """The positions (m, 2) of points at this moment of an animation."""
        if self._share >= 1:
            return self._to[rows]
        before = self._from[rows]
        return before + (self._to[rows] - before) * self._share

    def set_points(self, xy: NDArray[np.floating], *, glide: bool = False) -> None:
        """Show these points (n, 2). `glide`: animate them from their old positions, if there are as many as before; otherwise the
        view is reset to all points. During an animation a view that the user has moved stays. Placed
        points are removed."""
        target = np.asarray(xy)
        self._glide.stop()
        self.set_placed(np.empty((0, 2)))
        same = len(target) == len(self._to)
        start = self.now()
        self._to, self._share = target, 1.0
        self._boxes = (self._boxes[1], np.stack([target.min(0), target.max(0)]) if len(target) else np.zeros((2, 2)))
        if not same:
            self._forget_rows()
        self._changed()
        if glide and same and len(target) and self.isVisible() and not motion.reduced():
            self._from, self._share = start, 0.0
            self._glide.start()
        else:
            self._from = target
            self._by_hand = False
            self._ease.stop()
            self._redraw()
            self._fit()

    def _forget_rows(self) -> None:
        """Clear everything that refers to rows of the old points, before the new ones are drawn."""
        count = len(self._to)
        self._codes = np.full(count, -1, np.intp)
        self._chosen = np.zeros(count, bool)
        self._hover = self._marked = -1
        self._trail_data = self._shown_trails = self._single_trail = NO_TRAILS
        self._draw_trails()

    def set_placed(self, xy: NDArray[np.floating]) -> None:
        """Mark these positions (m, 2) as placed points, which are not among the points of the map. Their rows are negative, see
        `placed_row`."""
        self._placed = np.asarray(xy, np.float64).reshape(-1, 2)
        self._draw_placed()
        self._draw_rings()
        if not self._by_hand:
            self._frame_trails()

    @property
    def placed(self) -> NDArray[np.floating]:
        """The positions (m, 2) of the placed points."""
        return self._placed

    def _position_of(self, row: int) -> NDArray[np.floating] | None:
        """Where a point or a placed point is now; None for no such row."""
        number = placed_number(row)
        if number >= 0:
            return self._placed[number] if number < len(self._placed) else None
        return self.now(slice(row, row + 1))[0] if 0 <= row < len(self._to) else None

    def _draw_placed(self) -> None:
        palette = theme.current()
        self._placed_spots.setData(
            x=self._placed[:, 0],
            y=self._placed[:, 1],
            brush=pg.mkBrush(palette.accent),
            pen=pg.mkPen(palette.text, width=1.5),
        )

    def set_colours(self, codes: NDArray[np.integer], palette: Sequence[str]) -> None:
        """codes: (n,) indices into the palette; -1 is the theme's quiet colour. Every colour is shown."""
        self._codes = np.asarray(codes, np.intp)
        self._palette = list(palette)
        self._shown = np.ones(len(palette), bool)
        self._changed()
        self._redraw()
        self._draw_trails()

    def show_codes(self, shown: NDArray[np.bool_]) -> None:
        """Show only these colours of the palette, a bool each."""
        self._shown = np.asarray(shown, bool)
        self._changed()
        self._redraw()
        self._draw_trails()

    def _changed(self) -> None:
        """Drop what was cached for drawing and for finding points."""
        self._cloud = None

    @property
    def alive(self) -> NDArray[np.bool_]:
        """(n,) bool, which points are shown."""
        known = self._codes >= 0
        result = np.ones(len(self._codes), bool)
        if len(self._shown):
            result[known] = self._shown[self._codes[known]]
        return result

    # Selection

    @property
    def selected(self) -> NDArray[np.intp]:
        """The selected rows."""
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
            value_changed(self)

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
        """The row with the lasting ring; -1 for none."""
        return self._marked

    def mark(self, row: int) -> None:
        """Put the lasting ring on a row; -1 for none."""
        before, self._marked = self._marked, row
        self._draw_rings()
        if row != before:
            self.ringed.emit(row)

    @property
    def hovered_row(self) -> int:
        """The row under the mouse; -1 for none."""
        return self._hover

    def set_trails(
        self, rows: NDArray[np.integer] | Sequence[int], past: NDArray[np.floating], ahead: NDArray[np.floating] | None = None
    ) -> None:
        """Draw trails of some rows (m,) through their positions at earlier epochs, `past` (epochs, m, 2), oldest first, nan where
        one is missing, and at later ones, `ahead` (epochs, m, 2), the next first. No trails without rows or epochs. They move with
        the points, and unless the user has moved the view it is extended to show all of them."""
        followed = np.asarray(rows, np.intp)
        self._trail_data = TrailData(followed, past, past[:0] if ahead is None else ahead) if len(followed) else NO_TRAILS
        self._draw_trails()

    def trace(self, row: int, past: NDArray[np.floating] | None = None, ahead: NDArray[np.floating] | None = None) -> None:
        """Draw the trail of one row, (epochs, 1, 2), as `set_trails` but above all others, which are dimmed; -1 for none. The view
        stays."""
        empty = np.empty((0, 1, 2))
        trail = TrailData(np.array([row]), empty if past is None else past, empty if ahead is None else ahead)
        self._single_trail = trail if row >= 0 else NO_TRAILS
        self._draw_one()

    # Camera

    def camera(self) -> QRectF:
        """The visible range, in data units."""
        (left, right), (bottom, top) = self._box.viewRange()
        return QRectF(left, bottom, right - left, top - bottom)

    def set_camera(self, rect: QRectF) -> None:
        """Show this range, in data units; if the view has another aspect ratio, more than it. `cameraMoved` is not emitted."""
        self._by_hand = True
        self._ease.stop()
        self._box.setRange(rect, padding=0)

    def view_all(self) -> None:
        """Show all points and trails."""
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
        """The default view: all points and the trails of all epochs, so that it stays while epochs play."""
        # Interpolated between both bounding boxes, so that no point leaves the view during an animation.
        before, after = self._boxes
        low, high = before + (after - before) * self._share
        reach = self._shown_trails.reach(self._to[self._shown_trails.rows])
        if reach is not None:
            low, high = np.minimum(low, reach[0]), np.maximum(high, reach[1])
        if len(self._placed):
            low, high = np.minimum(low, self._placed.min(0)), np.maximum(high, self._placed.max(0))
        room = np.maximum((high - low) * 0.04, 1e-6)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return QRectF(left, bottom, right - left, top - bottom)

    def _frame_trails(self) -> None:
        """Animate the view to the default one after the trails have changed, unless the user has moved it."""
        if self._by_hand or not len(self._to) or self._whole() == self._fitted:
            return
        self._ease.stop()
        if self.isVisible() and not motion.reduced():
            self._eased_from = self.camera()
            self._ease.start()
        else:
            self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        """End animations at once while the map is hidden."""
        super().hideEvent(event)
        self._ease.stop()
        self._glide.stop()
        self._share = 1.0

    def showEvent(self, event: QShowEvent) -> None:
        """Draw everything again, and reset the view unless the user has moved it."""
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
        """The colours by code; the last is that of code -1."""
        return [*self._palette, theme.current().quiet]

    def _colour(self, row: int) -> str:
        code = int(self._codes[row])
        return self._palette[code] if code >= 0 else theme.current().quiet

    def rasterise(self, width: int, height: int, scale: float) -> NDArray[np.uint32]:
        """The shown points of the visible range as an image (height, width) of colours 0xAARRGGBB."""
        if self._cloud is None:
            palette = self._colours
            colours = np.array([QColor(colour).rgba() for colour in palette], np.uint32)[self._codes]
            if self._chosen.any():
                # The selected points are drawn on top, the others blended with the background.
                ground = QColor(theme.current().card)
                faded = np.array([_mix(colour, ground, 0.75) for colour in palette], np.uint32)
                colours = np.where(self._chosen, colours, faded[self._codes])
            self._cloud = Cloud(self._to, colours, self.alive, self._chosen)
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
            position = self._position_of(row)
            if position is not None:
                size = PLACED_SIZE + 8 if row < 0 else PLACED_SIZE
                spots.append({"pos": tuple(position.tolist()), "pen": pen, "brush": pg.mkBrush(None), "size": size})
        self._rings.setData(spots)

    def _draw_trails(self) -> None:
        self._shown_trails = self._trail_data.only(self.alive[self._trail_data.rows])
        colours = [self._colour(row) for row in self._shown_trails.rows.tolist()]
        self._trails.set_trails(self._shown_trails, self.now(self._shown_trails.rows), colours)
        self._draw_one()
        self._frame_trails()

    def _draw_one(self) -> None:
        rows = self._single_trail.rows
        self._trails.set_one(self._single_trail, self.now(rows), [self._colour(row) for row in rows.tolist()])

    def _move_trails(self) -> None:
        self._trails.move_to(self.now(self._shown_trails.rows), self.now(self._single_trail.rows))

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

    def _apply_theme(self) -> None:
        self.setBackground(theme.current().card)
        self._cloud = None
        self._draw_placed()
        self._redraw()


def placed_row(number: int) -> int:
    """The row by which signals name a placed point: -2 for the first, -3 for the second; -1 is no point."""
    return -2 - number


def placed_number(row: int) -> int:
    """The number of a placed point, by its row; below 0 for a point of the map and for none."""
    return -2 - row


def _motion(parent: PointMap) -> QVariantAnimation:
    """An animation from 0 to 1 that eases in and out."""
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
