"""The order in which Tab walks: widgets that are made anew would otherwise come last of the whole window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_after(before: QWidget, box: QWidget) -> QWidget:
    """Tab walks what is in `box` right after `before`, in the order in which it was made; gives back the last of it, or `before`
    where there is nothing. Both must stand in one window already."""
    last = before
    for widget in _stops(box):
        if widget.window() is last.window():
            QWidget.setTabOrder(last, widget)
            last = widget
    return last


def _stops(box: QWidget) -> Iterator[QWidget]:
    """Where Tab stops. A widget that hands its focus to one inside it is moved as a whole: moving the inner one alone would tear
    the chain (QWidget.setTabOrder takes whoever hands it the focus along, with all that lies between)."""
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
