"""Plain text: names, notes and classes from files are never interpreted as HTML.

The theme's style sheet sets the text format of every label to plain text, also in message boxes and tooltips. A label with HTML of
the program's own is marked by `rich`, and escapes the texts that are inserted."""

from __future__ import annotations

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel


def rich(label: QLabel) -> None:
    """Let a label show HTML written by the program. Other text in it must be escaped by `html.escape`."""
    label.setProperty("rich", True)
    label.setTextFormat(Qt.TextFormat.RichText)


def tip(text: str) -> str:
    """A text for a tooltip that Qt does not interpret as HTML, even without the style sheet: an invisible space is inserted after
    each "<"."""
    return text.replace("<", "<\u200b") if Qt.mightBeRichText(text) else text
