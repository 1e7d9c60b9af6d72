"""Two or more parts of a panel beside each other, whose widths the user sets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from workbench.theme.palette import WIDE_GAP


class Split(QSplitter):
    """A splitter whose sizes the window saves under `name`, and resets with its layout. `sizes`: the default size of each part, in
    px; space that is left is shared in their proportion."""

    def __init__(
        self,
        name: str,
        parts: Sequence[QWidget],
        sizes: Sequence[int],
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self.name = name
        self._sizes = list(sizes)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(WIDE_GAP - 2)
        for index, (part, size) in enumerate(zip(parts, sizes, strict=True)):
            self.addWidget(part)
            self.setStretchFactor(index, size)
        self.reset()

    def reset(self) -> None:
        """Set the default sizes."""
        self.setSizes(self._sizes)
