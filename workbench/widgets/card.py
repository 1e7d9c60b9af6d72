"""A card: the titled frame around the contents of a panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.elided_label import ElidedLabel


class Card(QFrame):
    """A frame with a title at the left and a state in a quiet colour at the right.

    Contents are added to `body`, a vertical layout; small controls beside the state to `corner`, a horizontal one."""

    def __init__(self, title: str, state: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(title)
        self._title = QLabel(title)
        self._title.setObjectName("cardTitle")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        # A long state ends in an ellipsis instead of widening the card.
        self._state = ElidedLabel()
        self._state.setObjectName("quiet")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.set_state(state)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self._title)
        head.addWidget(self._state, 1)
        self.corner = QHBoxLayout()
        self.corner.setSpacing(GAP // 2)
        head.addLayout(self.corner)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(WIDE_GAP, GAP + 2, WIDE_GAP, WIDE_GAP)
        outer.setSpacing(GAP)
        outer.addLayout(head)
        outer.addLayout(self.body, 1)

    def set_narrow(self, narrow: bool) -> None:
        """Without title and state and with narrow margins, for a card that is folded to a strip; or as usual."""
        side = GAP // 2 if narrow else WIDE_GAP
        self._title.setVisible(not narrow)
        self._state.setVisible(not narrow)
        self._outer.setContentsMargins(side, GAP + 2, side, WIDE_GAP)

    @property
    def title(self) -> str:
        """The text at the left of the header."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Set the text at the left of the header."""
        self._title.setText(title)
        self.setAccessibleName(title)

    @property
    def state(self) -> str:
        """The text at the right of the header."""
        return self._state.full_text

    def set_state(self, state: str, help: str = "", shorter: Sequence[str] = ()) -> None:
        """Set the text at the right of the header; `help` is its tooltip, else the whole text; `shorter`: what is shown where it
        does not fit."""
        self._state.set_full_text(state, shorter)
        if help:
            self._state.setToolTip(tip(help))
