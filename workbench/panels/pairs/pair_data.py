"""One space of a batch of pairs, and the image and view of each row of its similarity matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.study.pair_measures import class_order, partner
from workbench.bridge.pair_questions import Pairs, Space
from workbench.i18n.data_names import data_name


def figure(value: float) -> str:
    """A cosine or a share with two decimals: "0.81", "−0.21"."""
    return f"{value:.2f}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class PairData:
    """A batch of n images with two views each, in one space. Rows of the matrix (2n, 2n) are views: row i is view 1 of image i, row
    n + i is view 2 of image i."""

    pairs: Pairs
    space: str

    @property
    def data(self) -> Space:
        """The cosines and measures of the space."""
        return self.pairs.spaces[self.space]

    @property
    def images(self) -> int:
        """The number of images, n."""
        return len(self.pairs.index)

    def image(self, row: int) -> int:
        """The image of a view, 0 to n - 1."""
        return row % self.images

    def view(self, row: int) -> int:
        """The number of the view, 0 or 1."""
        return row // self.images

    def partner(self, row: int) -> int:
        """The row of the other view of the same image."""
        return partner(row, 2 * self.images)

    def pixels(self, row: int) -> np.ndarray:
        """The pixels of the view (s, s, 3)."""
        return np.asarray(self.pairs.views[self.view(row)][self.image(row)])

    def original(self, row: int) -> np.ndarray:
        """The stored image (S, S, 3)."""
        return np.asarray(self.pairs.originals[self.image(row)])

    def box(self, row: int) -> tuple[float, float, float, float]:
        """The crop of the view, (x0, y0, x1, y1) as fractions of the image."""
        x0, y0, x1, y1 = (float(edge) for edge in self.pairs.boxes[self.view(row)][self.image(row)])
        return x0, y0, x1, y1

    def drawn(self, row: int) -> Mapping[str, float]:
        """The augmentation parameters of the view by name; empty if unknown."""
        return self.pairs.drawn[self.view(row)][self.image(row)] if self.pairs.drawn else {}

    def class_of(self, row: int) -> str:
        """The name of the image's class; empty if unknown."""
        label = int(self.pairs.label[self.image(row)])
        if label < 0:
            return ""
        name = data_name(self.pairs.classes[label]) if label < len(self.pairs.classes) else str(label)
        # A number alone would not be recognised as a class.
        return QCoreApplication.translate("PairsPanel", "class {0}").format(name) if name.isdigit() else name

    def index(self, row: int) -> int:
        """The index of the image in the data set."""
        return int(self.pairs.index[self.image(row)])

    def name(self, row: int) -> str:
        """The name of the image in the data set; "" where it has none."""
        return self.pairs.names[self.image(row)] if self.pairs.names else ""

    @property
    def labelled(self) -> bool:
        """Whether the class of any image is known."""
        return bool((self.pairs.label >= 0).any())

    def order(self, by: str) -> np.ndarray:
        """(n,) the images ordered by "class", "cluster" or "index"."""
        if by == "class":
            return class_order(self.pairs.label)
        return self.data.clusters if by == "cluster" else np.arange(self.images)

    def grouped(self, by: str) -> tuple[np.ndarray, tuple[tuple[int, str], ...]]:
        """The images in an order, and the first place and the name of each class where they are ordered by class."""
        order = self.order(by)
        if by != "class" or not self.labelled:
            return order, ()
        names = [self.class_of(int(image)) for image in order]
        return order, tuple((at, name) for at, name in enumerate(names) if at == 0 or name != names[at - 1])
