"""The card that shows the image under the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from workbench.plots.image_grid import Cell, ImageGrid


class HoverCard(QFrame):
    """A card with the image under the mouse and a text about it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.grid = ImageGrid(columns=1, least=96, most=96)
        self.grid.setFixedSize(96, 96)
        self.grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.label = QLabel()
        self.label.setObjectName("quiet")
        self.label.setWordWrap(True)
        self.label.setFixedWidth(96)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.grid)
        column.addWidget(self.label)
        self.hide()

    def show_image(self, image: np.ndarray, text: str) -> None:
        """Show an image, uint8 (H, W, 3) or (H, W), and a text."""
        self.grid.set_cells([Cell(image, text)])
        self._show_text(text, True)

    def show_lost(self, text: str) -> None:
        """Show the text of a sample whose image cannot be loaded, and that it cannot."""
        self._show_text("\n".join(part for part in (text, self.tr("no image: its data cannot be opened")) if part), False)

    def _show_text(self, text: str, image: bool) -> None:
        self.grid.setVisible(image)
        self.label.setText(text)
        self.label.setVisible(bool(text))
        self.adjustSize()
        self.show()
        self.raise_()
