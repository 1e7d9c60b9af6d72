"""The images of both maps: opened large, and their menu, as in the Map panel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from workbench.bridge.ask import Ask
from workbench.panels.versus.map_colouring import MapColouring
from workbench.panels.versus.map_link import LEFT, RIGHT
from workbench.panels.versus.map_side import Side
from workbench.plots.thumbnails import Thumbnails
from workbench.samples.image_actions import ImageActions, More
from workbench.samples.shown_image import ImageContext


class MapImages(QObject):
    """The commands for the images of each side, which are of its run and epoch. `actions`: those of the left and of the right side.
    `chosen(side, index)`: show this sample on the maps."""

    chosen = Signal(int, int)

    def __init__(self, sides: tuple[Side, Side], asks: tuple[Ask, Ask], colouring: MapColouring, parent: QWidget) -> None:
        super().__init__(parent)
        self._sides, self._colouring = sides, colouring
        self.actions = tuple(ImageActions(ask, parent) for ask in asks)
        for number, side in enumerate(sides):
            side.plot.opened.connect(lambda row, number=number: self._open_row(number, row))
            side.plot.menuRequested.connect(lambda row, at, number=number: self._show_row_menu(number, row, at))
            self.actions[number].chosen.connect(lambda index, number=number: self.chosen.emit(number, index))
            self.actions[number].failed.connect(side.show_note)

    def connect_thumbnails(self, images: Thumbnails, side_of: Callable[[], int]) -> None:
        """Open the images of a grid, and show their menu. `side_of()`: the side to whose data set they belong."""
        images.opens = True
        images.opened.connect(lambda position: self.open_samples(side_of(), images.ids, position))
        images.menuRequested.connect(lambda position, at: self._show_menu(side_of(), images.ids, position, at))

    def update(self) -> None:
        """The maps changed: a window with an image of another run is closed, one of another epoch is read again."""
        for number in (LEFT, RIGHT):
            if self.actions[number].viewer is not None:
                self._update_context(number)

    def open_samples(self, number: int, indices: NDArray[np.int64], position: int) -> None:
        """Open an image of a list, by their indices in a side's data set."""
        self._update_context(number)
        self.actions[number].open_samples(indices, position)

    def _open_row(self, number: int, row: int) -> None:
        shown, plot = self._sides[number].map, self._sides[number].plot
        if shown is None or not 0 <= row < len(shown.index):
            return
        rows = plot.selected if row in plot.selected else np.arange(len(shown.index))
        self.open_samples(number, shown.index[rows], int(np.flatnonzero(rows == row)[0]))

    def _show_row_menu(self, number: int, row: int, at: QPoint) -> None:
        shown = self._sides[number].map
        if shown is None or not 0 <= row < len(shown.index):
            return
        index = int(shown.index[row])
        mark: More = (("", lambda: None), (self.tr("Mark on both maps"), lambda: self.chosen.emit(number, index)))
        self._update_context(number)
        actions = self.actions[number]
        actions.show_menu(actions.context.image(index), at, lambda: self._open_row(number, row), mark)

    def _show_menu(self, number: int, indices: NDArray[np.int64], position: int, at: QPoint) -> None:
        self._update_context(number)
        actions = self.actions[number]
        image = actions.context.image(int(indices[position]))
        actions.show_menu(image, at, lambda: self.open_samples(number, indices, position))

    def _update_context(self, number: int) -> None:
        side = self._sides[number]
        shown, data = side.map, side.spaces.data or {}
        if shown is None:
            self.actions[number].set_context(ImageContext(side.choice.folder, data))
            return
        rows = {int(index): row for row, index in enumerate(shown.index.tolist())}
        self.actions[number].set_context(
            ImageContext.of_map(
                shown,
                data,
                about=lambda index: self._colouring.text(number, rows.get(index, -1)),
                name_of=lambda index: side.name_of(rows.get(index, -1)),
            )
        )
