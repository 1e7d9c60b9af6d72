"""The card that shows the image under the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from workbench.plots.image_grid import Cell, ImageGrid
from workbench.widgets.elided_label import ElidedLabel

SIDE = 128


class HoverCard(QFrame):
    """A card with the image under the mouse, its file name and a text about it. A long name is elided in the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.grid = ImageGrid(columns=1, least=SIDE, most=SIDE)
        self.grid.setFixedSize(SIDE, SIDE)
        self.grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setFixedWidth(SIDE)
        self.label = QLabel()
        self.label.setObjectName("quiet")
        self.label.setWordWrap(True)
        self.label.setFixedWidth(SIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.grid)
        column.addWidget(self.name)
        column.addWidget(self.label)
        self.hide()

    def show_image(self, image: np.ndarray, text: str, name: str = "") -> None:
        """Show an image, uint8 (H, W, 3) or (H, W), a text and the name of its file."""
        self.grid.set_cells([Cell(image, text)])
        self._show_text(text, name, True)

    def show_lost(self, text: str, name: str = "") -> None:
        """Show the text of a sample whose image cannot be loaded, and that it cannot."""
        self._show_text("\n".join(part for part in (text, self.tr("no image: its data cannot be opened")) if part), name, False)

    def _show_text(self, text: str, name: str, image: bool) -> None:
        self.grid.setVisible(image)
        self.name.set_full_text(name)
        self.name.setVisible(bool(name))
        self.label.setText(text)
        self.label.setVisible(bool(text))
        self.adjustSize()
        self.show()
        self.raise_()
