"""A progress bar with a cancel button, for operations that take long."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from workbench.theme.palette import GAP
from workbench.widgets.room import keep_room

PATIENCE = 700  # ms; shorter operations are not shown


class BusyNotice(QFrame):
    """Shown in the status line while an operation runs that takes longer than PATIENCE. It keeps its space while it is hidden, so
    that nothing moves, and does not block the window."""

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
        """Show a text and the progress, `share` from 0 to 1."""
        self._label.setText(text)
        self._bar.setAccessibleName(text)
        self._bar.setValue(round(share * 100))
        if self.isHidden() and not self._soon.isActive():
            self.cancel_button.setEnabled(True)
            self._soon.start()

    def over(self) -> None:
        """Hide it: the operation is done or was cancelled."""
        self._soon.stop()
        self.hide()

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.cancelAsked.emit()
