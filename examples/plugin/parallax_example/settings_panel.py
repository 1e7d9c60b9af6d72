"""A panel: the settings of the selected run as the text of its config.yaml, to read and to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout

from workbench.panel import Panel, PanelRow


class SettingsPanel(Panel):
    """Read-only text, or a line that says why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Settings as text")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Settings of the run")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)
        self.show_run(None)

    def show_run(self, folder: str | None) -> None:
        """The config.yaml of the selected run."""
        if folder is None:
            self.text.setPlainText("No run is selected.")
            return
        try:
            self.text.setPlainText((Path(folder) / "config.yaml").read_text(encoding="utf-8"))
        except OSError as error:
            self.text.setPlainText(f"config.yaml cannot be read: {error.strerror}.")


ROW = PanelRow("settings_text", "explore", 1024, True, lambda context: SettingsPanel(), behind="embedding")
