"""The button that sorts the selected samples: in the order of the data, or by the number that colours the map."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

Order = Literal["data", "highest", "lowest"]


class SortButton(QToolButton):
    """A menu of three orders, visible if a number colours the map and several samples are selected. `chosen`: the order changed."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order: Order = "data"
        self.setObjectName("small")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("The order of the selected images"))
        menu, group = QMenu(self), QActionGroup(self)
        titles: dict[Order, str] = {
            "data": self.tr("As in the data"),
            "highest": self.tr("Highest first"),
            "lowest": self.tr("Lowest first"),
        }
        self.actions_of: dict[Order, QAction] = {}
        for order, title in titles.items():
            action = QAction(title, self, checkable=True)
            action.triggered.connect(lambda _=False, order=order: self.choose(order))
            group.addAction(action)
            menu.addAction(action)
            self.actions_of[order] = action
        self.setMenu(menu)
        self._write()
        self.hide()

    def choose(self, order: Order) -> None:
        """Set the order."""
        self.order = order
        self._write()
        self.chosen.emit()

    def sorted(self, rows: NDArray[np.intp], values: NDArray[np.generic] | None) -> NDArray[np.intp]:
        """Sort rows of the map, given in ascending order, by the values (n,) of all rows of the map; nan comes last. Without values
        the rows stay as they are."""
        self.setVisible(values is not None and len(rows) > 1)
        if values is None or self.order == "data":
            return rows
        keys = values[rows].astype(np.float64)
        return rows[np.argsort(keys if self.order == "lowest" else -keys, kind="stable")]

    def _write(self) -> None:
        action = self.actions_of[self.order]
        action.setChecked(True)
        self.setText(f"{action.text()} ▾")
        self.setAccessibleName(self.tr("Order: {0}").format(action.text()))
