"""What the window has again at the next start: its size, all widths, and what each panel keeps."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from workbench.frame.panel_host import PanelHost
from workbench.frame.workspaces import Workspaces


class WindowState:
    """Saves into a person's settings and restores from them; what was never saved stays as it is."""

    def __init__(self, settings: QSettings, window: QWidget, workspaces: Workspaces, host: PanelHost) -> None:
        self._settings, self._window = settings, window
        self._workspaces, self._host = workspaces, host

    def restore(self) -> None:
        """As it was when it was saved last."""
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        self._workspaces.restore(self._settings)
        self._host.call_all(lambda panel: panel.restore(self._settings))

    def save(self) -> None:
        """Keep everything."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._workspaces.save(self._settings)
        self.save_panels()

    def save_panels(self) -> None:
        """Keep what panels keep, the draft of the next run among it."""
        self._host.call_all(lambda panel: panel.save(self._settings))
