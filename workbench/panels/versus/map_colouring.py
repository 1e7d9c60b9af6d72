"""Colours both maps by the same column: one request for the labels, one legend, the same colour for the same class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import GetLabels, Labels
from workbench.bridge.run_data import same_data
from workbench.i18n.data_names import data_name
from workbench.panels.versus.legend_line import LegendLine
from workbench.panels.versus.map_link import LEFT, RIGHT, Pool, of_one_set, of_two_sets
from workbench.panels.versus.map_side import Side
from workbench.samples.colouring import Colouring, colour, value_text

_Key = tuple[bytes, ...]


class MapColouring(QObject):
    """Loads the labels of both maps and colours their points. `labelsLoaded`: the labels of the shown maps have arrived."""

    labelsLoaded = Signal()

    def __init__(self, sides: tuple[Side, Side], asks: tuple[Ask, Ask], legend: LegendLine, parent: QObject) -> None:
        super().__init__(parent)
        self._sides, self._asks, self._legend = sides, asks, legend
        self._data_key: _Key = ()
        self._pool: Pool | None = None
        self._parts: dict[int, Labels] = {}
        self._colouring: Colouring | None = None
        self.column = "class"
        legend.chosen.connect(self.colour_by)
        legend.shown.connect(self._show_codes)
        theme.changed.connect(self._recolour)

    def update(self) -> None:
        """Request the labels of the samples on both maps, unless they are loaded already."""
        maps = [side.map for side in self._sides]
        parts = [b"" if shown is None else np.asarray(shown.index).tobytes() for shown in maps]
        key = (*parts, *(repr(side.spaces.data).encode() for side in self._sides))
        if key == self._data_key:
            return
        self._data_key, self._pool, self._parts = key, None, {}
        left, right = maps
        if left is not None and right is not None and same_data(*(side.spaces.data for side in self._sides)):
            index, both = np.union1d(left.index, right.index), (left.index, right.index)
            self._request(LEFT, index, lambda labels: self._receive_pool(key, of_one_set(index, labels, both)))
            return
        for side_index, shown in enumerate(maps):
            if shown is not None:
                self._request(side_index, shown.index, partial(self._receive_part, key, side_index))

    def colour_by(self, column: str) -> None:
        """Colour both maps by this column: "class" or a factor of the data."""
        self.column = column
        self._recolour()

    def apply_colours(self, side_index: int) -> None:
        """Colour the points of one side's plot; call it when the plot has new points."""
        plot = self._sides[side_index].plot
        if self._pool is None or self._colouring is None or len(self._pool.rows[side_index]) != len(plot.xy):
            return
        plot.set_colours(self._colouring.codes[self._pool.rows[side_index]], self._colouring.palette)
        if self._legend.entries:
            plot.show_codes(self._legend.checked)

    @property
    def colouring(self) -> Colouring | None:
        """What colours both maps; None where the labels are not known."""
        return self._colouring

    @property
    def column_title(self) -> str:
        """The title of the column that colours both maps."""
        return self._legend.column.currentText()

    def codes(self, side_index: int) -> NDArray[np.intp]:
        """(n,) the codes of the points on a side's map, -1 where they have no colour."""
        count = len(self._sides[side_index].plot.xy)
        if self._pool is None or self._colouring is None or len(self._pool.rows[side_index]) != count:
            return np.full(count, -1, np.intp)
        return self._colouring.codes[self._pool.rows[side_index]]

    def text(self, side_index: int, row: int) -> str:
        """The text about the sample at a row of a side's map: its class, and its value in the column that colours the maps."""
        pool = self._pool
        if pool is None or not 0 <= row < len(pool.rows[side_index]):
            return ""
        pool_row = int(pool.rows[side_index][row])
        names = [name for name in dict.fromkeys(["class", self.column]) if name in pool.labels.columns]
        texts = {name: value_text(pool.labels, name, pool_row) for name in names}
        if texts.get("class", "").isdigit():
            texts["class"] = self.tr("class {0}").format(texts["class"])
        return " · ".join(text for text in texts.values() if text)

    def _request(self, side_index: int, index: NDArray[np.int64], receive: Callable[[Labels], None]) -> None:
        data = self._sides[side_index].spaces.data
        if data is None:
            receive(self._stored_classes(index))
            return
        # The snapshots store the classes: use them if the data set is missing.
        question = GetLabels(data, tuple(int(one) for one in index))

        def received(labels: Labels) -> None:
            for side in self._sides:
                if same_data(side.spaces.data, data):
                    side.captions.set_data(side.spaces.data or {}, labels.captioned)
            receive(labels)

        self._asks[side_index](question, received, lambda _: receive(self._stored_classes(index)))

    def _stored_classes(self, index: NDArray[np.int64]) -> Labels:
        """The classes of samples (n,) as stored in the snapshots, without their names; -1 where unknown."""
        known = {
            int(at): int(code) for side in self._sides if side.map for at, code in zip(side.map.index, side.map.label, strict=True)
        }
        return Labels({"class": np.array([known.get(int(at), -1) for at in index], np.int64)}, {}, {"class": "category"})

    def _receive_part(self, key: _Key, side_index: int, labels: Labels) -> None:
        if key != self._data_key:
            return
        self._parts[side_index] = labels
        if all(side.map is None or at in self._parts for at, side in enumerate(self._sides)):
            empty = Labels({name: values[:0] for name, values in labels.columns.items()}, labels.names, labels.kinds)
            self._receive_pool(key, of_two_sets(self._parts.get(LEFT, empty), self._parts.get(RIGHT, empty)))

    def _receive_pool(self, key: _Key, pool: Pool) -> None:
        if key != self._data_key:
            return
        self._pool = pool
        names = list(pool.labels.columns)
        if self.column not in names and names:
            self.column = names[0]
        self._legend.set_columns(names, [data_name(name) for name in names], self.column)
        self._recolour()
        self.labelsLoaded.emit()

    def _recolour(self) -> None:
        pool = self._pool
        self._colouring = colour(pool.labels, self.column) if pool is not None and self.column in pool.labels.columns else None
        self._legend.set_colouring(self._colouring)
        for side_index in (LEFT, RIGHT):
            self.apply_colours(side_index)

    def _show_codes(self, shown: NDArray[np.bool_]) -> None:
        for side in self._sides:
            side.plot.show_codes(shown)
