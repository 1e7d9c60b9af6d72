"""The selected samples as thumbnails, those whose neighbours changed most first."""

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
    """`movedAsked`: select those whose neighbours changed most. `clearAsked`: select nothing."""

    movedAsked = Signal()
    clearAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Selected"))
        self.thumbnails = Thumbnails(columns=11, least=40, most=52)
        self.thumbnails.setAccessibleName(self.tr("Selected images"))
        self.thumbnails.set_empty(self.tr("Draw a rectangle or a lasso on a map, or press “Moved most”."))
        self.moved, self.clear = QPushButton(self.tr("Moved most")), QPushButton(self.tr("None"))
        self.moved.setToolTip(
            self.tr("Select the {0} samples that kept fewest of their nearest neighbours from one space to the other").format(MOVED)
        )
        self.clear.setToolTip(self.tr("Select nothing (Escape on a map)"))
        self.clear.setAccessibleName(self.tr("Select nothing"))
        for button, said in ((self.moved, self.movedAsked), (self.clear, self.clearAsked)):
            button.setStyleSheet("padding: 2px 8px; min-height: 0;")
            button.clicked.connect(said)
            self.corner.addWidget(button)
        self.body.addWidget(self.thumbnails, 1)

    def show_samples(self, ids: NDArray[np.int64], found: Compared | None, known: Callable[[int], str]) -> None:
        """These samples, in this order. `known`: what is known of one, by its place in the data set."""
        kept: dict[int, int] = {}
        if found is not None and len(ids):
            mine = np.isin(found.index, ids)
            counts = np.rint(found.kept[mine] * found.k).astype(int)
            kept = {int(one): int(count) for one, count in zip(found.index[mine], counts, strict=True)}

        def words(at: int) -> str:
            one = int(ids[at])
            if found is None or one not in kept:
                return known(one)
            near = self.tr("{0} of its {1} nearest are the same in both spaces").format(kept[one], found.k)
            return " · ".join(word for word in (known(one), near) if word)

        captions = []
        if found is not None and kept:
            captions = [self.tr("{0} of {1}").format(kept[int(one)], found.k) if int(one) in kept else "" for one in ids]
        if not np.array_equal(self.thumbnails.ids, ids) or list(self.thumbnails.captions) != captions:
            self.thumbnails.set_items(ids, words, captions)
        self.clear.setEnabled(bool(len(ids)))
        if not len(ids):
            self.set_state("")
            return
        count = f"{len(ids):,}"
        self.set_state(
            self.tr("{0}, those that kept fewest neighbours first").format(count) if kept else count,
            self.tr("Below each image: how many of its nearest samples are the same in both spaces"),
        )
