"""Something that takes long, shown with a bar and a button that cancels it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from workbench.theme.palette import GAP
from workbench.widgets.room import keep_room

PATIENCE = 700  # ms; what is done sooner is not shown


class BusyNotice(QFrame):
    """Appears in the window's lowest line where something takes longer than a moment, and goes when it is over. Its place is kept
    while it is hidden, so that nothing moves. It never blocks."""

    cancelAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setObjectName("quiet")
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setObjectName("flat")
        self.cancel_button.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._label)
        row.addWidget(self._bar)
        row.addWidget(self.cancel_button)
        keep_room(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PATIENCE)
        self._soon.timeout.connect(self.show)
        self.hide()

    @property
    def text(self) -> str:
        """The text that is shown; empty while none is."""
        return "" if self.isHidden() else self._label.text()

    def show_progress(self, text: str, share: float) -> None:
        """Show how far it is, 0 to 1, with a text."""
        self._label.setText(text)
        self._bar.setAccessibleName(text)
        self._bar.setValue(round(share * 100))
        if self.isHidden() and not self._soon.isActive():
            self.cancel_button.setEnabled(True)
            self._soon.start()

    def over(self) -> None:
        """It is done, or was cancelled."""
        self._soon.stop()
        self.hide()

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.cancelAsked.emit()
