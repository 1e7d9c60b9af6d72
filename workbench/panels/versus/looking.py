"""One sample on both maps: pointed at on the one it is ringed on the other, and its image is shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.panels.versus.linked import LEFT, RIGHT, Link
from workbench.panels.versus.side import Side
from workbench.panels.versus.wearing import Wearing

DWELL_MS = 120


class Looking(QObject):
    """`pointed`: at a sample of a side, by its place in the data set; -1 for none."""

    pointed = Signal(int, int)

    def __init__(self, sides: tuple[Side, Side], wearing: Wearing, parent: QObject) -> None:
        super().__init__(parent)
        self._sides, self._wearing = sides, wearing
        self.link: Link | None = None
        self._at: tuple[int, int] | None = None
        self._telling = False
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._show)
        for place, side in enumerate(sides):
            side.plot.hovered.connect(lambda row, place=place: self._hovered(place, row))
            side.plot.clicked.connect(lambda row, place=place: self._clicked(place, row))

    def rest(self) -> None:
        """Nobody points any more."""
        self._dwell.stop()

    def rows_of(self, place: int, one: int) -> tuple[int, int]:
        """The rows on both maps of a sample of a side, by its place in the data set; -1 where it is not on one."""
        rows, shown = [-1, -1], self._sides[place].map
        own = np.flatnonzero(shown.index == one) if shown is not None else np.empty(0, np.intp)
        if len(own):
            rows[place] = int(own[0])
            rows[1 - place] = self._across(place, rows[place])
        return rows[LEFT], rows[RIGHT]

    def point(self, rows: tuple[int, int]) -> None:
        """Ring these rows as if the mouse were on them."""
        self._telling = True
        for side, row in zip(self._sides, rows, strict=True):
            side.plot.hover(row)
        self._telling = False

    def mark(self, rows: tuple[int, int]) -> None:
        """Keep rings on these rows."""
        for side, row in zip(self._sides, rows, strict=True):
            side.plot.mark(row)

    def _across(self, place: int, row: int) -> int:
        if self.link is None or row < 0:
            return -1
        found = self.link.across(np.array([row], np.intp), place)
        return int(found[0]) if len(found) else -1

    def _clicked(self, place: int, row: int) -> None:
        self._sides[1 - place].plot.mark(self._across(place, row))

    def _hovered(self, place: int, row: int) -> None:
        if self._telling:
            return
        self._telling = True
        self._sides[1 - place].plot.hover(self._across(place, row))
        self._telling = False
        shown = self._sides[place].map
        self._at = (place, row) if shown is not None and 0 <= row < len(shown.index) else None
        self.pointed.emit(place, int(shown.index[row]) if self._at is not None and shown is not None else -1)
        if self._at is None:
            self._dwell.stop()
            for side in self._sides:
                side.images.forget("hover")
                side.hover_card.hide()
        elif self._sides[place].hover_card.isVisible():
            self._show()
        else:
            self._dwell.start()

    def _show(self) -> None:
        if self._at is None:
            return
        wanted, (place, row) = self._at, self._at
        side = self._sides[place]
        if side.map is None or row >= len(side.map.index):
            return
        words = self._wearing.words(place, row)

        def show(images: list[np.ndarray]) -> None:
            if self._at == wanted:
                side.show_hover(images[0], words)

        def lost() -> None:
            if self._at == wanted:
                side.show_lost(words)

        side.images.want("hover", [int(side.map.index[row])], show, lost)
