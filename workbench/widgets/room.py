"""Space reserved for widgets that appear later, so that no control moves while the user points at it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def keep_room(*widgets: QWidget) -> None:
    """Let hidden widgets keep their space in the layout.

    Use it for every widget that appears by itself, without a click: the answer to a question, progress, an error."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)


def keep_lines(widget: QWidget, lines: int) -> None:
    """Set the height of a label to a fixed number of lines."""
    widget.ensurePolished()
    widget.setFixedHeight(lines * widget.fontMetrics().lineSpacing() + 2)
