"""Where a file is written: asked for, with the ending that it will have."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

translate = QCoreApplication.translate


def with_ending(parent: QWidget, chosen: Path, ending: str, allowed: tuple[str, ...] = ()) -> Path | None:
    """The path with `ending`, where it has none that is `allowed` (`ending` is). None where a file of that name is there and is to
    stay: the dialog asked about the name as it was typed, which was another."""
    if chosen.suffix.lower() in (ending, *allowed):
        return chosen
    place = chosen.with_name(chosen.name + ending)
    if not place.exists():
        return place
    words = translate("Saving", "{0} is there already. Replace it?").format(place.name)
    answer = QMessageBox.question(parent, translate("Saving", "Replace the file"), words)
    return place if answer == QMessageBox.StandardButton.Yes else None
