"""The card that shows the image under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from workbench.plots.image_grid import Cell, ImageGrid
from workbench.samples.sample_captions import in_short
from workbench.widgets.elided_label import ElidedLabel

SIDE = 128
# px of the texts of an image with captions.
WIDE = 208


class HoverCard(QFrame):
    """A card with the image under the mouse, its file name, a text about it and its first caption. A long name is elided in the
    middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.grid = ImageGrid(columns=1, least=SIDE, most=SIDE)
        self.grid.setFixedSize(SIDE, SIDE)
        self.grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.grid.plays_always = True
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setFixedWidth(SIDE)
        self.caption, self.more, self.label = QLabel(), QLabel(), QLabel()
        for label in (self.more, self.label):
            label.setObjectName("quiet")
        for label in (self.caption, self.label):
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.grid)
        column.addWidget(self.name)
        for label in (self.label, self.caption, self.more):
            column.addWidget(label)
        self.hide()

    def show_image(self, image: np.ndarray, text: str, name: str = "", captions: Sequence[str] = ()) -> None:
        """Show an image, uint8 (H, W, 3) or (H, W), a text, the name of its file and the first of its captions."""
        self.grid.set_cells([Cell(image, text)])
        self._show_text(text, name, True, captions)

    def show_clip(self, clip: np.ndarray) -> None:
        """Play the frames (T, H, W, 3) of the clip of which the image that is shown is one."""
        if self.isVisible() and self.grid.cells:
            self.grid.set_cells([replace(self.grid.cells[0], clip=clip)])

    def show_lost(self, text: str, name: str = "") -> None:
        """Show the text of a sample whose image cannot be loaded, and that it cannot."""
        self._show_text("\n".join(part for part in (text, self.tr("no image: its data cannot be opened")) if part), name, False, ())

    def _show_text(self, text: str, name: str, image: bool, captions: Sequence[str]) -> None:
        self.grid.setVisible(image)
        self.name.set_full_text(name)
        self.name.setVisible(bool(name))
        width = WIDE if captions else SIDE
        self.name.setFixedWidth(width)
        first, more = in_short(captions)
        for label, words in ((self.label, text), (self.caption, first), (self.more, more)):
            label.setFixedWidth(width)
            label.setText(words)
            label.setVisible(bool(words))
        self.adjustSize()
        self.show()
        self.raise_()
