"""Space reserved for widgets that appear later, so that no control moves while the user points at it."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget


def keep_room(*widgets: QWidget) -> None:
    """Let hidden widgets keep their space in the layout.

    Use it for every widget that appears by itself, without a click: the answer to a question, progress, an error."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)


def keep_lines(widget: QWidget, lines: int, text: str = "") -> None:
    """Set the height of a label to a fixed number of lines. `text`: words of the window's language: Chinese characters come from
    another font than that of the label, and its lines can be higher."""
    widget.ensurePolished()
    metrics = widget.fontMetrics()
    words = metrics.boundingRect(QRect(0, 0, 10_000, 10_000), 0, "\n".join([text or "A"] * lines)).height()
    widget.setFixedHeight(max(words, lines * metrics.lineSpacing()) + 2)
