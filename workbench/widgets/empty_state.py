"""What a panel shows while it has nothing to show: why, and the next thing to do, with a button for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.theme.palette import GAP

# Ids of the window's actions that begin the work: the first is the next thing to do.
FIRST_STEPS = ("new", "photographs", "gallery")
WIDEST = 560  # px of the text: longer lines are hard to read


class EmptyState(QWidget):
    """A text and buttons in the middle of a panel. A button is one of the window's actions, by its id: it has the action's title
    and triggers it. Where the window has no such action, there is no button.

    `actions`: the ids of all actions that may be offered; `show_text` offers some of them."""

    def __init__(self, *actions: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setObjectName("quiet")
        self._label.setWordWrap(True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setMaximumWidth(WIDEST)
        self._offered: tuple[str, ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        # One below the other: they fit the narrowest panel.
        stack = QVBoxLayout()
        stack.setSpacing(GAP)
        for id in actions:
            button = QPushButton()
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # until it has a title
            button.clicked.connect(lambda _=False, id=id: self._trigger(id))
            button.hide()
            self._buttons[id] = button
            stack.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP + 4)
        column.addStretch(1)
        column.addWidget(self._label)
        column.addLayout(stack)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        """The text that is shown."""
        return self._label.text()

    def setText(self, text: str) -> None:
        """Show a text without buttons, as a QLabel would."""
        self.show_text(text)

    def show_text(self, text: str, *actions: str) -> None:
        """Show a text, and a button for each of these actions."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self._offered = actions
        self._show_buttons()

    def buttons(self) -> list[QPushButton]:
        """The buttons that are offered, in order."""
        return [self._buttons[id] for id in self._offered if not self._buttons[id].isHidden()]

    def _action(self, id: str) -> QAction | None:
        return self.window().findChild(QAction, id)

    def _trigger(self, id: str) -> None:
        action = self._action(id)
        if action is not None:
            action.trigger()

    def _show_buttons(self) -> None:
        room = self.height() - self._label.heightForWidth(max(1, min(WIDEST, self.width()))) - GAP
        for id, button in self._buttons.items():
            action = self._action(id) if id in self._offered else None
            if action is not None:
                button.setText(action.text())
                button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            if action is not None:
                room -= button.sizeHint().height() + GAP
            # The first is the next thing to do; the others are in the menu, too.
            button.setVisible(action is not None and (room >= 0 or id == self._offered[0]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer as many actions as there is room for."""
        super().resizeEvent(event)
        self._show_buttons()

    def showEvent(self, event: QShowEvent) -> None:
        """The window, and with it its actions, is known now."""
        super().showEvent(event)
        self._show_buttons()
