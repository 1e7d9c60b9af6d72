"""Dialogs for saving a file: ask for its path, add the suffix, report errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

translate = QCoreApplication.translate


def export_as(parent: QWidget, name: str, write: Callable[[Path], object]) -> None:
    """Ask where to export a file, with `name` as default, and call `write` with the path; its OSError is shown in a message box."""
    title, ending = translate("Saving", "Export"), Path(name).suffix
    path = ask_path(parent, title, name, f"{ending[1:].upper()} (*{ending})")
    if path is None:
        return
    try:
        write(path)
    except OSError as error:
        QMessageBox.warning(parent, title, str(error))


def ask_path(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Ask where to write a file; the path has the suffix of `name`. None if the user cancels."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return with_ending(parent, Path(chosen), Path(name).suffix) if chosen else None


def with_ending(parent: QWidget, chosen: Path, ending: str, allowed: tuple[str, ...] = ()) -> Path | None:
    """The path with `ending` added, unless its suffix is `ending` or in `allowed`. Asks before it names an existing file, because
    the file dialog asked about the name without the suffix; None if the user declines."""
    if chosen.suffix.lower() in (ending, *allowed):
        return chosen
    path = chosen.with_name(chosen.name + ending)
    if not path.exists():
        return path
    question = translate("Saving", "{0} is there already. Replace it?").format(path.name)
    answer = QMessageBox.question(parent, translate("Saving", "Replace the file"), question)
    return path if answer == QMessageBox.StandardButton.Yes else None
