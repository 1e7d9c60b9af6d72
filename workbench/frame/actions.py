"""Actions: QActions made from the rows of the window's table, the main menu, and the list of all shortcuts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QMenu, QPushButton, QWidget

translate = QCoreApplication.translate

# The main menu from top to bottom: submenus, then sections with separators. `ActionRow.menu` names one of them.
SUBMENUS = {"theme": QT_TRANSLATE_NOOP("Window", "Theme"), "language": QT_TRANSLATE_NOOP("Window", "Language")}
SECTIONS = ("begin", "edit", "queue", "window", "help", "end")


@dataclass(frozen=True)
class ActionRow:
    """One action of the window, with everything that menus, buttons and the list of shortcuts show of it.

    `title`: marked for translation by QT_TRANSLATE_NOOP("Window", ...). `method`: the name of a method of the window, called with
    `args`. `shortcut`: in Qt's portable form, several with "; " between them, the first of which is shown; "" for none. `menu`: one
    of SUBMENUS or SECTIONS, "" for none. `checkable`: it is on or off; the window sets which."""

    id: str
    title: object
    method: str
    args: tuple[str, ...] = ()
    shortcut: str = ""
    menu: str = ""
    checkable: bool = False


# A title and its keys, both marked for translation, of the widget that has the focus.
KeyHelp = tuple[object, object]
WIDGET_KEYS: tuple[KeyHelp, ...] = (
    (QT_TRANSLATE_NOOP("Window", "To the next control, or back"), QT_TRANSLATE_NOOP("Window", "Tab, Shift+Tab")),
    (QT_TRANSLATE_NOOP("Window", "Press a button, open a list"), QT_TRANSLATE_NOOP("Window", "Space")),
    (QT_TRANSLATE_NOOP("Window", "Number: one step, ten steps"), QT_TRANSLATE_NOOP("Window", "↑ ↓, Page ↑ ↓")),
    (QT_TRANSLATE_NOOP("Window", "Setting: back to its default"), QT_TRANSLATE_NOOP("Window", "Alt+Home")),
    (QT_TRANSLATE_NOOP("Window", "Slider: strength, epoch, smoothing"), "← →"),
    (QT_TRANSLATE_NOOP("Window", "Images: move, open, clear the selection"), QT_TRANSLATE_NOOP("Window", "Arrows, Enter, Esc")),
)


def make_actions(window: QWidget, rows: Sequence[ActionRow]) -> dict[str, QAction]:
    """A QAction for each row, by id, with window-wide shortcuts."""
    actions = {}
    for row in rows:
        action = QAction(translate("Window", str(row.title)), window)
        action.setObjectName(row.id)  # by which an EmptyState finds it
        if row.shortcut:
            action.setShortcuts(QKeySequence.listFromString(row.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(row.checkable)
        action.triggered.connect(lambda _=False, row=row: getattr(window, row.method)(*row.args))
        window.addAction(action)
        actions[row.id] = action
    return actions


def keys_of(action: QAction) -> str:
    """An action's shortcut as native text."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def trigger_by(button: QPushButton, action: QAction) -> None:
    """Let a button trigger an action."""
    button.clicked.connect(lambda: action.trigger())


def main_menu(parent: QWidget, rows: Sequence[ActionRow], actions: Mapping[str, QAction]) -> QMenu:
    """The menu at the right end of the top bar."""
    menu = QMenu(parent)
    submenus = {name: menu.addMenu(translate("Window", str(title))) for name, title in SUBMENUS.items()}
    for name, submenu in submenus.items():
        submenu.addActions([actions[row.id] for row in rows if row.menu == name])
    for name in SECTIONS:
        menu.addSeparator()
        menu.addActions([actions[row.id] for row in rows if row.menu == name])
    return menu


def show_shortcuts(parent: QWidget, actions: Mapping[str, QAction], key_help: Iterable[KeyHelp]) -> None:
    """Show all shortcuts in a dialog: those of the actions, then those of widgets."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(translate("Window", "Keyboard shortcuts"))
    grid = QGridLayout(dialog)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    lines = [(action.text(), keys_of(action)) for action in actions.values() if keys_of(action)]
    lines += [(translate("Window", str(title)), translate("Window", str(keys))) for title, keys in (*WIDGET_KEYS, *key_help)]
    half = -(-len(lines) // 2)
    for number, (title, keys) in enumerate(lines):
        row, column = number % half, 2 * (number // half)
        grid.addWidget(QLabel(title), row, column)
        shown = QLabel(keys)
        shown.setObjectName("quiet")
        grid.addWidget(shown, row, column + 1)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
