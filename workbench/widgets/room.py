"""Room for what comes late: nothing that a person points at may move because something else appeared."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def keep_room(*widgets: QWidget) -> None:
    """A widget that is shown only at times keeps its place in the layout while it is hidden.

    Use it for every control, bar and line that appears by itself, without a click: the answer to a question, progress, a
    problem."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)


def keep_lines(widget: QWidget, lines: int) -> None:
    """A label of so many lines of text at most, and never of fewer."""
    widget.ensurePolished()
    widget.setFixedHeight(lines * widget.fontMetrics().lineSpacing() + 2)
