"""What is shown of an answer: one of its spaces, and what each row of its matrix stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.study.pair_measures import class_order, partner
from workbench.bridge.pair_questions import Pairs, Space
from workbench.i18n.data_names import data_name


def figure(value: float) -> str:
    """A cosine or a share, two places: "0.81", "−0.21"."""
    return f"{value:.2f}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class Shown:
    """Rows of the matrix are views: `row` < n is view 1 of image `row`, n + i is view 2 of image i."""

    pairs: Pairs
    space: str

    @property
    def data(self) -> Space:
        """The figures of the space."""
        return self.pairs.spaces[self.space]

    @property
    def images(self) -> int:
        """How many there are."""
        return len(self.pairs.index)

    def image(self, row: int) -> int:
        """Which image a view is of."""
        return row % self.images

    def view(self, row: int) -> int:
        """Which view it is, 0 or 1."""
        return row // self.images

    def partner(self, row: int) -> int:
        """The other view of the same image."""
        return partner(row, 2 * self.images)

    def pixels(self, row: int) -> np.ndarray:
        """The view (s, s, 3)."""
        return np.asarray(self.pairs.views[self.view(row)][self.image(row)])

    def original(self, row: int) -> np.ndarray:
        """The stored image (S, S, 3)."""
        return np.asarray(self.pairs.originals[self.image(row)])

    def box(self, row: int) -> tuple[float, float, float, float]:
        """The view's crop, x0 y0 x1 y1 as shares of the image."""
        x0, y0, x1, y1 = (float(edge) for edge in self.pairs.boxes[self.view(row)][self.image(row)])
        return x0, y0, x1, y1

    def drawn(self, row: int) -> Mapping[str, float]:
        """The view's drawn values by name; empty where they are not known."""
        return self.pairs.drawn[self.view(row)][self.image(row)] if self.pairs.drawn else {}

    def class_of(self, row: int) -> str:
        """The image's class; empty where unknown."""
        label = int(self.pairs.label[self.image(row)])
        if label < 0:
            return ""
        name = data_name(self.pairs.classes[label]) if label < len(self.pairs.classes) else str(label)
        # A bare number beside a picture could be anything.
        return QCoreApplication.translate("PairsPanel", "class {0}").format(name) if name.isdigit() else name

    def place(self, row: int) -> int:
        """The image's number in the data set."""
        return int(self.pairs.index[self.image(row)])

    @property
    def labelled(self) -> bool:
        """Whether the class of any image is known."""
        return bool((self.pairs.label >= 0).any())

    def order(self, by: str) -> np.ndarray:
        """(n,) the images in the order of their "class", "cluster" or "index"."""
        if by == "class":
            return class_order(self.pairs.label)
        return self.data.clusters if by == "cluster" else np.arange(self.images)
