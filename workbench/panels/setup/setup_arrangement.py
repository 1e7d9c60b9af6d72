"""Where the parts of Setup stand, so that the form gets the room that it needs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workbench.panels.setup.messages import Messages
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card

WIDE = 560  # px of width from which the form has a column of its own
TALL = 720  # px of height from which the data card stays while the form is scrolled
LOW = 560  # px of height below which the dry run is scrolled, too, and messages take less height
SIDE = 250  # px, the least width of the column beside the form


class SetupArrangement:
    """Data card, then the method card with the form and below it messages, dry run, and the buttons. In a low panel the data card
    is scrolled with the form, in a very low one the dry run, too, below the form; in a wide one data card, messages, dry run and
    buttons are in a column beside the form. It changes only with the size of the panel."""

    def __init__(
        self,
        panel: QWidget,
        data: Card,
        method: Card,
        scrolled: QVBoxLayout,
        messages: Messages,
        dry_run: QWidget,
        buttons: QWidget,
    ) -> None:
        self._data, self._method, self._scrolled = data, method, scrolled
        self._messages, self._dry_run, self._buttons = messages, dry_run, buttons
        self._mode = ""
        self._side = QWidget()
        self._side.setMinimumWidth(SIDE)
        self._beside = QVBoxLayout(self._side)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(WIDE_GAP - 2)
        frame = QFrame()
        frame.setObjectName("card")
        self._below = QVBoxLayout(frame)
        self._below.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        self._below.setSpacing(GAP)
        self._beside.addStretch(1)
        self._beside.addWidget(frame)
        self._stacked = QVBoxLayout()
        self._stacked.setSpacing(WIDE_GAP - 2)
        self._stacked.addWidget(method, 1)
        outer = QHBoxLayout(panel)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(WIDE_GAP - 2)
        outer.addWidget(self._side, 2)
        outer.addLayout(self._stacked, 3)
        self.fit(QSize(0, TALL))

    @property
    def mode(self) -> str:
        """ "stacked", "scrolled", "low" or "beside"."""
        return self._mode

    def fit(self, size: QSize) -> None:
        """Arrange the parts for a size of the panel."""
        height = size.height()
        stacked = "stacked" if height >= TALL else "scrolled" if height >= LOW else "low"
        mode = "beside" if size.width() >= WIDE else stacked
        if mode == self._mode:
            return
        self._mode = mode
        target = {"beside": self._beside, "stacked": self._stacked}.get(mode, self._scrolled)
        target.insertWidget(0, self._data)
        footer = self._below if mode == "beside" else self._method.body
        for part in (self._messages, self._dry_run, self._buttons):
            footer.addWidget(part)
        if mode == "low":
            self._scrolled.insertWidget(self._scrolled.count() - 1, self._dry_run)  # before the stretch
        self._messages.set_low(mode == "low")
        self._side.setVisible(mode == "beside")
