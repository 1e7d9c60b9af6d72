"""The error of one panel, shown over it: what happened, what to do about it, and the traceback behind a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from workbench.theme.palette import GAP
from workbench.widgets.card import Card


class PanelError(Card):
    """Covers a whole panel, whose controls are disabled meanwhile, or its top. `retryAsked`: "Try again" was pressed."""

    retryAsked = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__("", parent=panel)
        self._panel = panel
        self._covered: list[QWidget] = []
        self._whole = True
        self.set_title(self.tr("Error in this panel"))
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setTextFormat(Qt.TextFormat.PlainText)  # it contains names of runs, which may be any text
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.retry = QPushButton(self.tr("Try again"))
        self.retry.clicked.connect(self.retryAsked)
        self.details = QPushButton(self.tr("Details"))
        self.details.setObjectName("flat")
        self.details.setCheckable(True)
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setObjectName("flat")
        self._copy.clicked.connect(self._copied)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.clear)
        self._trace = QPlainTextEdit()
        self._trace.setReadOnly(True)
        self._trace.setAccessibleName(self.tr("Traceback"))
        self._trace.hide()
        self.details.toggled.connect(self._fold)
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        for button in (self.retry, self.close_button, self.details, self._copy):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addWidget(self._message)
        self.body.addLayout(row)
        self.body.addWidget(self._trace, 1)
        self.body.addStretch(0)
        panel.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown; empty while none is."""
        return "" if self.isHidden() else self._message.text()

    @property
    def whole(self) -> bool:
        """Whether an error covers the whole panel now."""
        return not self.isHidden() and self._whole

    def show_error(self, message: str, remedy: str, traceback: str, *, whole: bool = True) -> None:
        """Show an error. `whole`: it covers the panel, which cannot be used; else a bar at the top, which can be closed."""
        self._message.setText(f"{message} {remedy}".strip())
        self._trace.setPlainText(traceback)
        self.details.setChecked(False)
        self._whole = whole
        self.retry.setVisible(whole)
        self.close_button.setVisible(not whole)
        if whole and not self._covered:
            below = [one for one in self._panel.children() if isinstance(one, QWidget) and one is not self and not one.isWindow()]
            self._covered = [one for one in below if one.isEnabledTo(self._panel)]
            for one in self._covered:
                one.setEnabled(False)
        self.show()
        self.raise_()
        self._fit()

    def clear(self) -> None:
        """Hide the error and enable the panel's controls."""
        covered, self._covered = self._covered, []
        for one in covered:
            one.setEnabled(True)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the panel."""
        if watched is self._panel and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room = self._panel.rect()
        if not self._whole:
            room.setHeight(min(room.height(), max(self.heightForWidth(room.width()), self.minimumSizeHint().height())))
        self.setGeometry(room)

    def _fold(self, open: bool) -> None:
        self._trace.setVisible(open)
        self._fit()

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._message.text()}\n\n{self._trace.toPlainText()}")
