"""A bar with a message: an error with what to do about it and the traceback behind a button, or news with the next steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from workbench.theme.palette import GAP, WIDE_GAP


class Notice(QFrame):
    """A bar over the upper edge of a widget, or over its lower edge if the mouse is at the upper one. It stays until it is closed,
    moves nothing below it, and does not block the window. `news`: it is for news instead of errors, lower, and the edges are
    exchanged. `settingAsked` carries the key of the setting that the message names."""

    settingAsked = Signal(str)

    def __init__(self, over: QWidget, news: bool = False) -> None:
        super().__init__(over)
        self._over = over
        self._home_below = self._below = news
        over.installEventFilter(self)
        self.setObjectName("news" if news else "notice")
        self.setAccessibleName(self.tr("News") if news else self.tr("Problem"))
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._key = ""
        self._setting = QPushButton(self.tr("To the setting"))
        self._setting.setObjectName("flat")
        self._setting.clicked.connect(lambda: self.settingAsked.emit(self._key))
        self._more = QPushButton(self.tr("Details"))
        self._more.setObjectName("flat")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._fold)
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setObjectName("flat")
        self._copy.clicked.connect(self._copied)
        close = QPushButton("✕")
        close.setObjectName("flat")
        close.setAccessibleName(self.tr("Close"))
        close.clicked.connect(self.hide)
        self._trace = QPlainTextEdit()
        self._trace.setReadOnly(True)
        self._trace.setMaximumHeight(180)
        self._trace.setAccessibleName(self.tr("Traceback"))
        self._steps: list[QPushButton] = []
        row = self._row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        row.addWidget(self._message, 1)
        for button in (self._setting, self._more, self._copy, close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, 1 if news else GAP // 2, GAP // 2, 1 if news else GAP // 2)
        box.addLayout(row)
        box.addWidget(self._trace)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown; empty while it is hidden."""
        return "" if self.isHidden() else self._message.text()

    def show_steps(self, message: str, steps: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Show news; it replaces the message before. `steps`: the text of a button for each next step, and what it does."""
        self.show_message(message)
        for text, act in steps:
            button = QPushButton(text)
            button.setStyleSheet("padding: 2px 8px;")
            button.clicked.connect(self.hide)
            button.clicked.connect(lambda _=False, act=act: act())
            self._row.insertWidget(1 + len(self._steps), button, 0, Qt.AlignmentFlag.AlignTop)
            self._steps.append(button)
            button.show()
        self._set_position()

    def show_message(self, message: str, remedy: str = "", traceback: str = "", key: str = "") -> None:
        """Show a message; it replaces the one before. `key`: of the setting that it names."""
        self._key = key
        self._setting.setVisible(bool(key))
        for button in self._steps:
            button.hide()
            button.deleteLater()
        self._steps = []
        self._message.setText(f"{message} {remedy}".strip())
        self._trace.setPlainText(traceback)
        self._more.setVisible(bool(traceback))
        self._copy.setVisible(bool(traceback))
        self._more.setChecked(False)
        self._fold(False)
        if self.isHidden():
            self._below = self._home_below
            self._set_position()
            # The user may be about to click what is below the mouse: the bar must not catch that click.
            self._below ^= self.geometry().contains(self._over.mapFromGlobal(QCursor.pos()))
        self.show()
        self._set_position()

    def _fold(self, open: bool) -> None:
        self._trace.setVisible(open)
        self._set_position()

    def _set_position(self) -> None:
        """Set the geometry: along the edge, as high as the message needs."""
        width = self._over.width()
        if (layout := self.layout()) is not None:
            layout.activate()
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        self.setGeometry(0, self._over.height() - height if self._below else 0, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the widget below."""
        if watched is self._over and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._set_position()
        return super().eventFilter(watched, event)

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._message.text()}\n\n{self._trace.toPlainText()}")
