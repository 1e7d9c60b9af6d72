"""Where a file is written: asked for, with the ending that it will have, and said where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

translate = QCoreApplication.translate


def export_as(parent: QWidget, name: str, write: Callable[[Path], object]) -> None:
    """Ask where to export a file that would be called `name`, and let `write` do it; an OSError of its is said."""
    title, ending = translate("Saving", "Export"), Path(name).suffix
    path = ask_path(parent, title, name, f"{ending[1:].upper()} (*{ending})")
    if path is None:
        return
    try:
        write(path)
    except OSError as error:
        QMessageBox.warning(parent, title, str(error))


def ask_path(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Where to write a file, with the ending of `name`; None where the person thought better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return with_ending(parent, Path(chosen), Path(name).suffix) if chosen else None


def with_ending(parent: QWidget, chosen: Path, ending: str, allowed: tuple[str, ...] = ()) -> Path | None:
    """The path with `ending`, where it has none that is `allowed` (`ending` is). None where a file of that name is there and is to
    stay: the dialog asked about the name as it was typed, which was another."""
    if chosen.suffix.lower() in (ending, *allowed):
        return chosen
    path = chosen.with_name(chosen.name + ending)
    if not path.exists():
        return path
    words = translate("Saving", "{0} is there already. Replace it?").format(path.name)
    answer = QMessageBox.question(parent, translate("Saving", "Replace the file"), words)
    return path if answer == QMessageBox.StandardButton.Yes else None
