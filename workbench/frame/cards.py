"""Moving the focus from card to card by a key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QScrollArea, QWidget


def cards_of(root: QWidget) -> list[QFrame]:
    """The visible cards inside `root`, from left to right, and from top to bottom within a column."""
    cards = [card for card in root.findChildren(QFrame, "card") if card.isVisible()]
    # A widget counts as its own ancestor.
    outermost = [card for card in cards if not any(other is not card and other.isAncestorOf(card) for other in cards)]

    def position(card: QFrame) -> tuple[int, int]:
        at = card.mapTo(root, QPoint(0, 0))
        parent = card.parentWidget()
        while parent is not None and parent is not root:
            if isinstance(parent, QScrollArea):  # the order must not depend on the scroll position
                at += QPoint(parent.horizontalScrollBar().value(), parent.verticalScrollBar().value())
            parent = parent.parentWidget()
        return at.x(), at.y()

    return sorted(outermost, key=position)


def step_to_card(root: QWidget, step: int) -> None:
    """Move the focus to the next card (1) or the previous one (-1), cyclically; cards without a focusable control are skipped."""
    cards = [(card, control) for card in cards_of(root) if (control := _control(card)) is not None]
    if not cards:
        return
    focus = QApplication.focusWidget() or root.window().focusWidget()
    now = next((index for index, (card, _) in enumerate(cards) if focus is not None and card.isAncestorOf(focus)), None)
    # If the focus is outside all cards (in the top bar, for instance), to the first or the last.
    index = (now + step) % len(cards) if now is not None else (0 if step > 0 else len(cards) - 1)
    control = cards[index][1]
    control.setFocus(Qt.FocusReason.TabFocusReason)
    parent = control.parentWidget()
    while parent is not None and parent is not root:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(control)
        parent = parent.parentWidget()


def _control(card: QFrame) -> QWidget | None:
    """The control of a card that had the focus last, else the first one in the tab order; None if there is none."""
    last = card.focusWidget()
    if last is not None and card.isAncestorOf(last) and _takes_focus(last):
        return last
    widget = card.nextInFocusChain()
    while widget is not None and widget is not card:
        if card.isAncestorOf(widget) and _takes_focus(widget):
            return widget
        widget = widget.nextInFocusChain()
    return None


def _takes_focus(widget: QWidget) -> bool:
    if not (widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    # Of the buttons of an exclusive group only the checked one takes focus by Tab.
    return group is None or not group.exclusive() or group.checkedButton() in (None, widget)
