"""The runs that waited when the program was closed: queue them again, or discard them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.theme.palette import GAP


class SavedRuns(QFrame):
    """Hidden while there are none. `queueAsked`, `discardAsked`: what a person decided."""

    queueAsked = Signal()
    discardAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Runs that were in the queue"))
        self._text = QLabel()
        self._text.setWordWrap(True)
        self.queue_button = QPushButton(self.tr("Queue again"))
        self.queue_button.clicked.connect(self.queueAsked)
        self.discard_button = QPushButton(self.tr("Discard"))
        self.discard_button.setObjectName("flat")
        self.discard_button.clicked.connect(self.discardAsked)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.queue_button)
        buttons.addWidget(self.discard_button)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, GAP)
        box.setSpacing(GAP)
        box.addWidget(self._text)
        box.addLayout(buttons)
        self.hide()

    def show_runs(self, titles: list[str]) -> None:
        """Offer these runs; none hides the card."""
        if len(titles) == 1:
            self._text.setText(self.tr("1 run was in the queue when the program was closed: {0}").format(titles[0]))
        else:
            self._text.setText(self.tr("{0} runs were in the queue when the program was closed.").format(f"{len(titles):,}"))
        shown = titles[:20] + (["…"] if len(titles) > 20 else [])
        self.setAccessibleDescription("\n".join(shown))
        self.setVisible(bool(titles))
