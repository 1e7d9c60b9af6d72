"""The button of a panel that opens the dialog of figures for print."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget


class FigureButton(QPushButton):
    """A small button: a panel connects `clicked` to its `figureRequested`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Figure…"))
        self.setStyleSheet("padding: 3px 8px; min-height: 16px;")
        self.setToolTip(self.tr("A figure for print of what is shown: PDF, SVG, PNG or the clipboard (Ctrl+E)"))
