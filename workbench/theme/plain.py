"""Text from elsewhere is text: names, notes and classes of a run of somebody else are never laid out as HTML.

The theme's stylesheet makes every label of the program a plain one, those of message boxes and tooltips too. A label that the
program itself fills with HTML is made by `rich`, and escapes what it puts there."""

from __future__ import annotations

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel


def rich(label: QLabel) -> None:
    """This label shows HTML, which the program itself writes. Text from elsewhere in it goes through `html.escape`."""
    label.setProperty("rich", True)
    label.setTextFormat(Qt.TextFormat.RichText)


def tip(text: str) -> str:
    """A text for a tooltip that Qt does not take for HTML, also where the program has no stylesheet: what looks like a tag gets
    an invisible space behind its bracket."""
    return text.replace("<", "<\u200b") if Qt.mightBeRichText(text) else text
