"""Build the window as the program does."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from workbench import theme
from workbench.bridge.bridge import Bridge
from workbench.window import Window


def build_window(bridge: Bridge, settings: QSettings) -> Window:
    """A window that is not shown yet, built without the style sheet, which takes a third of the time."""
    with theme.unstyled():
        return Window(bridge, settings)
