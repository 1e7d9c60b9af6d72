"""A map's points as discs that the screen draws one by one: an item a colour, so that a glide only moves them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from workbench.plots.base import tint

FULL, FAINT = 0.85, 0.22  # opacity, the second of those beside selected ones
RAISED = 2.0  # pixels by which a selected point is larger


class Discs:
    """Points in colours in a view box. `items` and the `rows` that each has, by colour and whether they are selected: of a thousand
    classes there are no more items than colours."""

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
        """Show the `alive` (n,) of the points (n, 2), `codes` (n,) being places in `colours`; the `chosen` (n,) lie on top, and the
        others fade."""
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
        """The same points elsewhere (n, 2)."""
        # What setData would do beside this (pens, brushes, the symbols' pictures) costs ten times as much.
        for key, item in self.items.items():
            item.data["x"], item.data["y"] = xy[self.rows[key]].T
            item.bounds = [None, None]
            item.prepareGeometryChange()
            item.update()

    def drop(self) -> None:
        """Show none."""
        for item in self.items.values():
            self._box.removeItem(item)
        self.items, self.rows = {}, {}
