"""The state of the window that is saved for the next start: its geometry, the widths of panels, and each panel's own state."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from workbench.frame.panel_host import PanelHost
from workbench.frame.workspaces import Workspaces


class WindowState:
    """Saves the state to the user's QSettings and restores it; what was never saved keeps its default."""

    def __init__(self, settings: QSettings, window: QWidget, workspaces: Workspaces, host: PanelHost) -> None:
        self._settings, self._window = settings, window
        self._workspaces, self._host = workspaces, host

    def restore(self) -> None:
        """Restore the last saved state."""
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        self._workspaces.restore(self._settings)
        self._host.call_all(lambda panel: panel.restore(self._settings))

    def save(self) -> None:
        """Save everything."""
        self._settings.setValue("window/geometry", self._window.saveGeometry())
        self._workspaces.save(self._settings)
        self.save_panels()

    def save_panels(self) -> None:
        """Save the state of the panels, including the draft of the next run."""
        self._host.call_all(lambda panel: panel.save(self._settings))
