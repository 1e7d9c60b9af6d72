"""What can be done by key: from a row of the window's table to a Qt action, the menu, and the list of all keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QMenu, QWidget

from workbench.i18n.load import LANGUAGES

translate = QCoreApplication.translate


@dataclass(frozen=True)
class ActionRow:
    """One thing that a key does. `slot` names a method of the window, `given` what it is called with."""

    id: str
    key: str
    slot: str
    given: tuple[str, ...] = ()


def make_actions(window: QWidget, rows: Sequence[ActionRow]) -> dict[str, QAction]:
    """An action a row, by id, live in the whole window."""
    words = _words()
    made = {}
    for row in rows:
        action = QAction(words[row.id], window)
        action.setShortcut(QKeySequence(row.key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _=False, row=row: getattr(window, row.slot)(*row.given))
        window.addAction(action)
        made[row.id] = action
    return made


def _words() -> dict[str, str]:
    return {
        "prepare": translate("Window", "Prepare"),
        "train": translate("Window", "Train"),
        "explore": translate("Window", "Explore"),
        "compare": translate("Window", "Compare"),
        "start": translate("Window", "Start, or add to the queue"),
        "pause": translate("Window", "Pause or go on"),
        "stop": translate("Window", "Stop after this step"),
        "checkpoint": translate("Window", "Checkpoint now"),
        "new": translate("Window", "New run"),
        "find": translate("Window", "Filter runs"),
        "search": translate("Window", "Search settings"),
        "card": translate("Window", "To the next card"),
        "card_back": translate("Window", "To the card before"),
        "theme": translate("Window", "Dark or light"),
        "folder": translate("Window", "Open the folder of runs"),
        "layout": translate("Window", "Reset the layout"),
        "full": translate("Window", "Full screen"),
        "keys": translate("Window", "Keyboard shortcuts"),
        "quit": translate("Window", "Quit"),
    }


def main_menu(
    parent: QWidget,
    actions: Mapping[str, QAction],
    set_theme: Callable[[str], None],
    set_language: Callable[[str], None],
    about: Callable[[], None],
) -> QMenu:
    """The menu at the right end of the top bar."""
    menu = QMenu(parent)
    looks = menu.addMenu(translate("Window", "Theme"))
    for choice, words in (
        ("system", translate("Window", "Like the system")),
        ("dark", translate("Window", "Dark")),
        ("light", translate("Window", "Light")),
    ):
        looks.addAction(words).triggered.connect(lambda _=False, to=choice: set_theme(to))
    tongues = menu.addMenu(translate("Window", "Language"))
    for code, own_name in LANGUAGES.items():
        tongues.addAction(own_name).triggered.connect(lambda _=False, to=code: set_language(to))
    menu.addSeparator()
    for id in ("checkpoint", "folder", "layout", "full"):
        menu.addAction(actions[id])
    menu.addSeparator()
    menu.addAction(actions["keys"])
    menu.addAction(translate("Window", "About Parallax")).triggered.connect(lambda _=False: about())
    menu.addSeparator()
    menu.addAction(actions["quit"])
    return menu


def _parts() -> list[tuple[str, str]]:
    """What keys do in the part of the window that has the focus."""
    return [
        (translate("Window", "To the next control, or back"), translate("Window", "Tab, Shift+Tab")),
        (translate("Window", "Press a button, open a list"), translate("Window", "Space")),
        (translate("Window", "Number: one step, ten steps"), translate("Window", "↑ ↓, Page ↑ ↓")),
        (translate("Window", "Setting: back to its default"), translate("Window", "Alt+Home")),
        (translate("Window", "Slider: strength, epoch, smoothing"), "← →"),
        (translate("Window", "Images: walk, open, choose none"), translate("Window", "Arrows, Enter, Esc")),
        (translate("Window", "Curves: crosshair, zoom, show all"), translate("Window", "← →, + −, Home")),
        (translate("Window", "Curves: menu, export"), translate("Window", "Menu key, Shift+F10")),
        (translate("Window", "Map: move, zoom, show all"), translate("Window", "Arrows, + −, Home")),
        (translate("Window", "Map: the point in the middle"), translate("Window", "Enter")),
        (translate("Window", "Map: the next point, select it"), translate("Window", "Alt+Arrows, Space")),
        (translate("Window", "Map: draw a rectangle, select in it"), translate("Window", "Shift+Arrows, Enter")),
        (translate("Window", "Map: select all in view, or nothing"), translate("Window", "Ctrl+A, Esc")),
        (translate("Window", "Map: trails, picture"), "T, Ctrl+E"),
        (translate("Window", "Invariance: picture"), "Ctrl+E"),
        (translate("Window", "Samples: find, invert the selection"), "/, Ctrl+I"),
        (translate("Window", "Samples: selection and tags back, forth"), "Ctrl+Z, Ctrl+Shift+Z"),
        (translate("Window", "Legend: hide a class, show it alone"), translate("Window", "Space, Ctrl+Space")),
        (translate("Window", "Matrix: walk from pair to pair"), translate("Window", "Arrows, Home")),
    ]


def show_shortcuts(parent: QWidget, actions: Mapping[str, QAction]) -> None:
    """All keys in a list."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(translate("Window", "Keyboard shortcuts"))
    grid = QGridLayout(dialog)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    rows = [(action.text(), action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)) for action in actions.values()]
    rows += [
        (translate("Window", "Show or hide the chosen run"), translate("Window", "Space")),
        (translate("Window", "Delete the chosen run"), translate("Window", "Del")),
    ]
    half = -(-(len(rows) + len(_parts())) // 2)
    for place, (words, keys) in enumerate([*rows, *_parts()]):
        line, column = place % half, 2 * (place // half)
        grid.addWidget(QLabel(words), line, column)
        shown = QLabel(keys)
        shown.setObjectName("quiet")
        grid.addWidget(shown, line, column + 1)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
