"""The tab order of widgets that are created later: by default they come last in the whole window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_after(before: QWidget, box: QWidget) -> QWidget:
    """Put the widgets in `box` right after `before` in the tab order, in the order of their creation.

    Returns the last of them, or `before` if there are none. Both must already be in the same window."""
    last = before
    for widget in _stops(box):
        if widget.window() is last.window():
            QWidget.setTabOrder(last, widget)
            last = widget
    return last


def _stops(box: QWidget) -> Iterator[QWidget]:
    """The widgets that take focus by Tab. A widget whose focus proxy is one of its own children is moved as a whole: moving the
    child alone would break the focus chain (QWidget.setTabOrder also moves the widgets that have it as their focus proxy)."""
    for widget in box.children():
        if not isinstance(widget, QWidget):
            continue
        proxy = widget.focusProxy()
        if proxy is not None and widget.isAncestorOf(proxy):
            yield widget
            continue
        if proxy is None and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        yield from _stops(widget)
