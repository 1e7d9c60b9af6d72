"""A map's points as one pyqtgraph scatter item per colour, so that an animation only moves them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from workbench.plots.base import tint

FULL, FAINT = 0.85, 0.22  # opacity; the second for points that are not selected while others are
RAISED = 2.0  # pixels by which a selected point is larger


class Discs:
    """Coloured points in a view box. `items` and their `rows` are dicts by (colour, whether selected): a thousand classes need no
    more items than colours."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self.items: dict[tuple[str, bool], pg.ScatterPlotItem] = {}
        self.rows: dict[tuple[str, bool], NDArray[np.intp]] = {}

    def draw(
        self,
        xy: NDArray[np.floating],
        codes: NDArray[np.intp],
        colours: Sequence[str],
        alive: NDArray[np.bool_],
        chosen: NDArray[np.bool_],
        size: float,
    ) -> None:
        """Show the points xy (n, 2) that are `alive` (n,). `codes` (n,) are indices into `colours`; the `chosen` (n,) are drawn on
        top, and the others fainter."""
        distinct = list(dict.fromkeys(colours))
        colour_index = np.array([distinct.index(colour) for colour in colours])[codes]
        anything = bool(chosen.any())
        keys = np.where(alive, 2 * colour_index + chosen, -1)
        order = np.argsort(keys, kind="stable")
        groups, starts = np.unique(keys[order], return_index=True)
        ends = np.append(starts, len(keys))[1:]
        self.rows = {
            (distinct[key // 2], bool(key % 2)): order[start:end]
            for key, start, end in zip(groups.tolist(), starts, ends, strict=True)
            if key >= 0
        }
        for gone in set(self.items) - set(self.rows):
            self._box.removeItem(self.items.pop(gone))
        for (colour, raised), rows in self.rows.items():
            item = self.items.get((colour, raised))
            if item is None:
                item = pg.ScatterPlotItem(pxMode=True, antialias=True)
                item.setZValue(10 if raised else 5)
                self._box.addItem(item, ignoreBounds=True)
                self.items[colour, raised] = item
            brush = pg.mkBrush(tint(colour, FAINT if anything and not raised else FULL))
            pixels = size + (RAISED if raised else 0)
            item.setData(x=xy[rows, 0], y=xy[rows, 1], brush=brush, pen=pg.mkPen(None), size=pixels)

    def move(self, xy: NDArray[np.floating]) -> None:
        """Move the same points to new positions (n, 2)."""
        # setData would also update pens, brushes and symbols, which takes ten times as long.
        for key, item in self.items.items():
            item.data["x"], item.data["y"] = xy[self.rows[key]].T
            item.bounds = [None, None]
            item.prepareGeometryChange()
            item.update()

    def drop(self) -> None:
        """Remove all points."""
        for item in self.items.values():
            self._box.removeItem(item)
        self.items, self.rows = {}, {}
