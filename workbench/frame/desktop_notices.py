"""Notifications of the desktop: by the system tray where there is one, else by the program notify-send of Linux desktops.

Where both are missing, the window's entry in the task bar asks for attention, which every desktop supports. Qt 6 has no interface
for a progress bar in the task bar; it has one for a number on the program's icon, which macOS, Windows and some Linux desktops
show."""

from __future__ import annotations

import contextlib
import shutil

from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

SHOWN = 10_000  # ms
WITHOUT_DESKTOP = ("offscreen", "minimal", "vnc")


class DesktopNotices(QObject):
    """`clicked`: the user clicked a notification."""

    clicked = Signal()

    def __init__(self, window: QWidget, icon: QIcon) -> None:
        super().__init__(window)
        self._window, self._icon = window, icon
        self._tray: QSystemTrayIcon | None = None
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(SHOWN)
        self._over.timeout.connect(self.hide)

    def show(self, title: str, text: str) -> None:
        """Show a notification."""
        if QGuiApplication.platformName() in WITHOUT_DESKTOP:
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(self._icon, self)
                self._tray.messageClicked.connect(self.clicked)
                self._tray.activated.connect(lambda _: self.clicked.emit())
            self._tray.show()
            self._tray.showMessage(title, text, self._icon, SHOWN)
            self._over.start()
        elif program := shutil.which("notify-send"):
            QProcess.startDetached(program, ["--app-name=Parallax", "--", title, text])

    def hide(self) -> None:
        """Remove the icon from the system tray."""
        self._over.stop()
        if self._tray is not None:
            self._tray.hide()


def show_badge(percent: int) -> None:
    """Show a number on the program's icon, where the desktop supports it; 0 removes it."""
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        with contextlib.suppress(AttributeError):  # Qt before 6.5
            application.setBadgeNumber(percent)
