"""Links the mouse of the two maps: the sample under the mouse is ringed on the other map too, and its image is shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.panels.versus.map_colouring import MapColouring
from workbench.panels.versus.map_link import LEFT, RIGHT, Link
from workbench.panels.versus.map_side import Side
from workbench.samples.sample_captions import Captions
from workbench.samples.shown_image import file_name

DWELL_MS = 120


class LinkedHover(QObject):
    """`pointed(side, index)`: the mouse is on a sample of a side. `index` is its index in the data set; -1 for no sample."""

    pointed = Signal(int, int)

    def __init__(self, sides: tuple[Side, Side], colouring: MapColouring, parent: QObject) -> None:
        super().__init__(parent)
        self._sides, self._colouring = sides, colouring
        self.link: Link | None = None
        self._current: tuple[int, int] | None = None
        self._updating = False
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._show)
        for side_index, side in enumerate(sides):
            side.plot.hovered.connect(lambda row, side_index=side_index: self._hovered(side_index, row))
            side.plot.clicked.connect(lambda row, side_index=side_index: self._clicked(side_index, row))

    def stop(self) -> None:
        """Do not show the image that is waiting for the mouse to rest."""
        self._dwell.stop()

    def rows_of(self, side_index: int, index: int) -> tuple[int, int]:
        """The rows on both maps of a sample of a side, by its index in the data set; -1 for a map that does not have it."""
        rows, shown = [-1, -1], self._sides[side_index].map
        own = np.flatnonzero(shown.index == index) if shown is not None else np.empty(0, np.intp)
        if len(own):
            rows[side_index] = int(own[0])
            rows[1 - side_index] = self._across(side_index, rows[side_index])
        return rows[LEFT], rows[RIGHT]

    def point(self, rows: tuple[int, int]) -> None:
        """Draw the hover ring around these rows of the two maps; -1 for none."""
        self._updating = True
        for side, row in zip(self._sides, rows, strict=True):
            side.plot.hover(row)
        self._updating = False

    def mark(self, rows: tuple[int, int]) -> None:
        """Draw a lasting ring around these rows of the two maps; -1 for none."""
        for side, row in zip(self._sides, rows, strict=True):
            side.plot.mark(row)

    def _across(self, side_index: int, row: int) -> int:
        if self.link is None or row < 0:
            return -1
        other_rows = self.link.across(np.array([row], np.intp), side_index)
        return int(other_rows[0]) if len(other_rows) else -1

    def _clicked(self, side_index: int, row: int) -> None:
        self._sides[1 - side_index].plot.mark(self._across(side_index, row))

    def _hovered(self, side_index: int, row: int) -> None:
        if self._updating:
            return
        self._updating = True
        self._sides[1 - side_index].plot.hover(self._across(side_index, row))
        self._updating = False
        shown = self._sides[side_index].map
        self._current = (side_index, row) if shown is not None and 0 <= row < len(shown.index) else None
        self.pointed.emit(side_index, int(shown.index[row]) if self._current is not None and shown is not None else -1)
        if self._current is None:
            self._dwell.stop()
            for side in self._sides:
                side.images.forget("hover")
                side.hover_card.hide()
        elif self._sides[side_index].hover_card.isVisible():
            self._show()
        else:
            self._dwell.start()

    def _show(self) -> None:
        if self._current is None:
            return
        current, (side_index, row) = self._current, self._current
        side = self._sides[side_index]
        if side.map is None or row >= len(side.map.index):
            return
        text, name = self._colouring.text(side_index, row), file_name(side.name_of(row))

        index = int(side.map.index[row])

        def show(images: list[np.ndarray], captions: Captions) -> None:
            if self._current == current:
                side.show_hover(images[0], text, name, captions)
                side.images.want_clip(index, play)

        def play(clip: np.ndarray) -> None:
            if self._current == current:
                side.hover_card.show_clip(clip)

        def show_missing() -> None:
            if self._current == current:
                side.show_lost(text, name)

        def receive_captions(captions: Captions) -> None:
            if self._current == current:
                side.images.want("hover", [index], lambda images: show(images, captions), show_missing)

        side.captions.want(index, receive_captions)
