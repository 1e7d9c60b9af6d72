"""The menu of what the Invariance panel can be written to: a button, and the same menu over the chart and the table."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class ExportButton(QToolButton):
    """`requested` names what is to be made: "csv" or "figure"."""

    requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Export") + " ▾")
        self.setStyleSheet("padding: 3px 8px; min-height: 16px;")
        self.setAccessibleName(self.tr("Export the results"))
        self.setToolTip(self.tr("The chart as a figure for print (Ctrl+E), every number as CSV"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(self.make_menu(self))

    def make_menu(self, parent: QWidget) -> QMenu:
        """The menu."""
        menu = QMenu(parent)
        menu.addAction(self.tr("Figure…"), lambda: self.requested.emit("figure"))
        menu.addAction(self.tr("Export numbers as CSV…"), lambda: self.requested.emit("csv"))
        return menu

    def serve(self, part: QWidget) -> None:
        """Show the menu over a part too, by the right button and the menu key."""

        def show(position: QPoint) -> None:
            menu = self.make_menu(part)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(part.mapToGlobal(position))

        part.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        part.customContextMenuRequested.connect(show)
