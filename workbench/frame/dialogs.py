"""The window's dialogs: confirmations, inputs, and About. Each function shows one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox, QWidget

translate = QCoreApplication.translate


def how_to_leave(parent: QWidget, waiting: int = 0) -> Literal["stop", "finish", ""]:
    """Ask how to close the window while a run trains: "stop" the run first, close when it and the `waiting` ones "finish", or stay
    open ("")."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    details = translate(
        "Window", "A stopped run keeps a checkpoint. When it is resumed, its numbers are the same as without the stop."
    )
    if waiting:
        box.setText(translate("Window", "A run is in progress, and {0} more are in the queue.").format(waiting))
        queue = translate(
            "Window",
            "If it is stopped, the queue is kept: the next start shows it, and starts it when you say so. If training is kept, the "
            "window closes when the whole queue is done.",
        )
        details = f"{details}\n\n{queue}"
    else:
        box.setText(translate("Window", "A run is in progress."))
    box.setInformativeText(details)
    stop = box.addButton(translate("Window", "Stop after this step and close"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(translate("Window", "Keep training, close when done"), QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(stop)
    box.exec()
    if box.clickedButton() is stop:
        return "stop"
    return "finish" if box.clickedButton() is keep else ""


def confirm_delete(parent: QWidget, title: str, folder: str) -> bool:
    """Ask whether to move a run to the bin."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("Window", "Move {0} to the bin?").format(title))
    box.setInformativeText(folder)
    yes = box.addButton(translate("Window", "Move to the bin"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is yes


def ask_name(parent: QWidget, name: str) -> str:
    """Ask for a run's new name; "" if the user cancels."""
    text, confirmed = QInputDialog.getText(parent, translate("Window", "Rename"), translate("Window", "Name"), text=name)
    return text.strip() if confirmed else ""


def ask_more_epochs(parent: QWidget, title: str, epochs: int) -> int:
    """Ask how many more epochs to train a run that has `epochs`; 0 if the user cancels."""
    text = translate(
        "Window",
        "{0} has {1} epochs. Train it for how many more?\n\nThe learning rate and the other schedules go on as those of a run of "
        "the new length: the rate rises again and falls to the new end.",
    ).format(title, epochs)
    more, confirmed = QInputDialog.getInt(parent, translate("Window", "Train longer"), text, epochs, 1, 100_000)
    return more if confirmed else 0


def confirm_gallery(parent: QWidget, minutes: int) -> bool:
    """Ask whether to train the example runs now: none are on this machine yet."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("Window", "The three example runs are not on this machine yet."))
    details = translate(
        "Window", "They are small: training them takes about {0} minutes on one core. They appear in the list of runs."
    )
    box.setInformativeText(details.format(minutes))
    train = box.addButton(translate("Window", "Train them now"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(translate("Window", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(train)
    box.exec()
    return box.clickedButton() is train


def show_about(parent: QWidget, root: Path) -> None:
    """Show what this program is, and where runs are stored."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(translate("Window", "About Parallax"))
    box.setText(
        translate(
            "Window", "Parallax, a workbench for self-supervised visual representation learning. MIT licence. Runs are kept in {0}."
        ).format(root)
    )
    box.exec()


def show_no_figure(parent: QWidget) -> None:
    """Say that nothing in view can be printed, and what can."""
    text = translate(
        "Window", "Nothing here can be printed yet. Show curves, a map, pairs, factors or evaluated runs, then try again."
    )
    QMessageBox.information(parent, translate("Window", "Figure for print"), text)
