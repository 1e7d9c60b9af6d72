"""The card with thumbnails of the selected samples, ordered by how many neighbours changed, most first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from workbench.bridge.versus_questions import Compared
from workbench.plots.thumbnails import Thumbnails
from workbench.widgets.card import Card

MOVED = 24


class SelectedCard(Card):
    """`movedRequested`: select the samples whose neighbours changed most. `clearRequested`: clear the selection."""

    movedRequested = Signal()
    clearRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Selected"))
        self.thumbnails = Thumbnails(columns=11, least=40, most=52)
        self.thumbnails.setAccessibleName(self.tr("Selected images"))
        self.thumbnails.set_empty(self.tr("Draw a rectangle or a lasso on a map, or press “Moved most”."))
        self.moved, self.clear = QPushButton(self.tr("Moved most")), QPushButton(self.tr("None"))
        self.moved.setToolTip(
            self.tr("Select the {0} samples with the fewest nearest neighbours in common between the two spaces").format(MOVED)
        )
        self.clear.setToolTip(self.tr("Select nothing (Escape on a map)"))
        self.clear.setAccessibleName(self.tr("Select nothing"))
        for button, signal in ((self.moved, self.movedRequested), (self.clear, self.clearRequested)):
            button.setStyleSheet("padding: 2px 8px; min-height: 0;")
            button.clicked.connect(signal)
            self.corner.addWidget(button)
        self.body.addWidget(self.thumbnails, 1)

    def show_samples(self, ids: NDArray[np.int64], comparison: Compared | None, describe: Callable[[int], str]) -> None:
        """Show these samples, given by their indices in the data set, in this order. `describe(index)`: the text about a sample."""
        kept: dict[int, int] = {}
        if comparison is not None and len(ids):
            shared = np.isin(comparison.index, ids)
            counts = np.rint(comparison.kept[shared] * comparison.k).astype(int)
            kept = {int(one): int(count) for one, count in zip(comparison.index[shared], counts, strict=True)}

        def text(row: int) -> str:
            index = int(ids[row])
            if comparison is None or index not in kept:
                return describe(index)
            near = self.tr("{0} of its {1} nearest are the same in both spaces").format(kept[index], comparison.k)
            return " · ".join(part for part in (describe(index), near) if part)

        captions = []
        if comparison is not None and kept:
            captions = [self.tr("{0} of {1}").format(kept[int(one)], comparison.k) if int(one) in kept else "" for one in ids]
        if not np.array_equal(self.thumbnails.ids, ids) or list(self.thumbnails.captions) != captions:
            self.thumbnails.set_items(ids, text, captions)
        self.clear.setEnabled(bool(len(ids)))
        if not len(ids):
            self.set_state("")
            return
        count = f"{len(ids):,}"
        self.set_state(
            self.tr("{0}, fewest neighbours kept first").format(count) if kept else count,
            self.tr("Below each image: how many of its nearest samples are the same in both spaces"),
        )
