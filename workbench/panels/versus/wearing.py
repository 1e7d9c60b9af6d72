"""The colours of both maps: labels asked for once, one legend, the same colour for the same class on both sides."""

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
from workbench.panels.versus.legend import LegendLine
from workbench.panels.versus.linked import LEFT, RIGHT, Pool, of_one_set, of_two_sets
from workbench.panels.versus.side import Side
from workbench.samples.colouring import Colouring, colour, value_text

_Key = tuple[bytes, ...]


class Wearing(QObject):
    """Colours the two sides. `known`: the labels are there."""

    known = Signal()

    def __init__(self, sides: tuple[Side, Side], asks: tuple[Ask, Ask], legend: LegendLine, parent: QObject) -> None:
        super().__init__(parent)
        self._sides, self._asks, self._legend = sides, asks, legend
        self._key: _Key = ()
        self._pool: Pool | None = None
        self._parts: dict[int, Labels] = {}
        self._colouring: Colouring | None = None
        self.column = "class"
        legend.chosen.connect(self.colour_by)
        legend.shown.connect(self._show_codes)
        theme.changed.connect(self._wear)

    def look(self) -> None:
        """The maps may be others: ask for the labels of their samples, unless they are known."""
        maps = [side.map for side in self._sides]
        parts = [b"" if one is None else np.asarray(one.index).tobytes() for one in maps]
        key = (*parts, *(repr(side.spaces.data).encode() for side in self._sides))
        if key == self._key:
            return
        self._key, self._pool, self._parts = key, None, {}
        left, right = maps
        if left is not None and right is not None and same_data(*(side.spaces.data for side in self._sides)):
            index, both = np.union1d(left.index, right.index), (left.index, right.index)
            self._request(LEFT, index, lambda labels: self._pooled(key, of_one_set(index, labels, both)))
            return
        for place, one in enumerate(maps):
            if one is not None:
                self._request(place, one.index, partial(self._part, key, place))

    def colour_by(self, column: str) -> None:
        """Colour both by "class" or a factor of the data."""
        self.column = column
        self._wear()

    def dress(self, place: int) -> None:
        """A side's plot has other points: give them their colours."""
        plot = self._sides[place].plot
        if self._pool is None or self._colouring is None or len(self._pool.rows[place]) != len(plot.xy):
            return
        plot.set_colours(self._colouring.codes[self._pool.rows[place]], self._colouring.palette)
        if self._legend.entries:
            plot.show_codes(self._legend.checked)

    def words(self, place: int, row: int) -> str:
        """What is known of a sample: its class, and what it is coloured by."""
        pool = self._pool
        if pool is None or not 0 <= row < len(pool.rows[place]):
            return ""
        at = int(pool.rows[place][row])
        names = [name for name in dict.fromkeys(["class", self.column]) if name in pool.labels.columns]
        words = {name: value_text(pool.labels, name, at) for name in names}
        if words.get("class", "").isdigit():
            words["class"] = self.tr("class {0}").format(words["class"])
        return " · ".join(word for word in words.values() if word)

    def _request(self, place: int, index: NDArray[np.int64], then: Callable[[Labels], None]) -> None:
        data = self._sides[place].spaces.data
        if data is None:
            then(self._kept(index))
            return
        # Where the data are gone, the classes that the snapshots keep remain.
        self._asks[place](GetLabels(data, tuple(int(one) for one in index)), then, lambda _: then(self._kept(index)))

    def _kept(self, index: NDArray[np.int64]) -> Labels:
        """The classes of samples as the snapshots have them, without names."""
        known = {
            int(at): int(code) for side in self._sides if side.map for at, code in zip(side.map.index, side.map.label, strict=True)
        }
        return Labels({"class": np.array([known.get(int(at), -1) for at in index], np.int64)}, {}, {"class": "category"})

    def _part(self, key: _Key, place: int, labels: Labels) -> None:
        if key != self._key:
            return
        self._parts[place] = labels
        if all(side.map is None or at in self._parts for at, side in enumerate(self._sides)):
            nothing = Labels({name: values[:0] for name, values in labels.columns.items()}, labels.names, labels.kinds)
            self._pooled(key, of_two_sets(self._parts.get(LEFT, nothing), self._parts.get(RIGHT, nothing)))

    def _pooled(self, key: _Key, pool: Pool) -> None:
        if key != self._key:
            return
        self._pool = pool
        names = list(pool.labels.columns)
        if self.column not in names and names:
            self.column = names[0]
        self._legend.set_columns(names, [data_name(name) for name in names], self.column)
        self._wear()
        self.known.emit()

    def _wear(self) -> None:
        pool = self._pool
        self._colouring = colour(pool.labels, self.column) if pool is not None and self.column in pool.labels.columns else None
        self._legend.set_colouring(self._colouring)
        for place in (LEFT, RIGHT):
            self.dress(place)

    def _show_codes(self, shown: NDArray[np.bool_]) -> None:
        for side in self._sides:
            side.plot.show_codes(shown)
