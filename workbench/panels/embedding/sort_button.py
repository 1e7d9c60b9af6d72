"""In which order the selected samples are shown: as they lie in the data, or by the number that colours the map."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

Order = Literal["data", "highest", "lowest"]


class SortButton(QToolButton):
    """A menu of three orders. It is there while a number colours the map and samples are selected. `chosen`: another one."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order: Order = "data"
        self.setObjectName("small")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("The order of the selected images"))
        menu, group = QMenu(self), QActionGroup(self)
        words: dict[Order, str] = {
            "data": self.tr("As in the data"),
            "highest": self.tr("Highest first"),
            "lowest": self.tr("Lowest first"),
        }
        self.actions_of: dict[Order, QAction] = {}
        for order, line in words.items():
            action = QAction(line, self, checkable=True)
            action.triggered.connect(lambda _=False, order=order: self.choose(order))
            group.addAction(action)
            menu.addAction(action)
            self.actions_of[order] = action
        self.setMenu(menu)
        self._write()
        self.hide()

    def choose(self, order: Order) -> None:
        """Sort so from now on."""
        self.order = order
        self._write()
        self.chosen.emit()

    def sorted(self, rows: NDArray[np.intp], values: NDArray[np.generic] | None) -> NDArray[np.intp]:
        """Rows of the map, rising, in the order that was chosen, by the values (n,) of all rows of the map; those without one come
        last. None: as they are."""
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
