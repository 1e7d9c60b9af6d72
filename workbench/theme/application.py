"""The current theme: dark, light, or the system's, applied to the whole application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from workbench.theme import tooltips
from workbench.theme.palette import DARK, LIGHT, Palette
from workbench.theme.style import application_font, qpalette, stylesheet

Choice = Literal["system", "dark", "light"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


class Theme(QObject):
    """The chosen theme and its palette; `changed` carries the new palette after it has been applied."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choice: Choice = "dark"
        self._palette = DARK
        self._base_font: QFont | None = None
        self._listening = False
        self._changing = False

    @property
    def changing(self) -> bool:
        """Whether the theme is being applied now: layouts that are computed meanwhile will be computed again."""
        return self._changing

    @property
    def choice(self) -> Choice:
        """The chosen theme; "system" follows the desktop."""
        return self._choice

    @property
    def palette(self) -> Palette:
        """The current palette."""
        return self._palette

    @contextmanager
    def unstyled(self) -> Iterator[None]:
        """The style sheet is applied at the end. While a window is built, Qt polishes a whole subtree again each time that it gets
        another parent: this took two thirds of the time. No window may be shown meanwhile."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setStyleSheet("")
        try:
            yield
        finally:
            app.setStyleSheet(stylesheet(self._palette))

    def apply(self, choice: Choice) -> None:
        """Apply a theme to the application. Needs a QApplication."""
        self._choice = choice
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("theme.apply needs a QApplication. Got none. Make one first.")
        if self._base_font is None:
            self._base_font = app.font()
            app.setStyle("Fusion")
            tooltips.install()
        if not self._listening:
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
            self._listening = True
        self._palette = _of(choice)
        app.setFont(application_font(self._base_font))
        app.setPalette(qpalette(self._palette))
        # When one style sheet replaces another, Qt polishes a widget once for itself and once more for each of its ancestors
        # (updateObjects in qstylesheetstyle.cpp), about twelve times in this window. If the old one is removed first, only once.
        self._changing = True
        try:
            app.setStyleSheet("")
            app.setStyleSheet(stylesheet(self._palette))
        finally:
            self._changing = False
        self.changed.emit(self._palette)

    def _system_changed(self) -> None:
        if self._choice == "system" and _of("system") is not self._palette:
            self.apply("system")


def _of(choice: Choice) -> Palette:
    if choice == "system":
        return LIGHT if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK
    return DARK if choice == "dark" else LIGHT
